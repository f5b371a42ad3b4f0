// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import io.peerdist.codec.pccrc.SegmentId;

/**
 * How many blocks of a segment a peer holds, in a version 1 match.
 *
 * @param blockCount 0 to {@link #MAX_BLOCKS}; 0 means that it holds none after all
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.3.9</a>
 */
public record SegmentBlocks(SegmentId segmentId, int blockCount) {
    /** The most blocks of a segment: 32 MiB in blocks of 64 KiB (MS-PCCRC 2.1). */
    public static final int MAX_BLOCKS = 512;

    /** Throws {@link IllegalArgumentException} for another count. */
    public SegmentBlocks {
        if (blockCount < 0 || blockCount > MAX_BLOCKS) {
            throw new IllegalArgumentException("block count: " + blockCount + " (expected: 0 to " + MAX_BLOCKS + ")");
        }
    }
}
