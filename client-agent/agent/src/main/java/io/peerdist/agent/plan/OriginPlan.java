// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import io.peerdist.agent.plan.PlanAction.FetchRun;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The origin's part of a {@link DownloadPlan}: joins adjacent missing blocks into runs, limits how many run at a time,
 * waits after failures, and notices when the origin cannot help. Not thread-safe.
 */
final class OriginPlan {
    /** Requests in a row that bring not one block before the download fails. */
    static final int MAX_FAILURES_IN_A_ROW = 5;

    /** Times one block may come damaged from the origin before the download fails. */
    static final int MAX_BAD = 2;

    private static final long FIRST_WAIT_NANOS = 250_000_000L;

    private final BlockTable blocks;
    private final PlanSettings settings;
    private final OrdinalQueue wanted = new OrdinalQueue();
    private final OrdinalQueue asked = new OrdinalQueue();
    private final Map<Integer, Run> runs = new HashMap<>();
    private final Map<Integer, Integer> bad = new HashMap<>();
    private int nextRun;
    private int failuresInARow;
    private boolean waiting;
    private long waitUntilNanos;
    private boolean rangesIgnored;
    private @Nullable PlanFailure failure;

    OriginPlan(BlockTable blocks, PlanSettings settings) {
        this.blocks = blocks;
        this.settings = settings;
    }

    void want(int ordinal) {
        if (!asked.contains(ordinal)) {
            wanted.add(ordinal);
        }
    }

    /** The next request, or null when there is nothing to ask for now; blocks beyond {@code limitOffset} wait. */
    @Nullable
    FetchRun next(long nowNanos, long limitOffset) {
        if (runs.size() >= (rangesIgnored ? 1 : settings.originRequests()) || failure != null) {
            return null;
        }
        if (waiting && nowNanos - waitUntilNanos < 0) {
            return null;
        }
        waiting = false;
        int from = wanted.next(0);
        if (from < 0 || blocks.offset(from) >= limitOffset) {
            return null;
        }
        int to = rangesIgnored ? blocks.blockCount() : endOfRun(from, limitOffset);
        for (int ordinal = wanted.next(from); ordinal >= 0 && ordinal < to; ordinal = wanted.next(ordinal + 1)) {
            wanted.remove(ordinal);
            asked.add(ordinal);
        }
        int run = nextRun++;
        runs.put(run, new Run(from, to));
        return new FetchRun(run, from, to);
    }

    private int endOfRun(int from, long limitOffset) {
        long limit = Math.min(limitOffset, blocks.offset(from) + settings.originRunBytes());
        int to = from + 1;
        while (to < blocks.blockCount() && wanted.contains(to) && blocks.offset(to) + blocks.length(to) <= limit) {
            to++;
        }
        return to;
    }

    /** A block is verified, whoever delivered it. */
    void verified(int ordinal) {
        wanted.remove(ordinal);
        asked.remove(ordinal);
        bad.remove(ordinal);
    }

    /** A run delivered a good block. */
    void delivered(int run) {
        failuresInARow = 0;
        Run state = runs.get(run);
        if (state != null) {
            state.delivered = true;
        }
    }

    /** A run delivered a block with a wrong hash. It is asked for again, once. */
    void bad(int ordinal) {
        if (bad.merge(ordinal, 1, Integer::sum) >= MAX_BAD) {
            failure = new PlanFailure.OriginCorrupt(ordinal);
        }
    }

    /** The origin answers ranges with the whole file: from now on one request at a time, and all of the file is taken. */
    void rangesIgnored() {
        rangesIgnored = true;
    }

    /** A run is over; what it did not deliver is asked for again. {@code problem} says why it ended early. */
    void runEnded(int run, long nowNanos, @Nullable String problem) {
        Run state = runs.remove(run);
        if (state == null) {
            return;
        }
        for (int at = asked.next(state.from); at >= 0 && at < state.to; at = asked.next(at + 1)) {
            asked.remove(at);
            wanted.add(at);
        }
        if (problem != null) {
            failed(state, nowNanos, problem);
        }
    }

    private void failed(Run run, long nowNanos, String problem) {
        failuresInARow = run.delivered ? 1 : failuresInARow + 1;
        if (failuresInARow >= MAX_FAILURES_IN_A_ROW) {
            failure = new PlanFailure.OriginUnreachable(problem);
            return;
        }
        waiting = true;
        waitUntilNanos = nowNanos + (FIRST_WAIT_NANOS << (failuresInARow - 1));
    }

    int running() {
        return runs.size();
    }

    @Nullable
    PlanFailure failure() {
        return failure;
    }

    private static final class Run {
        final int from;
        final int to;
        boolean delivered;

        Run(int from, int to) {
            this.from = from;
            this.to = to;
        }
    }
}
