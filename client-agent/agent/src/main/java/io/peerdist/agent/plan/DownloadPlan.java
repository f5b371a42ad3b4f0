// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import io.peerdist.agent.plan.PlanAction.Fetch;
import io.peerdist.agent.plan.PlanAction.LookUp;
import io.peerdist.codec.pccrr.BlockRanges;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is fetched from where, and nothing else: no I/O, no thread, no clock. The driver takes actions from
 * {@link #next} until it gives none, carries them out, and tells what came of each.
 *
 * <p><b>Order of sources.</b> Segments are looked up in batches at every source but the origin. Each block then goes to
 * the best source that holds it: partial file, local cache, hosted caches (the least busy first), origin. A source that
 * has not got the block after all, or delivers rubbish, is not asked for that block again; the next one is.
 *
 * <p><b>Limits.</b> Blocks in flight from sources other than the origin stay inside a window; requests to the origin are
 * limited in number and length; batches are opened only as earlier ones complete. Hosted caches that fail
 * {@value #MAX_FAILURES_IN_A_ROW} times in a row are left out for the rest.
 *
 * <p>Not thread-safe.
 */
public final class DownloadPlan {
    /** Failures in a row after which a source is left out. */
    static final int MAX_FAILURES_IN_A_ROW = 3;

    /** Sources at most, the origin aside: one bit each in an {@code int}. */
    static final int MAX_SOURCES = 16;

    /** Blocks looked at in search of one whose source has room. */
    private static final int SCAN_BLOCKS = 128;

    private static final int NONE_LEFT = -1;
    private static final int ALL_BUSY = -2;

    private final BlockTable blocks;
    private final PlanSettings settings;
    private final List<SourceState> sources = new ArrayList<>();
    private final VerifiedBlocks verified;
    private final BatchTable batches;
    private final OriginPlan origin;
    private final Map<DownloadSource, OrdinalQueue> queues = new EnumMap<>(DownloadSource.class);
    private final Map<Integer, Integer> tried = new HashMap<>();
    private final Deque<LookUp> lookUps = new ArrayDeque<>();
    private final BitSet flying = new BitSet();
    private int blocksInFlight;
    private long bytesInFlight;

    /** @param sources the sources in order, without the origin; at most {@link #MAX_SOURCES} */
    public DownloadPlan(BlockTable blocks, List<PlanSource> sources, PlanSettings settings) {
        if (sources.size() > MAX_SOURCES) {
            throw new IllegalArgumentException(
                    "sources: " + sources.size() + " (expected: at most " + MAX_SOURCES + ")");
        }
        this.blocks = blocks;
        this.settings = settings;
        for (PlanSource source : sources) {
            this.sources.add(new SourceState(source));
            queues.computeIfAbsent(source.kind(), kind -> new OrdinalQueue());
        }
        this.verified = new VerifiedBlocks(blocks.blockCount());
        this.batches = new BatchTable(blocks, sources.size(), settings.batchSegments(), settings.batchBytes());
        this.origin = new OriginPlan(blocks, settings);
    }

    /** The blocks verified so far. */
    public VerifiedBlocks verifiedBlocks() {
        return verified;
    }

    /** Whether every block is verified. */
    public boolean isComplete() {
        return verified.isComplete();
    }

    /** Why the plan cannot be finished, or null. */
    public @Nullable PlanFailure failure() {
        return origin.failure();
    }

    /** The next thing to do, or null when nothing can be started before something else is answered or time passes. */
    public @Nullable PlanAction next(long nowNanos) {
        openBatches();
        PlanAction lookUp = lookUps.poll();
        if (lookUp != null) {
            return lookUp;
        }
        Fetch fetch = nextFetch();
        return fetch != null ? fetch : origin.next(nowNanos, limitOffset());
    }

    private void openBatches() {
        while (!batches.allOpened() && batches.openCount() < settings.openBatches()) {
            int batch = batches.openNext(verified);
            if (!batches.isOpen(batch)) {
                continue;
            }
            if (sources.isEmpty()) {
                classify(batch);
            }
            for (int source = 0; source < sources.size(); source++) {
                if (sources.get(source).leftOut) {
                    int segments = batches.endSegment(batch) - batches.firstSegment(batch);
                    lookedUp(source, batch, Collections.nCopies(segments, BlockRanges.NONE));
                } else {
                    lookUps.add(new LookUp(source, batch, batches.firstSegment(batch), batches.endSegment(batch)));
                }
            }
        }
    }

    private long limitOffset() {
        long head = blocks.offset(verified.firstMissing());
        long limit = head + settings.lookAheadBytes();
        return limit < 0 ? Long.MAX_VALUE : limit;
    }

    private @Nullable Fetch nextFetch() {
        if (blocksInFlight >= settings.windowBlocks()) {
            return null;
        }
        long limitOffset = limitOffset();
        for (Map.Entry<DownloadSource, OrdinalQueue> queue : queues.entrySet()) {
            Fetch fetch = nextFetch(queue.getKey(), queue.getValue(), limitOffset);
            if (fetch != null) {
                return fetch;
            }
        }
        return null;
    }

    private @Nullable Fetch nextFetch(DownloadSource kind, OrdinalQueue queue, long limitOffset) {
        int scanned = 0;
        for (int ordinal = queue.next(0); ordinal >= 0 && scanned < SCAN_BLOCKS; ordinal = queue.next(ordinal + 1)) {
            int length = blocks.length(ordinal);
            boolean fits = bytesInFlight == 0 || bytesInFlight + length <= settings.windowBytes();
            if (blocks.offset(ordinal) >= limitOffset || !fits) {
                return null;
            }
            int source = pick(kind, ordinal);
            if (source == NONE_LEFT) {
                queue.remove(ordinal);
                enqueue(ordinal);
            } else if (source == ALL_BUSY) {
                scanned++;
            } else {
                queue.remove(ordinal);
                flying.set(ordinal);
                blocksInFlight++;
                bytesInFlight += length;
                sources.get(source).inFlight++;
                return new Fetch(source, ordinal);
            }
        }
        return null;
    }

    /** The least busy source of this kind that may hold the block. */
    private int pick(DownloadSource kind, int ordinal) {
        int best = NONE_LEFT;
        for (int source = 0; source < sources.size(); source++) {
            SourceState state = sources.get(source);
            if (state.plan.kind() != kind || !mayHold(source, ordinal)) {
                continue;
            }
            if (state.inFlight >= state.plan.maxInFlight()) {
                best = best == NONE_LEFT ? ALL_BUSY : best;
            } else if (best < 0 || state.inFlight < sources.get(best).inFlight) {
                best = source;
            }
        }
        return best;
    }

    private boolean mayHold(int source, int ordinal) {
        return !sources.get(source).leftOut
                && (tried.getOrDefault(ordinal, 0) >>> source & 1) == 0
                && batches.holds(source, ordinal);
    }

    /** Puts a block into the queue of the best kind of source that may hold it. */
    private void enqueue(int ordinal) {
        for (int source = 0; source < sources.size(); source++) {
            if (mayHold(source, ordinal)) {
                queue(sources.get(source).plan.kind()).add(ordinal);
                return;
            }
        }
        origin.want(ordinal);
    }

    private OrdinalQueue queue(DownloadSource kind) {
        OrdinalQueue queue = queues.get(kind);
        if (queue == null) {
            throw new IllegalStateException("source: " + kind + " (expected: one of " + queues.keySet() + ")");
        }
        return queue;
    }

    private void classify(int batch) {
        for (int ordinal = batches.firstOrdinal(batch); ordinal < batches.endOrdinal(batch); ordinal++) {
            if (!verified.contains(ordinal) && !flying.get(ordinal)) {
                enqueue(ordinal);
            }
        }
    }

    /** A source holds these blocks of a batch, per segment. */
    public void lookedUp(int source, int batch, List<BlockRanges> held) {
        if (batches.answered(source, batch, held)) {
            classify(batch);
        }
    }

    /** A source failed, with or without a block at stake. */
    public void sourceFailed(int source) {
        SourceState state = sources.get(source);
        state.failuresInARow++;
        state.leftOut |= state.failuresInARow >= MAX_FAILURES_IN_A_ROW;
    }

    /** Whether the source is left out for the rest. */
    boolean isLeftOut(int source) {
        return sources.get(source).leftOut;
    }

    /** A fetched block is verified and written. False when it was there already. */
    public boolean verified(int source, int ordinal) {
        release(source, ordinal);
        sources.get(source).failuresInARow = 0;
        return add(ordinal);
    }

    /** A fetch brought nothing of use. */
    public void notFetched(int source, int ordinal, FetchMiss miss) {
        release(source, ordinal);
        if (miss != FetchMiss.ABSENT) {
            sourceFailed(source);
        }
        if (!verified.contains(ordinal)) {
            tried.merge(ordinal, 1 << source, (a, b) -> a | b);
            enqueue(ordinal);
        }
    }

    private void release(int source, int ordinal) {
        sources.get(source).inFlight--;
        flying.clear(ordinal);
        blocksInFlight--;
        bytesInFlight -= blocks.length(ordinal);
    }

    /** A run brought a block that is verified and written. False when it was there already. */
    public boolean originVerified(int run, int ordinal) {
        origin.delivered(run);
        return add(ordinal);
    }

    /** A run brought a block whose hash is wrong. */
    public void originBad(int ordinal) {
        if (!verified.contains(ordinal)) {
            origin.bad(ordinal);
        }
    }

    /** The origin answers ranges with the whole file. */
    public void rangesIgnored() {
        origin.rangesIgnored();
    }

    /** A run is over; {@code problem} says why it ended early, and is null when it did not. */
    public void runEnded(int run, long nowNanos, @Nullable String problem) {
        origin.runEnded(run, nowNanos, problem);
    }

    /** Fetches and runs that are not answered yet. */
    public int inFlight() {
        return blocksInFlight + origin.running();
    }

    private boolean add(int ordinal) {
        if (!verified.add(ordinal)) {
            return false;
        }
        queues.values().forEach(queue -> queue.remove(ordinal));
        tried.remove(ordinal);
        origin.verified(ordinal);
        batches.verified(ordinal);
        return true;
    }

    /**
     * A source other than the origin.
     *
     * @param maxInFlight blocks asked of it at a time
     */
    public record PlanSource(DownloadSource kind, int maxInFlight) {}

    private static final class SourceState {
        final PlanSource plan;
        int inFlight;
        int failuresInARow;
        boolean leftOut;

        SourceState(PlanSource plan) {
            this.plan = plan;
        }
    }
}
