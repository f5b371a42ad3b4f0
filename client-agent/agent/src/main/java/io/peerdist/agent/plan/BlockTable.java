// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import java.util.Arrays;

/**
 * The blocks of one file in their order. A block's ordinal counts from 0 over the whole file; its index counts inside its
 * segment. Segments follow each other without a gap, and only the last block of a segment may be short. Immutable.
 */
public final class BlockTable {
    private final long[] segmentOffset;
    private final int[] firstOrdinal;
    private final int[] blockBytes;

    /**
     * @param segmentBytes the length of each segment, at least 1
     * @param blockBytes the block length of each segment, at least 1
     */
    public BlockTable(int[] segmentBytes, int[] blockBytes) {
        int segments = segmentBytes.length;
        this.segmentOffset = new long[segments + 1];
        this.firstOrdinal = new int[segments + 1];
        this.blockBytes = blockBytes.clone();
        for (int segment = 0; segment < segments; segment++) {
            segmentOffset[segment + 1] = segmentOffset[segment] + segmentBytes[segment];
            int blocks = (segmentBytes[segment] - 1) / blockBytes[segment] + 1;
            firstOrdinal[segment + 1] = Math.addExact(firstOrdinal[segment], blocks);
        }
    }

    /** Bytes of the whole file. */
    public long fileBytes() {
        return segmentOffset[segmentCount()];
    }

    int segmentCount() {
        return blockBytes.length;
    }

    /** How many blocks the file has; ordinals are below. */
    public int blockCount() {
        return firstOrdinal[segmentCount()];
    }

    /** The ordinal of a segment's first block; for the segment after the last, {@link #blockCount()}. */
    int firstOrdinal(int segment) {
        return firstOrdinal[segment];
    }

    /** Where a segment starts; for the segment after the last, {@link #fileBytes()}. */
    long segmentOffset(int segment) {
        return segmentOffset[segment];
    }

    /** The number of the segment that the block belongs to. */
    public int segmentOf(int ordinal) {
        int found = Arrays.binarySearch(firstOrdinal, ordinal);
        return found >= 0 ? found : -found - 2;
    }

    /** The block's index inside its segment. */
    public int blockIndex(int ordinal) {
        return ordinal - firstOrdinal[segmentOf(ordinal)];
    }

    /** Where the block starts in the file; for the ordinal after the last, {@link #fileBytes()}. */
    public long offset(int ordinal) {
        if (ordinal == blockCount()) {
            return fileBytes();
        }
        int segment = segmentOf(ordinal);
        return segmentOffset[segment] + (long) (ordinal - firstOrdinal[segment]) * blockBytes[segment];
    }

    /** The ordinal of the block that has the byte at {@code offset}, which is below {@link #fileBytes}. */
    public int ordinalAt(long offset) {
        int found = Arrays.binarySearch(segmentOffset, offset);
        int segment = found >= 0 ? found : -found - 2;
        return firstOrdinal[segment] + (int) ((offset - segmentOffset[segment]) / blockBytes[segment]);
    }

    /** How many bytes the block has. */
    public int length(int ordinal) {
        int segment = segmentOf(ordinal);
        long offset = segmentOffset[segment] + (long) (ordinal - firstOrdinal[segment]) * blockBytes[segment];
        return (int) Math.min(blockBytes[segment], segmentOffset[segment + 1] - offset);
    }
}
