// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.rate.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BandwidthControlTest {
    private static final Bandwidth DAY = new Bandwidth(100_000, 200_000);

    private record Timer(Runnable task, Duration after) {}

    private final Deque<Timer> timers = new ArrayDeque<>();
    private final RateLimit sending = RateLimit.unlimited(() -> 0, (end, nanos) -> {});
    private final RateLimit receiving = RateLimit.unlimited(() -> 0, (end, nanos) -> {});
    private Instant now = Instant.parse("2026-11-23T07:55:00Z");

    private BandwidthControl start() {
        BandwidthPeriod day = new BandwidthPeriod(
                BandwidthPeriod.parseDays("mon-fri"),
                BandwidthPeriod.parseTime("08:00"),
                BandwidthPeriod.parseTime("18:00"),
                DAY);
        return BandwidthControl.start(
                new BandwidthSchedule(ZoneId.of("UTC"), List.of(day), Bandwidth.UNLIMITED),
                sending,
                receiving,
                () -> now,
                (task, nanos) -> timers.add(new Timer(task, Duration.ofNanos(nanos))));
    }

    private void runTimer() {
        Timer timer = timers.remove();
        now = now.plus(timer.after());
        timer.task().run();
    }

    @Test
    void changesBothLimitsWhileTransfersGoOn() {
        BandwidthControl control = start();
        assertThat(sending.bytesPerSecond()).isZero();
        assertThat(control.nextChange()).contains(Instant.parse("2026-11-23T08:00:00Z"));
        assertThat(timers).hasSize(1);
        assertThat(timers.peek().after()).isBetween(Duration.ofMinutes(5), Duration.ofSeconds(301));

        runTimer();
        assertThat(sending.bytesPerSecond()).isEqualTo(100_000);
        assertThat(receiving.bytesPerSecond()).isEqualTo(200_000);
        assertThat(control.current()).isEqualTo(DAY);
        CompletableFuture<Void> block = sending.take(1_000_000);
        assertThat(block).isNotDone();

        int wakes = 0;
        while (sending.bytesPerSecond() > 0 && wakes < 100) {
            assertThat(timers).as("one timer at a time").hasSize(1);
            runTimer();
            wakes++;
        }
        assertThat(wakes).as("no longer than ten minutes, as machines sleep").isEqualTo(60);
        assertThat(now).isBetween(Instant.parse("2026-11-23T18:00:00Z"), Instant.parse("2026-11-23T18:00:01Z"));
        assertThat(block).isCompleted();
    }

    @Test
    void findsOutWhenTheClockWasSet() {
        BandwidthControl control = start();
        now = now.plus(Duration.ofHours(3));
        runTimer();
        assertThat(control.current()).isEqualTo(DAY);

        control.close();
        now = Instant.parse("2026-11-23T20:00:00Z");
        runTimer();
        assertThat(control.current()).isEqualTo(DAY);
        assertThat(timers).isEmpty();
    }
}
