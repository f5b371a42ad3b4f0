// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GenTest {
    @Test
    void repeatsItselfFromTheSeed() {
        Gen gen = Gen.ofSeed(42);
        Gen again = Gen.ofSeed(42);

        assertThat(gen.bytes(100)).isEqualTo(again.bytes(100));
        assertThat(gen.split().bytes(100)).isEqualTo(again.split().bytes(100));
        assertThat(gen.seed()).isEqualTo(42);
        assertThat(Gen.ofSeed(43).bytes(100)).isNotEqualTo(Gen.ofSeed(42).bytes(100));
    }

    @Test
    void reachesBothEndsOfARange() {
        Gen gen = Gen.ofSeed(1);

        assertThat(IntStream.range(0, 500)
                        .map(i -> gen.intBetween(-2, 2))
                        .distinct()
                        .sorted())
                .containsExactly(-2, -1, 0, 1, 2);
        assertThat(gen.longBetween(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(gen.longBetween(Long.MAX_VALUE - 3, Long.MAX_VALUE)).isGreaterThanOrEqualTo(Long.MAX_VALUE - 3);
        assertThat(gen.longBetween(Long.MIN_VALUE, Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(IntStream.range(0, 100).mapToLong(i -> gen.longBetween(Long.MIN_VALUE, Long.MAX_VALUE)))
                .anyMatch(value -> value < 0)
                .anyMatch(value -> value > 0);
        assertThat(gen.intBetween(Integer.MIN_VALUE, Integer.MAX_VALUE)).isNotZero();
    }

    @Test
    void staysSmallInEarlyTries() {
        Gen small = Gen.ofSeed(1, 1);

        assertThat(IntStream.range(0, 500).map(i -> small.lengthUpTo(1000))).allMatch(length -> length <= 10);
        assertThat(Gen.ofSeed(1, 1).bytesUpTo(99)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> Gen.ofSeed(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Gen.ofSeed(1, 101));
    }

    @Test
    void drawsFromWhatItIsGiven() {
        Gen gen = Gen.ofSeed(1);

        assertThat(gen.list(50, g -> g.oneOf(1, 2, 3))).hasSize(50).containsOnly(1, 2, 3);
        assertThat(gen.list(50, g -> g.oneOf(List.of("a")))).containsOnly("a");
        assertThat(gen.string("xy", 40)).matches("[xy]{40}");
    }
}
