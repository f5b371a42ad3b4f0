// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BlockRangesTest {
    @Test
    void mergesAdjacentAndOverlappingRanges() {
        BlockRanges ranges = BlockRanges.of(
                List.of(new BlockRange(10, 2), new BlockRange(0, 1), new BlockRange(1, 2), new BlockRange(11, 5)));

        assertThat(ranges.ranges()).containsExactly(new BlockRange(0, 3), new BlockRange(10, 6));
        assertThat(ranges.blockCount()).isEqualTo(9);
        assertThat(ranges)
                .isEqualTo(BlockRanges.of(ranges.ranges()))
                .hasSameHashCodeAs(BlockRanges.of(ranges.ranges()));
    }

    @Test
    void neverNeedsMoreThan256Ranges() {
        BitSet everyOther = new BitSet();
        IntStream.range(0, 256).forEach(i -> everyOther.set(2 * i));

        BlockRanges ranges = BlockRanges.copyOf(everyOther);

        assertThat(ranges.ranges()).hasSize(256);
        assertThat(new GetBlockList(SampleMessages.ID, ranges.ranges(), CryptoAlgorithm.NONE).wanted())
                .isEqualTo(ranges);
        assertThatThrownBy(() -> new GetBlockList(
                        SampleMessages.ID, Collections.nCopies(257, new BlockRange(0, 1)), CryptoAlgorithm.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("257");
    }

    @Test
    void doesNotChangeWithTheSetItWasCopiedFrom() {
        BitSet blocks = new BitSet();
        blocks.set(3);
        BlockRanges ranges = BlockRanges.copyOf(blocks);

        blocks.set(4);

        assertThat(ranges.ranges()).containsExactly(new BlockRange(3, 1));
    }

    @Test
    void findsNextBlockHeldAcrossGaps() {
        BlockRanges ranges = BlockRanges.of(List.of(new BlockRange(2, 2), new BlockRange(511, 1)));

        assertThat(ranges.nextAfter(0)).isEqualTo(2);
        assertThat(ranges.nextAfter(2)).isEqualTo(3);
        assertThat(ranges.nextAfter(3)).isEqualTo(511);
        assertThat(ranges.nextAfter(511)).isZero();
        assertThat(BlockRanges.NONE.nextAfter(0)).isZero();
    }

    @Test
    void holdsWholeSegment() {
        assertThat(BlockRanges.first(512).ranges()).containsExactly(new BlockRange(0, 512));
        assertThat(BlockRanges.first(0)).isEqualTo(BlockRanges.NONE);
        assertThat(BlockRanges.NONE.ranges()).isEmpty();
        assertThatThrownBy(() -> BlockRanges.first(513)).isInstanceOf(IllegalArgumentException.class);
        BitSet tooLong = new BitSet();
        tooLong.set(512);
        assertThatThrownBy(() -> BlockRanges.copyOf(tooLong)).hasMessageContaining("512");
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "512, 1", "0, 0", "0, 513", "511, 2", "1, 2147483647", "0, -1", "2147483647, 2147483647"})
    void refusesRangeOutsideTheSegment(int index, int count) {
        assertThatThrownBy(() -> new BlockRange(index, count))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[" + index + ", " + count + "]");
    }

    @RandomizedTest(tries = 200)
    void behavesAsSetOfIndexes(Gen gen) {
        List<BlockRange> left = SampleMessages.blockRanges(gen, 0);
        List<BlockRange> right = SampleMessages.blockRanges(gen, 0);
        Set<Integer> common = indexes(left);
        common.retainAll(indexes(right));
        Set<Integer> rest = indexes(left);
        rest.removeAll(indexes(right));

        BlockRanges ranges = BlockRanges.of(left);

        assertThat(ranges.indexes().boxed()).containsExactlyElementsOf(indexes(left));
        assertThat(ranges.intersect(BlockRanges.of(right)).indexes().boxed()).containsExactlyElementsOf(common);
        assertThat(ranges.minus(BlockRanges.of(right)).indexes().boxed()).containsExactlyElementsOf(rest);
        assertThat(ranges.isEmpty()).isEqualTo(left.isEmpty());
        assertThat(IntStream.range(0, BlockRange.MAX_BLOCKS)
                        .filter(ranges::contains)
                        .boxed())
                .containsExactlyElementsOf(indexes(left));
        assertNormalForm(ranges.ranges());
    }

    private static void assertNormalForm(List<BlockRange> ranges) {
        for (int i = 1; i < ranges.size(); i++) {
            assertThat(ranges.get(i).index()).isGreaterThan(ranges.get(i - 1).end());
        }
    }

    private static Set<Integer> indexes(List<BlockRange> ranges) {
        return ranges.stream()
                .flatMap(range -> IntStream.range(range.index(), range.end()).boxed())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
