// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrc.SegmentId;
import java.net.InetSocketAddress;

/** Learns of each block that left completely. Called on an event loop: must not block, must not throw. */
@FunctionalInterface
public interface BlockServedListener {
    /** {@code remote} was sent block {@code blockIndex} of {@code segmentId}. */
    void blockServed(InetSocketAddress remote, SegmentId segmentId, int blockIndex);
}
