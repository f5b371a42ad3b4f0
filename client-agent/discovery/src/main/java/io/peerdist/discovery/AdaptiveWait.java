// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.time.Duration;

/**
 * How long a search waits for answers. After some searches that nobody answered the time is halved with each further one,
 * and below the longest back-off of an answer it is 0: networks without peers pay nothing. One answer, in time or not, brings
 * the whole time back. Lives on one thread.
 */
final class AdaptiveWait {
    /** One lost datagram, or one rare file, says nothing about the network. */
    static final int PATIENT_ROUNDS = 3;

    private final Duration full;
    private int unanswered;
    private long lastUnansweredNanos;
    private boolean everUnanswered;

    AdaptiveWait(Duration full) {
        this.full = full;
    }

    Duration current() {
        if (unanswered < PATIENT_ROUNDS) {
            return full;
        }
        Duration shortened = full.dividedBy(1L << Math.min(Long.SIZE - 2, unanswered - PATIENT_ROUNDS + 1));
        return shortened.compareTo(ResponderSettings.DEFAULT_MAX_BACKOFF) < 0 ? Duration.ZERO : shortened;
    }

    void answered() {
        unanswered = 0;
    }

    /** A search ended without an answer. Those that ran at the same time count once: they met the same network. */
    void unanswered(long startedNanos, long nowNanos) {
        if (everUnanswered && startedNanos - lastUnansweredNanos < 0) {
            return;
        }
        everUnanswered = true;
        lastUnansweredNanos = nowNanos;
        unanswered = Math.min(unanswered + 1, PATIENT_ROUNDS + Long.SIZE);
    }
}
