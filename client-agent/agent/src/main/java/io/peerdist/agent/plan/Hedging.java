// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import java.util.BitSet;

/**
 * Which requests that take long may be made at a second source as well, and how many of them.
 *
 * <p>A request is repeated when it took several times as long as is usual for its source, and not more than one in
 * {@value #SHARE} of them, so that a network that is slow as a whole is not made slower ("The Tail at Scale", Dean and
 * Barroso, CACM 56.2, 2013, which has 5 %). The request that loses is not cut off: whether and when it is answered is what its
 * source is judged by, and to cut it off would cost a connection. Not thread-safe.
 */
final class Hedging {
    /** One request in twenty. */
    static final int SHARE = 20;

    /** So many are free, as a short download has few requests and a first bad source shows at once. */
    static final int FREE = 8;

    /** Hedges on their way, beyond the window of the plan: what one stalled source must not keep from its neighbours. */
    static final int MAX_IN_FLIGHT = 4;

    private static final long SCAN_NANOS = 10_000_000L;

    private final BitSet hedged = new BitSet();
    private final PlanListener listener;
    private long requests;
    private long hedges;
    private int inFlight;
    private long scannedNanos;
    private boolean scanned;

    Hedging(PlanListener listener) {
        this.listener = listener;
    }

    void requested() {
        requests++;
    }

    /** Whether it is time to look for requests that take long, and there is room for one more. */
    boolean isDue(long nowNanos) {
        if (scanned && nowNanos - scannedNanos < SCAN_NANOS) {
            return false;
        }
        return inFlight < MAX_IN_FLIGHT && hedges * SHARE < requests + (long) FREE * SHARE;
    }

    /** Nothing was found to hedge; the next look is some milliseconds later. */
    void nothingFound(long nowNanos) {
        scanned = true;
        scannedNanos = nowNanos;
    }

    /** Whether the block was asked for twice. */
    boolean isHedged(int ordinal) {
        return hedged.get(ordinal);
    }

    /** The block is asked for again, at a source with requests of blocks or else at the origin. */
    void started(int ordinal, boolean fromSource) {
        hedged.set(ordinal);
        hedges++;
        inFlight += fromSource ? 1 : 0;
        listener.hedged();
    }

    /** A hedge from a source has ended, well or not. */
    void ended() {
        inFlight--;
    }

    /** The hedge was first. */
    void won() {
        listener.hedgeWon();
    }
}
