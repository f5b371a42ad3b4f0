// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which source a block is asked of: among those of a tier that may hold it, the one from which it is expected soonest. Not
 * thread-safe.
 */
final class SourceChoice {
    /** No source of the tier may hold the block. */
    static final int NONE_LEFT = -1;

    /** Those that may hold it have enough to do, and are worth waiting for. */
    static final int ALL_BUSY = -2;

    /** A source that is full is waited for when another would take so many times as long. */
    private static final double WORTH_WAITING = 4;

    private final BlockTable blocks;
    private final BatchTable batches;
    private final Flights flights;
    private final List<SourceState> sources;
    /** By block, a bit for each source that has not got it after all. */
    private final Map<Integer, Integer> tried = new HashMap<>();

    SourceChoice(BlockTable blocks, BatchTable batches, Flights flights, List<DownloadPlan.PlanSource> sources) {
        this.blocks = blocks;
        this.batches = batches;
        this.flights = flights;
        this.sources = sources.stream().map(SourceState::new).toList();
    }

    /** Sources among which speed decides stand in one queue. */
    static DownloadSource tier(DownloadSource kind) {
        return kind == DownloadSource.PEER ? DownloadSource.HOSTED_CACHE : kind;
    }

    SourceState state(int source) {
        return sources.get(source);
    }

    DownloadSource tierOf(int source) {
        return tier(sources.get(source).plan.kind());
    }

    boolean isLeftOut(int source, long nowNanos) {
        return sources.get(source).score().isLeftOut(nowNanos);
    }

    /** The source is not asked for the block again. */
    void missed(int source, int ordinal) {
        tried.merge(ordinal, 1 << source, (a, b) -> a | b);
    }

    /** Sources that have not got the block may be asked again; or nobody is, as it is there. */
    void forget(int ordinal) {
        tried.remove(ordinal);
    }

    /** The first source of any tier that may hold the block, or {@link #NONE_LEFT}. */
    int firstThatMayHold(int ordinal, long nowNanos) {
        for (int source = 0; source < sources.size(); source++) {
            if (mayHold(source, ordinal, nowNanos)) {
                return source;
            }
        }
        return NONE_LEFT;
    }

    private boolean mayHold(int source, int ordinal, long nowNanos) {
        return sources.get(source).holdsAny
                && (tried.getOrDefault(ordinal, 0) >>> source & 1) == 0
                && batches.holds(source, ordinal)
                && !flights.contains(source, ordinal)
                && !isLeftOut(source, nowNanos);
    }

    /** Whether those that hold anything have all that they take at a time, so that no block need be looked at. */
    boolean allFull(DownloadSource tier, long nowNanos) {
        boolean some = false;
        for (int source = 0; source < sources.size(); source++) {
            SourceState state = sources.get(source);
            if (state.holdsAny && tierOf(source) == tier && !isLeftOut(source, nowNanos)) {
                if (!state.isFull()) {
                    return false;
                }
                some = true;
            }
        }
        return some;
    }

    /** The source of this tier that may hold the block and is expected to deliver it soonest. */
    int pick(DownloadSource tier, int ordinal, long nowNanos) {
        int best = NONE_LEFT;
        double bestNanos = 0;
        double fullNanos = Double.POSITIVE_INFINITY;
        for (int source = 0; source < sources.size(); source++) {
            SourceState state = sources.get(source);
            if (tierOf(source) != tier || !mayHold(source, ordinal, nowNanos)) {
                continue;
            }
            double nanos = expectedNanos(state, blocks.length(ordinal), nowNanos);
            if (state.isFull()) {
                fullNanos = Math.min(fullNanos, nanos);
            } else if (best == NONE_LEFT
                    || nanos < bestNanos
                    || (nanos == bestNanos && state.inFlight < sources.get(best).inFlight)) {
                best = source;
                bestNanos = nanos;
            }
        }
        boolean wait = best == NONE_LEFT ? fullNanos < Double.POSITIVE_INFINITY : WORTH_WAITING * fullNanos < bestNanos;
        return wait ? ALL_BUSY : best;
    }

    /** When the source is expected to have delivered; the longer nothing came from it, the later. */
    private static double expectedNanos(SourceState state, int length, long nowNanos) {
        double nanos = state.score().expectedNanos(state.bytesInFlight + length, nowNanos);
        return state.inFlight == 0 ? nanos : nanos + Math.max(0, nowNanos - state.progressNanos);
    }
}
