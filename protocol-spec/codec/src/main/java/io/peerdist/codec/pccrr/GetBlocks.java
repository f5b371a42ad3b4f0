// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.List;

/**
 * Asks for a block, {@code MSG_GETBLKS}. A message should ask for one block; of several the answer holds the one with the
 * smallest index.
 *
 * @param segmentId the segment
 * @param ranges the blocks asked for, at most 256 ranges in any order. Some clients send the range (0, 0): that asks for no
 *     block, is read as an empty list and gets an empty answer; an empty list is sent as that range
 * @param preferred the encryption that the asking peer would like; the answering peer may use another
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.4.3</a>
 */
public record GetBlocks(SegmentId segmentId, List<BlockRange> ranges, CryptoAlgorithm preferred)
        implements RetrievalRequest {
    /** Throws {@link IllegalArgumentException} for more than 256 ranges. */
    public GetBlocks {
        ranges = BlockRanges.checkedCopyOf(ranges);
    }

    /** Asks for one block, preferring AES-128 as the specification wants. */
    public static GetBlocks one(SegmentId segmentId, int blockIndex) {
        return new GetBlocks(segmentId, List.of(new BlockRange(blockIndex, 1)), CryptoAlgorithm.AES_128);
    }

    /** Whether the message asks for no block at all, so that the answer is empty. */
    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** The block to answer with: the smallest index asked for; 0 when none is. */
    public int blockIndex() {
        return ranges.stream().mapToInt(BlockRange::index).min().orElse(0);
    }
}
