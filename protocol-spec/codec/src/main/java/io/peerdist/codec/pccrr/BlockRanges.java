// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A set of blocks of one segment, {@code BLOCK_RANGE_ARRAY} in its normal form: sorted, without overlap, adjacent ranges
 * merged (MS-PCCRR note 4). At most 256 ranges. Immutable.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.1.3</a>
 */
public final class BlockRanges {
    /** No block. */
    public static final BlockRanges NONE = new BlockRanges(new BitSet());

    private final BitSet blocks;

    private BlockRanges(BitSet blocks) {
        this.blocks = blocks;
    }

    /** The union of {@code ranges}, in any order, overlapping or not. */
    public static BlockRanges of(Collection<BlockRange> ranges) {
        BitSet blocks = new BitSet(BlockRange.MAX_BLOCKS);
        for (BlockRange range : ranges) {
            blocks.set(range.index(), range.end());
        }
        return new BlockRanges(blocks);
    }

    /** An immutable copy of what a message lists; throws {@link IllegalArgumentException} for more than 256 ranges. */
    static List<BlockRange> checkedCopyOf(List<BlockRange> ranges) {
        if (ranges.size() > MessageFields.MAX_BLOCK_RANGES) {
            throw new IllegalArgumentException(
                    "block ranges: " + ranges.size() + " (expected: at most " + MessageFields.MAX_BLOCK_RANGES + ")");
        }
        return List.copyOf(ranges);
    }

    /** Blocks 0 to {@code count} - 1. */
    public static BlockRanges first(int count) {
        return count == 0 ? NONE : of(List.of(new BlockRange(0, count)));
    }

    /** A copy of {@code blocks}; throws {@link IllegalArgumentException} when it holds an index above 511. */
    public static BlockRanges copyOf(BitSet blocks) {
        if (blocks.length() > BlockRange.MAX_BLOCKS) {
            throw new IllegalArgumentException("block index: " + (blocks.length() - 1) + " (expected: 0 to 511)");
        }
        return new BlockRanges((BitSet) blocks.clone());
    }

    /** Whether the set holds {@code blockIndex}. */
    public boolean contains(int blockIndex) {
        return blocks.get(blockIndex);
    }

    /** Whether the set holds no block. */
    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** How many blocks the set holds. */
    public int blockCount() {
        return blocks.cardinality();
    }

    /** The blocks that are in both sets. */
    public BlockRanges intersect(BlockRanges other) {
        BitSet common = (BitSet) blocks.clone();
        common.and(other.blocks);
        return new BlockRanges(common);
    }

    /** The blocks that are in one set or the other. */
    public BlockRanges plus(BlockRanges other) {
        BitSet both = (BitSet) blocks.clone();
        both.or(other.blocks);
        return new BlockRanges(both);
    }

    /** The blocks of this set that are not in {@code other}. */
    public BlockRanges minus(BlockRanges other) {
        BitSet rest = (BitSet) blocks.clone();
        rest.andNot(other.blocks);
        return new BlockRanges(rest);
    }

    /** The first block after {@code blockIndex} in the set, or 0 when there is none: {@code NextBlockIndex}. */
    public int nextAfter(int blockIndex) {
        return Math.max(0, blocks.nextSetBit(blockIndex + 1));
    }

    /** The indexes in ascending order. */
    public IntStream indexes() {
        return blocks.stream();
    }

    /** The ranges in normal form. */
    public List<BlockRange> ranges() {
        List<BlockRange> ranges = new ArrayList<>();
        for (int from = blocks.nextSetBit(0); from >= 0; ) {
            int to = blocks.nextClearBit(from);
            ranges.add(new BlockRange(from, to - from));
            from = blocks.nextSetBit(to);
        }
        return ranges;
    }

    /** The indexes for people, such as {@code 0-3,7}; empty for none. */
    public String text() {
        return ranges().stream()
                .map(range ->
                        range.count() == 1 ? Integer.toString(range.index()) : range.index() + "-" + (range.end() - 1))
                .collect(Collectors.joining(","));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlockRanges that && blocks.equals(that.blocks);
    }

    @Override
    public int hashCode() {
        return blocks.hashCode();
    }

    @Override
    public String toString() {
        return blocks.toString();
    }
}
