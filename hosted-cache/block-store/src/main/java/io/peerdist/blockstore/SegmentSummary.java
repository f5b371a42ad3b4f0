// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrr.BlockRanges;
import java.time.Instant;

/**
 * A segment as an operator sees it.
 *
 * @param attributes id, geometry and content tag
 * @param blocks the blocks held
 * @param storedBytes octets of ciphertext held
 * @param created when the first block came in
 * @param pinned whether eviction for space leaves the segment alone
 */
public record SegmentSummary(
        SegmentAttributes attributes, BlockRanges blocks, long storedBytes, Instant created, boolean pinned) {
    /** Whether every block is held. */
    public boolean isComplete() {
        return blocks.blockCount() == attributes.blockCount();
    }
}
