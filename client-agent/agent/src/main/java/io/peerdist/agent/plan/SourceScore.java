// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

/**
 * What is known of one source from all downloads so far: how quick it is, and whether it is left out for a while. Thread-safe.
 *
 * <p><b>Speed.</b> A block that took some time while so many bytes were on their way from the source says how long a byte
 * takes, whether the source answers one after the other or all at once. The average moves by an eighth with each block, as
 * round-trip times do in TCP (RFC 6298). What was measured long ago counts for less, so that a source that was slow once is
 * tried again.
 *
 * <p><b>Room.</b> A source gets one request more at a time for each block that came quickly, and fewer while blocks take long,
 * and longer than they once did: then it is busy with many clients, and requests would only wait there until they time out.
 * So all clients of a busy cache together keep what waits there short (Chiu and Jain, "Analysis of the Increase and
 * Decrease Algorithms for Congestion Avoidance", 1989).
 *
 * <p><b>Trust.</b> Failures and bad blocks make points, good blocks take some away. At {@value #LIMIT_POINTS} points the source
 * is left out, twice as long as the time before. After that it gets one request at a time until a block was good.
 */
public final class SourceScore {
    static final double LIMIT_POINTS = 3;
    static final double FAILED_POINTS = 1;
    /** A time-out may be the network's fault; a wrong hash is the source's. */
    static final double BAD_POINTS = 1.5;

    static final double GOOD_POINTS = 0.5;
    static final long FIRST_PAUSE_NANOS = 5_000_000_000L;
    static final long MAX_PAUSE_NANOS = 600_000_000_000L;

    /** No request is repeated elsewhere before: less than a disk that spins up, more than a busy machine hesitates. */
    static final long MIN_PATIENCE_NANOS = 150_000_000L;

    /** How long a source of which nothing is known may take: half of the time limit of a request. */
    static final long FIRST_PATIENCE_NANOS = 1_000_000_000L;

    /** So few that strangers who never answer do not fill the window of a plan. */
    static final int FIRST_IN_FLIGHT = 4;

    private static final double USUAL_TIMES = 3;
    private static final double AVERAGE_WEIGHT = 1.0 / 8; // RFC 6298
    private static final double DEVIATION_WEIGHT = 1.0 / 4; // RFC 6298
    private static final double DEVIATIONS = 2; // with the average about the 95th percentile
    private static final double HALF_LIFE_NANOS = 10e9;

    /** More requests at a time than any source takes. */
    private static final int MAX_ROOM = 64;

    /** A block that takes so long has waited for others; half of that is quick. */
    private static final long SLOW_NANOS = 300_000_000L;

    private static final int QUICK_SHARE = 2;
    /** A source that is slow by itself, as it is far away, is not busy. */
    private static final int BUSY_TIMES = 2;

    private static final double SHRINK = 0.7;
    private static final double QUICKEST_FADES = 1.0 / 256;

    private double room = FIRST_IN_FLIGHT;
    private boolean everSlow;
    private boolean shrunk;
    private long shrunkNanos;
    private double quickestNanos;
    private boolean measured;
    private double nanosPerByte;
    private double averageNanos;
    private double deviationNanos;
    private long measuredNanos;
    private double points;
    private boolean someBad;
    private boolean leftOut;
    private boolean leftOutForBad;
    private long backNanos;
    private long pauseNanos = FIRST_PAUSE_NANOS;

    /** A source of which nothing is known. */
    public SourceScore() {}

    /**
     * A good block has come.
     *
     * @param tookNanos since it was asked for
     * @param queuedBytes bytes on their way from the source when it was asked for, its own included
     */
    synchronized void delivered(long tookNanos, long queuedBytes, long nowNanos) {
        double sample = (double) tookNanos / queuedBytes;
        if (measured) {
            deviationNanos += DEVIATION_WEIGHT * (Math.abs(tookNanos - averageNanos) - deviationNanos);
            averageNanos += AVERAGE_WEIGHT * (tookNanos - averageNanos);
            nanosPerByte += AVERAGE_WEIGHT * (sample - nanosPerByte);
        } else {
            measured = true;
            averageNanos = tookNanos;
            deviationNanos = tookNanos / 2.0;
            nanosPerByte = sample;
        }
        measuredNanos = nowNanos;
        adaptRoom(tookNanos, nowNanos);
        points = Math.max(0, points - GOOD_POINTS);
        if (points == 0) {
            someBad = false;
            pauseNanos = FIRST_PAUSE_NANOS;
        }
    }

    private void adaptRoom(long tookNanos, long nowNanos) {
        boolean quickest = quickestNanos == 0 || tookNanos < quickestNanos;
        quickestNanos = quickest ? tookNanos : quickestNanos + QUICKEST_FADES * (tookNanos - quickestNanos);
        if (tookNanos >= SLOW_NANOS && tookNanos > BUSY_TIMES * quickestNanos) {
            shrinkRoom(nowNanos);
        } else if (tookNanos < SLOW_NANOS / QUICK_SHARE || tookNanos <= BUSY_TIMES * quickestNanos) {
            room = Math.min(MAX_ROOM, room + (everSlow ? 1 / room : 1));
        }
    }

    /** Once for all that were on their way together. */
    private void shrinkRoom(long nowNanos) {
        if (!shrunk || nowNanos - shrunkNanos >= averageNanos) {
            everSlow = true;
            shrunk = true;
            shrunkNanos = nowNanos;
            room = Math.max(1, SHRINK * room);
        }
    }

    /** A request brought no answer; true when the source is left out from now on. */
    synchronized boolean failed(long nowNanos) {
        shrinkRoom(nowNanos);
        return blame(FAILED_POINTS, nowNanos);
    }

    /** A block had a wrong hash; true when the source is left out from now on. */
    synchronized boolean bad(long nowNanos) {
        return blame(BAD_POINTS, nowNanos);
    }

    private boolean blame(double more, long nowNanos) {
        boolean isBad = more == BAD_POINTS;
        if (isLeftOut(nowNanos)) {
            leftOutForBad |= isBad;
            return false; // asked before, and told already
        }
        someBad |= isBad;
        points += more;
        if (points < LIMIT_POINTS) {
            return false;
        }
        leftOut = true;
        leftOutForBad = someBad;
        backNanos = nowNanos + pauseNanos;
        pauseNanos = Math.min(MAX_PAUSE_NANOS, 2 * pauseNanos);
        return true;
    }

    /**
     * The source is alive and says that it has what it did not deliver, so it was but slow. It may be asked again at once,
     * unless what it delivered was bad.
     */
    synchronized void isAlive() {
        if (leftOut && !leftOutForBad) {
            leftOut = false;
            pauseNanos = FIRST_PAUSE_NANOS;
            points = LIMIT_POINTS - FAILED_POINTS;
        }
    }

    /** Whether the source is not to be asked now. */
    public synchronized boolean isLeftOut(long nowNanos) {
        if (leftOut && nowNanos - backNanos >= 0) {
            leftOut = false;
            points = LIMIT_POINTS - FAILED_POINTS;
        }
        return leftOut;
    }

    /** Blocks that it is asked for at a time, however many it would take: it has to earn trust first. */
    synchronized int inFlightLimit() {
        if (points >= LIMIT_POINTS - FAILED_POINTS) {
            return 1;
        }
        return (int) room;
    }

    /** When {@code bytes} more are expected to have come if they are asked for now; 0 while nothing is known. */
    synchronized double expectedNanos(long bytes, long nowNanos) {
        double faded = Math.pow(2, -Math.max(0, nowNanos - measuredNanos) / HALF_LIFE_NANOS);
        return measured ? bytes * nanosPerByte * faded : 0;
    }

    /** How long a request may take before it is made elsewhere as well. */
    synchronized long patienceNanos() {
        if (!measured) {
            return FIRST_PATIENCE_NANOS;
        }
        return Math.max(MIN_PATIENCE_NANOS, (long) (USUAL_TIMES * (averageNanos + DEVIATIONS * deviationNanos)));
    }
}
