// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;

/**
 * Tells which of the blocks asked for are held, {@code MSG_BLKLIST}.
 *
 * @param segmentId the segment of the request
 * @param blocks the blocks asked for that are held
 * @param nextBlockIndex the first block held after those, 0 when there is none; a hint that no reader here depends on
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.5.2</a>
 */
public record BlockList(SegmentId segmentId, BlockRanges blocks, int nextBlockIndex) implements RetrievalResponse {
    /** Throws {@link IllegalArgumentException} for an index above 511. */
    public BlockList {
        BlockRange.checkIndex("next block index", nextBlockIndex);
    }
}
