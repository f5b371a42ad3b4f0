// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrequencySketchTest {
    private final FrequencySketch sketch = new FrequencySketch(1000);

    private void read(long number, int times) {
        for (int i = 0; i < times; i++) {
            sketch.increment(FrequencySketch.keyOf(TestSegment.id(number), 0));
        }
    }

    @Test
    void countsReadsUpToItsMaximum() {
        assertThat(sketch.frequency(FrequencySketch.keyOf(TestSegment.id(1), 0)))
                .isZero();
        read(1, 3);
        assertThat(sketch.frequency(FrequencySketch.keyOf(TestSegment.id(1), 0)))
                .isEqualTo(3);
        assertThat(sketch.frequency(FrequencySketch.keyOf(TestSegment.id(1), 1)))
                .isZero();
        read(1, 100);
        assertThat(sketch.frequency(FrequencySketch.keyOf(TestSegment.id(1), 0)))
                .isEqualTo(15);
    }

    @Test
    void tellsHotFromColdAmongMany() {
        for (long number = 0; number < 1000; number++) {
            read(number, number < 50 ? 8 : 1);
        }
        long wronglyHot = 0;
        for (long number = 0; number < 1000; number++) {
            int frequency = sketch.frequency(FrequencySketch.keyOf(TestSegment.id(number), 0));
            assertThat(frequency).isGreaterThanOrEqualTo(number < 50 ? 8 : 1);
            wronglyHot += number >= 50 && frequency >= 8 ? 1 : 0;
        }
        assertThat(wronglyHot).isLessThan(50);
    }

    @Test
    void forgetsHalfAfterASample() {
        read(1, 8);
        sketch.ageIfDue();
        assertThat(sketch.frequency(FrequencySketch.keyOf(TestSegment.id(1), 0)))
                .isEqualTo(8);
        read(2, 10_000);
        sketch.ageIfDue();
        assertThat(sketch.frequency(FrequencySketch.keyOf(TestSegment.id(1), 0)))
                .isEqualTo(4);
        assertThat(sketch.frequency(FrequencySketch.keyOf(TestSegment.id(2), 0)))
                .isEqualTo(7);
    }
}
