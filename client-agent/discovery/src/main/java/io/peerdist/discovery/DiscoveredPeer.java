// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A peer that says it holds a segment. It may lie.
 *
 * @param address where it serves blocks: the address from which it answered
 * @param blockCount how many blocks it holds, or 0 when it did not say how many (version 2)
 * @param complete whether it said that it holds all (version 2)
 * @param age for how long it has held the segment, or null when it did not say
 */
public record DiscoveredPeer(
        InetSocketAddress address,
        int blockCount,
        boolean complete,
        @Nullable Duration age) {
    /** Whether the peer holds the whole of a segment of so many blocks. */
    public boolean holdsAll(int segmentBlocks) {
        return complete || blockCount >= segmentBlocks;
    }
}
