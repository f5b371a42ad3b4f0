// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.List;

/**
 * Asks which of some blocks a peer holds, {@code MSG_GETBLKLIST}.
 *
 * @param segmentId the segment
 * @param ranges the blocks of interest, at most 256 ranges in any order; none asks for nothing and gets an empty list
 * @param preferred the encryption named in the header; nothing of this exchange is encrypted
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.4.2</a>
 */
public record GetBlockList(SegmentId segmentId, List<BlockRange> ranges, CryptoAlgorithm preferred)
        implements RetrievalRequest {
    /** Throws {@link IllegalArgumentException} for more than 256 ranges. */
    public GetBlockList {
        ranges = BlockRanges.checkedCopyOf(ranges);
    }

    /** The blocks of interest as a set. */
    public BlockRanges wanted() {
        return BlockRanges.of(ranges);
    }
}
