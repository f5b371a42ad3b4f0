// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import java.net.InetSocketAddress;

/**
 * Decides whether a request is looked into at all. Called on an event loop: must not block, must not throw.
 *
 * @see RetrievalServer
 */
@FunctionalInterface
public interface UploadAdmission {
    /** Whoever asks. */
    UploadAdmission ALL = (local, remote) -> true;

    /** Whether what {@code remote} asks at this machine's address {@code local} is answered with what is held. */
    boolean admits(InetSocketAddress local, InetSocketAddress remote);
}
