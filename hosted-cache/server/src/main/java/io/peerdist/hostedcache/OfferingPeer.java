// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

/** What the schedule knows of one peer: what waits to be pulled from it and how it behaved. */
final class OfferingPeer {
    /** Failures in a row after which a peer is left out. */
    static final int MAX_FAILURES = 3;

    private final InetSocketAddress address;
    private final Deque<WantedSegment> waiting = new ArrayDeque<>();
    private int active;
    private int failures;
    private boolean answered;
    private boolean scheduled;
    private boolean leftOut;
    private long leftOutUntilNanos;

    OfferingPeer(InetSocketAddress address) {
        this.address = address;
    }

    InetSocketAddress address() {
        return address;
    }

    Deque<WantedSegment> waiting() {
        return waiting;
    }

    /** Whether nothing waits for this peer or is pulled from it. */
    boolean isIdle() {
        return waiting.isEmpty() && active == 0;
    }

    /** Whether another segment may be pulled: one at a time until the peer has shown that it answers. */
    boolean isReady(int maxPullsPerPeer) {
        return !waiting.isEmpty() && active < (answered && failures == 0 ? maxPullsPerPeer : 1);
    }

    /** Whether the last thing heard of the peer was a failure. */
    boolean isSuspect() {
        return failures > 0;
    }

    /** Whether the peer has a turn coming. */
    boolean isScheduled() {
        return scheduled;
    }

    void schedule(boolean turn) {
        scheduled = turn;
    }

    void started() {
        active++;
    }

    /** A pull ended; true when the peer is left out from now on. */
    boolean ended(PullResult result, long nowNanos, long leftOutNanos) {
        active--;
        if (result.showsPeerAnswers()) {
            answered = true;
            failures = 0;
            return false;
        }
        if (result.isFaultOfPeer() && ++failures >= MAX_FAILURES) {
            leftOut = true;
            leftOutUntilNanos = nowNanos + leftOutNanos;
            failures = 0;
            answered = false;
            return true;
        }
        return false;
    }

    boolean isLeftOut(long nowNanos) {
        if (leftOut && nowNanos - leftOutUntilNanos >= 0) {
            leftOut = false;
            failures = MAX_FAILURES - 1; // on probation: the next failure leaves it out again
        }
        return leftOut;
    }
}
