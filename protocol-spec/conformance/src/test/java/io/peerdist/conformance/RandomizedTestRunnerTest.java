// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

final class RandomizedTestRunnerTest {
    private static final Pattern REPLAY = Pattern.compile("replay with -Dseed=(-?\\d+) -Dsize=(\\d+): .*");

    private final List<byte[]> seen = new ArrayList<>();

    @RandomizedTest(tries = 7)
    void givesTheTestItsGenerator(Gen gen) {
        seen.add(gen.bytes(16));
        assertThat(seen).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(7);
    }

    @Test
    void namesSeedAndSmallestSizeThatFail() {
        Consumer<Gen> property = gen -> assertThat(gen.lengthUpTo(1000)).isLessThan(200);

        assertThatThrownBy(() -> RandomizedTestRunner.run(property, 100, new SplittableRandom(1)))
                .isInstanceOfSatisfying(AssertionError.class, failure -> {
                    Matcher replay = REPLAY.matcher(
                            failure.toString().lines().findFirst().orElseThrow());
                    assertThat(replay.find()).isTrue();
                    long seed = Long.parseLong(replay.group(1));
                    int size = Integer.parseInt(replay.group(2));
                    assertThatThrownBy(() -> RandomizedTestRunner.replay(property, seed, size))
                            .isInstanceOf(AssertionError.class);
                    for (int smaller = 1; smaller < size; smaller++) {
                        RandomizedTestRunner.replay(property, seed, smaller);
                    }
                });
    }

    @Test
    void reportsExceptionsToo() {
        assertThatThrownBy(() -> RandomizedTestRunner.run(
                        gen -> {
                            throw new IllegalStateException("broken");
                        },
                        1,
                        new SplittableRandom(1)))
                .isInstanceOf(AssertionError.class)
                .hasRootCauseMessage("broken");
    }

    @Test
    void reportsAFailureThatDoesNotComeAgain() {
        AtomicBoolean once = new AtomicBoolean(true);

        assertThatThrownBy(() -> RandomizedTestRunner.run(
                        gen -> assertThat(once.getAndSet(false)).isFalse(), 1, new SplittableRandom(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not again");
    }

    @Test
    void letsAnAssumptionAbortTheTest() {
        assertThatThrownBy(() -> RandomizedTestRunner.replay(gen -> Assumptions.abort("not here"), 1, 1))
                .isInstanceOf(TestAbortedException.class);
    }
}
