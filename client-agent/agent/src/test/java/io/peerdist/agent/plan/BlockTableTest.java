// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockTableTest {
    @Test
    void numbersBlocksOverSegments() {
        BlockTable table = new BlockTable(new int[] {10, 3, 8}, new int[] {4, 4, 4});

        assertThat(table.blockCount()).isEqualTo(3 + 1 + 2);
        assertThat(table.fileBytes()).isEqualTo(21);
        assertThat(IntStream.range(0, 6).map(table::segmentOf)).containsExactly(0, 0, 0, 1, 2, 2);
        assertThat(IntStream.range(0, 6).map(table::blockIndex)).containsExactly(0, 1, 2, 0, 0, 1);
        assertThat(IntStream.range(0, 6).mapToLong(table::offset)).containsExactly(0L, 4L, 8L, 10L, 13L, 17L);
        assertThat(IntStream.range(0, 6).map(table::length)).containsExactly(4, 4, 2, 3, 4, 4);
        assertThat(table.offset(6)).isEqualTo(21);
    }

    @Test
    void holdsFilesBeyondFourGibibytes() {
        int segments = 200;
        int[] segmentBytes = IntStream.range(0, segments).map(i -> 32 << 20).toArray();
        int[] blockBytes = IntStream.range(0, segments).map(i -> 65_536).toArray();

        BlockTable table = new BlockTable(segmentBytes, blockBytes);

        assertThat(table.offset(table.blockCount() - 1)).isEqualTo(200L * (32 << 20) - 65_536);
    }

    @RandomizedTest
    void coversTheFileWithoutGapOrOverlap(Gen gen) {
        int segments = 1 + gen.lengthUpTo(50);
        int[] segmentBytes = gen.random().ints(segments, 1, 1_000).toArray();
        int[] blockBytes = gen.random().ints(segments, 1, 300).toArray();
        BlockTable table = new BlockTable(segmentBytes, blockBytes);

        for (int ordinal = 0; ordinal < table.blockCount(); ordinal++) {
            assertThat(table.offset(ordinal) + table.length(ordinal)).isEqualTo(table.offset(ordinal + 1));
            assertThat(table.length(ordinal)).isPositive();
        }
        assertThat(table.offset(table.blockCount()))
                .isEqualTo(IntStream.of(segmentBytes).asLongStream().sum());
    }
}
