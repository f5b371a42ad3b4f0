// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PollScheduleTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long START = Long.MAX_VALUE - 10 * SECOND; // nanoTime may overflow

    private final PollSchedule schedule = new PollSchedule(Duration.ofSeconds(30), new SplittableRandom(1), START);

    @Test
    void asksAtOnceAndThenAboutEveryInterval() {
        assertThat(schedule.delayNanos(START)).isZero();
        for (int i = 0; i < 100; i++) {
            schedule.started(START);
            schedule.succeeded(START);
            assertThat(schedule.delayNanos(START)).isBetween(27 * SECOND, 33 * SECOND);
        }
    }

    @Test
    void hurriesButNotMoreThanOnceInASecond() {
        schedule.started(START);
        schedule.succeeded(START + SECOND / 10);

        assertThat(schedule.hurry(START + SECOND / 5)).isTrue();
        assertThat(schedule.delayNanos(START + SECOND / 5)).isEqualTo(SECOND - SECOND / 5);
        assertThat(schedule.hurry(START + SECOND / 2)).isTrue();
        assertThat(schedule.delayNanos(START + SECOND)).isZero();
    }

    @Test
    void hurriesAtOnceAfterASecond() {
        schedule.started(START);
        schedule.succeeded(START);

        assertThat(schedule.hurry(START + 2 * SECOND)).isTrue();
        assertThat(schedule.delayNanos(START + 2 * SECOND)).isZero();
    }

    @Test
    void neverPutsOffAPollThatIsDueEarlier() {
        schedule.started(START - 100 * SECOND);
        schedule.succeeded(START - 40 * SECOND);

        assertThat(schedule.hurry(START)).isTrue();
        assertThat(schedule.delayNanos(START)).isZero();
    }

    @Test
    void backsOffWithJitterUpToFiveMinutes() {
        long now = START;
        long most = 0;
        for (int failure = 0; failure < 60; failure++) {
            schedule.started(now);
            schedule.failed(now);
            long pause = schedule.delayNanos(now);
            long backoff = Math.min(300, 1L << Math.min(failure, 20)) * SECOND;
            assertThat(pause).isBetween(backoff / 2 - 1, backoff);
            most = Math.max(most, pause);
            now += pause;
        }
        assertThat(most).isGreaterThan(200 * SECOND);
        assertThat(schedule.failures()).isEqualTo(60);
    }

    @Test
    void isNotHurriedWhileThePublisherFails() {
        for (int i = 0; i < 4; i++) {
            schedule.failed(START);
        }
        long delay = schedule.delayNanos(START);

        assertThat(schedule.hurry(START)).isFalse();
        assertThat(schedule.delayNanos(START)).isEqualTo(delay);
    }

    @Test
    void isWorthWaitingForAfterOneFailure() {
        schedule.failed(START);

        assertThat(schedule.hurry(START)).isTrue();
        assertThat(schedule.delayNanos(START)).isPositive();
    }

    @Test
    void startsOverAfterASuccess() {
        schedule.failed(START);
        schedule.failed(START);
        schedule.succeeded(START);
        schedule.failed(START);

        assertThat(schedule.failures()).isEqualTo(1);
        assertThat(schedule.delayNanos(START)).isLessThanOrEqualTo(SECOND);
    }
}
