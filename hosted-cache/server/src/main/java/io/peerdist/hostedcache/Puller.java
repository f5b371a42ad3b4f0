// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/** Gets an offered segment from the peer that offered it. Thread-safe; does not block. */
@FunctionalInterface
interface Puller {
    /** Pulls what is to be pulled of {@code segment} from {@code peer}. The future does not fail. */
    CompletableFuture<PullResult> pull(InetSocketAddress peer, OfferedSegment segment);
}
