// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Decides when the publisher is asked next; it only decides, and time comes in as a parameter. Not thread-safe.
 *
 * <p>After a failure the pause doubles up to five minutes or the poll interval, whichever is longer, less a random part, so
 * that the caches of many branches do not come back all at once.
 */
final class PollSchedule {
    /** No two polls begin closer to each other, however many segments are offered. */
    static final Duration MIN_GAP = Duration.ofSeconds(1);

    /** How long a pull waits for a poll. */
    static final Duration MAX_WAIT = Duration.ofSeconds(2);

    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(5);
    private static final int MAX_DOUBLINGS = 16;
    private static final double JITTER = 0.1;

    private final Duration interval;
    private final RandomGenerator random;
    private long earliestNanos;
    private long dueNanos;
    private int failures;

    /** The first poll is due at once. */
    PollSchedule(Duration interval, RandomGenerator random, long nowNanos) {
        this.interval = interval;
        this.random = random;
        this.earliestNanos = nowNanos;
        this.dueNanos = nowNanos;
    }

    /** Until the next poll; 0 when it is due. */
    long delayNanos(long nowNanos) {
        return Math.max(0, dueNanos - nowNanos);
    }

    /** Failures since the last success. */
    int failures() {
        return failures;
    }

    /**
     * Asks for a poll as soon as may be. False when none will come so soon that it is worth waiting for: a publisher that
     * does not answer is not asked more often because clients offer.
     */
    boolean hurry(long nowNanos) {
        if (failures == 0) {
            dueNanos = nowNanos + Math.min(dueNanos - nowNanos, Math.max(0, earliestNanos - nowNanos));
        }
        return delayNanos(nowNanos) < MAX_WAIT.toNanos();
    }

    void started(long nowNanos) {
        earliestNanos = nowNanos + MIN_GAP.toNanos();
    }

    void succeeded(long nowNanos) {
        failures = 0;
        double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
        dueNanos = nowNanos + (long) (interval.toNanos() * factor);
    }

    void failed(long nowNanos) {
        long most = Math.max(interval.toNanos(), MAX_BACKOFF.toNanos());
        long backoff = Math.min(most, FIRST_BACKOFF.toNanos() << Math.min(failures, MAX_DOUBLINGS));
        failures++;
        dueNanos = nowNanos + (long) (backoff * (1 - random.nextDouble() / 2));
        earliestNanos = dueNanos;
    }
}
