// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<Runnable> ends = new ArrayList<>();
    private final List<Long> pauses = new ArrayList<>();
    private long now;

    private RateLimit limit(long bytesPerSecond) {
        return RateLimit.of(bytesPerSecond, () -> now, (end, nanos) -> {
            ends.add(end);
            pauses.add(nanos);
        });
    }

    @Test
    void completesWhenThePauseIsOver() {
        RateLimit limit = limit(1_000);
        CompletableFuture<Void> first = limit.take(250);
        CompletableFuture<Void> second = limit.take(250);

        assertThat(pauses).containsExactly(SECOND / 4, SECOND / 2);
        assertThat(first).isNotDone();
        ends.get(0).run();
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
    }

    @Test
    void completesAtOnceWhatWasSavedUp() {
        RateLimit limit = limit(1_000);
        now = 10 * SECOND;

        assertThat(limit.take(1_000)).isCompleted();
        assertThat(limit.take(1)).isNotDone();
        assertThat(pauses).containsExactly(SECOND / 1_000);
    }

    @Test
    void givesRoomBack() {
        RateLimit limit = limit(1_000);
        assertThat(limit.take(700)).isNotDone();
        limit.giveBack(700);
        assertThat(limit.take(100)).isNotDone();

        assertThat(pauses).containsExactly(7 * SECOND / 10, SECOND / 10);
    }

    @Test
    void neverPausesWithoutLimit() {
        assertThat(RateLimit.NONE.take(Integer.MAX_VALUE)).isCompleted();
        RateLimit.NONE.giveBack(1);
        assertThat(RateLimit.NONE.take(Integer.MAX_VALUE)).isCompleted();
    }

    @Test
    void changesTheRateForThoseWhoWaitToo() {
        RateLimit limit = limit(1_000);
        CompletableFuture<Void> first = limit.take(1_000);
        CompletableFuture<Void> second = limit.take(1_000);
        now = SECOND / 2;

        limit.setBytesPerSecond(500);

        // 500 of the first are paid for; the rest of both takes twice as long.
        assertThat(pauses).containsExactly(SECOND, 2 * SECOND, SECOND, 3 * SECOND);
        ends.get(0).run();
        ends.get(1).run();
        assertThat(first).as("the pause of the former rate").isNotDone();
        ends.get(2).run();
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(limit.queueNanos()).isEqualTo(3 * SECOND);
        assertThat(limit.take(500)).isNotDone();
        assertThat(pauses).endsWith(4 * SECOND);

        limit.setBytesPerSecond(0);

        assertThat(second).isCompleted();
        assertThat(limit.take(Integer.MAX_VALUE)).isCompleted();
        assertThat(limit.queueNanos()).isZero();
        ends.forEach(Runnable::run);
    }

    @Test
    void beginsALimitEmpty() {
        RateLimit limit = RateLimit.unlimited(() -> now, (end, nanos) -> pauses.add(nanos));
        assertThat(limit.take(1_000_000)).isCompleted();
        limit.giveBack(1_000_000);
        now = 7 * SECOND;

        limit.setBytesPerSecond(1_000);

        assertThat(limit.bytesPerSecond()).isEqualTo(1_000);
        assertThat(limit.take(1_000)).isNotDone();
        assertThat(pauses).containsExactly(SECOND);
        assertThatThrownBy(() -> RateLimit.NONE.setBytesPerSecond(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> limit.setBytesPerSecond(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, 0, RateLimit.MAX_BYTES_PER_SECOND + 1})
    void refusesRatesOutsideTheirRange(long bytesPerSecond) {
        assertThatThrownBy(() -> limit(bytesPerSecond))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: 1 to 1099511627776)");
    }
}
