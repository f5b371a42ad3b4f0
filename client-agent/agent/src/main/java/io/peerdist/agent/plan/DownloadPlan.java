// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import io.peerdist.agent.plan.PlanAction.Fetch;
import io.peerdist.codec.pccrr.BlockRanges;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is fetched from where, and nothing else: no I/O, no thread, no clock. The driver takes actions from
 * {@link #next} until it gives none, carries them out, and tells what came of each.
 *
 * <p><b>Order of sources.</b> Segments are looked up in batches, on this machine first, and where the local cache does not hold
 * all of a batch at every source but the origin. Each block then goes to
 * the best source that holds it: partial file, local cache, then the hosted cache or peer from which it is expected soonest,
 * origin. A source that has not got the block after all, or delivers rubbish, is not asked for that block again; the next one
 * is. A block that takes much longer than is usual for its source is asked for at a second one, or else at the origin.
 *
 * <p><b>Limits.</b> Blocks in flight from sources other than the origin stay inside a window; requests to the origin are
 * limited in number and length; batches are opened only as earlier ones complete. Of a part of a file, only the blocks it
 * touches are wanted, and only their segments looked up. Sources that fail or deliver rubbish again and
 * again are left out for a while; see {@link SourceScore}.
 *
 * <p>Not thread-safe.
 */
public final class DownloadPlan {
    /** Sources at most, the origin aside: one bit each in an {@code int}. */
    public static final int MAX_SOURCES = 32;

    /** So many times as long as for another source near by a block is waited for before the origin is asked as well. */
    private static final int ORIGIN_PATIENCE = 4;

    /** Three quarters of the time limit of a request (MS-PCCRR 3.1.2). */
    private static final long MIN_ORIGIN_PATIENCE_NANOS = 1_500_000_000L;

    /** A source that is full is waited for when another would take so many times as long. */
    private static final double WORTH_WAITING = 4;

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
    private final LeasePlan leases;
    private final Map<DownloadSource, OrdinalQueue> queues = new EnumMap<>(DownloadSource.class);
    private final Map<Integer, Integer> tried = new HashMap<>();
    private final LookUpPlan lookUps;
    private final Flights flights = new Flights();
    private final Hedging hedging;
    private final PlanListener listener;
    private final PlanScope scope;
    private long nowNanos;

    /** A plan whose decisions nobody counts. */
    public DownloadPlan(BlockTable blocks, List<PlanSource> sources, PlanSettings settings) {
        this(blocks, sources, settings, PlanListener.NONE);
    }

    /** A plan for all of the file. */
    public DownloadPlan(BlockTable blocks, List<PlanSource> sources, PlanSettings settings, PlanListener listener) {
        this(blocks, sources, settings, listener, PlanScope.ALL);
    }

    /** @param sources the sources in order, without the origin; at most {@link #MAX_SOURCES} */
    public DownloadPlan(
            BlockTable blocks,
            List<PlanSource> sources,
            PlanSettings settings,
            PlanListener listener,
            PlanScope scope) {
        if (sources.size() > MAX_SOURCES) {
            throw new IllegalArgumentException(
                    "sources: " + sources.size() + " (expected: at most " + MAX_SOURCES + ")");
        }
        this.blocks = blocks;
        this.settings = settings;
        for (PlanSource source : sources) {
            this.sources.add(new SourceState(source));
            queues.computeIfAbsent(tier(source.kind()), kind -> new OrdinalQueue());
        }
        this.verified = new VerifiedBlocks(blocks.blockCount());
        int first = scope.firstOrdinal(blocks);
        int end = scope.endOrdinal(blocks);
        verified.addAllBut(first, end);
        this.batches = new BatchTable(blocks, sources.size(), settings, first, end);
        this.scope = scope;
        this.lookUps = new LookUpPlan(
                batches, verified, sources.stream().map(PlanSource::kind).toList(), settings, new Answers());
        this.origin = new OriginPlan(blocks, settings);
        this.listener = listener;
        this.hedging = new Hedging(listener);
        this.leases = new LeasePlan(
                blocks,
                sources.stream().map(PlanSource::kind).toList(),
                verified,
                batches,
                new Surroundings(),
                listener);
    }

    /** Has the plan ask whose turn it is before it goes to the origin; to be called before the first {@link #next}. */
    public void askForLeases(LeaseLimits limits) {
        leases.turnOn(limits, segment -> scope.mayLease(blocks, segment));
    }

    /** What the leases need of the rest. */
    private final class Surroundings implements LeasePlan.Surroundings {
        @Override
        public long nowNanos() {
            return nowNanos;
        }

        @Override
        public boolean isLeftOut(int source) {
            return DownloadPlan.this.isLeftOut(source);
        }

        @Override
        public void isAlive(int source) {
            sources.get(source).score().isAlive();
        }

        @Override
        public void toOrigin(int ordinal) {
            origin.want(ordinal);
        }

        @Override
        public void chooseAgain(int ordinal) {
            tried.remove(ordinal);
            if (!verified.contains(ordinal) && flights.of(ordinal) == null) {
                enqueue(ordinal);
            }
        }
    }

    /** What the questions need of the rest. */
    private final class Answers implements LookUpPlan.Plan {
        @Override
        public boolean isLeftOut(int source) {
            return DownloadPlan.this.isLeftOut(source);
        }

        @Override
        public void classify(int batch) {
            DownloadPlan.this.classify(batch);
        }
    }

    /** Sources among which speed decides stand in one queue. */
    private static DownloadSource tier(DownloadSource kind) {
        return kind == DownloadSource.PEER ? DownloadSource.HOSTED_CACHE : kind;
    }

    /** It is now {@code nowNanos}: what is told from here on happens at that time. {@link #next} says so as well. */
    public void time(long nowNanos) {
        this.nowNanos = nowNanos;
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
        time(nowNanos);
        PlanAction lookUp = lookUps.next();
        if (lookUp != null) {
            return lookUp;
        }
        Fetch fetch = nextHedge();
        if (fetch == null) {
            fetch = nextFetch();
        }
        if (fetch != null) {
            return fetch;
        }
        PlanAction leasing = leases.next(limitOffset());
        return leasing != null ? leasing : origin.next(nowNanos, limitOffset());
    }

    private long limitOffset() {
        long head = blocks.offset(verified.firstMissing());
        long limit = head + settings.lookAheadBytes();
        return limit < 0
                ? scope.limitOffset().getAsLong()
                : Math.min(limit, scope.limitOffset().getAsLong());
    }

    private @Nullable Fetch nextFetch() {
        if (flights.count() >= settings.windowBlocks()) {
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

    private @Nullable Fetch nextFetch(DownloadSource tier, OrdinalQueue queue, long limitOffset) {
        if (allFull(tier)) {
            return null;
        }
        int scanned = 0;
        for (int ordinal = queue.next(0); ordinal >= 0 && scanned < SCAN_BLOCKS; ordinal = queue.next(ordinal + 1)) {
            int length = blocks.length(ordinal);
            boolean fits = flights.count() == 0 || flights.bytes() + length <= settings.windowBytes();
            if (blocks.offset(ordinal) >= limitOffset || !fits) {
                return null;
            }
            int source = pick(tier, ordinal);
            if (source == NONE_LEFT) {
                queue.remove(ordinal);
                enqueue(ordinal);
            } else if (source == ALL_BUSY) {
                scanned++;
            } else {
                queue.remove(ordinal);
                return fetch(source, ordinal, false);
            }
        }
        return null;
    }

    /** Whether those that hold anything have all that they take at a time, so that no block need be looked at. */
    private boolean allFull(DownloadSource tier) {
        boolean some = false;
        for (int source = 0; source < sources.size(); source++) {
            SourceState state = sources.get(source);
            if (state.holdsAny && tier(state.plan.kind()) == tier && !isLeftOut(source)) {
                if (!state.isFull()) {
                    return false;
                }
                some = true;
            }
        }
        return some;
    }

    private Fetch fetch(int source, int ordinal, boolean hedge) {
        SourceState state = sources.get(source);
        int length = blocks.length(ordinal);
        if (state.inFlight == 0) {
            state.progressNanos = nowNanos;
        }
        state.inFlight++;
        state.bytesInFlight += length;
        flights.add(new Flights.Flight(source, ordinal, length, nowNanos, state.bytesInFlight, hedge));
        hedging.requested();
        return new Fetch(source, ordinal);
    }

    /** The source of this tier that may hold the block and is expected to deliver it soonest. */
    private int pick(DownloadSource tier, int ordinal) {
        int best = NONE_LEFT;
        double bestNanos = 0;
        double fullNanos = Double.POSITIVE_INFINITY;
        for (int source = 0; source < sources.size(); source++) {
            SourceState state = sources.get(source);
            if (tier(state.plan.kind()) != tier || !mayHold(source, ordinal)) {
                continue;
            }
            double nanos = expectedNanos(state, blocks.length(ordinal));
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
    private double expectedNanos(SourceState state, int length) {
        double nanos = state.score().expectedNanos(state.bytesInFlight + length, nowNanos);
        return state.inFlight == 0 ? nanos : nanos + Math.max(0, nowNanos - state.progressNanos);
    }

    /** Asks for a block that takes long a second time: at another source, or in the next run of the origin. */
    private @Nullable Fetch nextHedge() {
        while (hedging.isDue(nowNanos)) {
            Flights.Flight late = firstLate();
            if (late == null) {
                hedging.nothingFound(nowNanos);
                return null;
            }
            int source = pick(DownloadSource.HOSTED_CACHE, late.ordinal());
            hedging.started(late.ordinal(), source >= 0);
            if (source >= 0) {
                return fetch(source, late.ordinal(), true);
            }
            wantFromOrigin(late.ordinal());
        }
        return null;
    }

    /** Of the blocks that take too long the first of the file. */
    private Flights.@Nullable Flight firstLate() {
        Flights.Flight first = null;
        for (Flights.Flight flight : flights.all()) {
            boolean earlier = first == null || flight.ordinal() < first.ordinal();
            if (earlier
                    && tier(sources.get(flight.source()).plan.kind()) == DownloadSource.HOSTED_CACHE
                    && !verified.contains(flight.ordinal())
                    && !hedging.isHedged(flight.ordinal())
                    && isLate(flight)
                    && (pick(DownloadSource.HOSTED_CACHE, flight.ordinal()) >= 0 || isLateForOrigin(flight))) {
                first = flight;
            }
        }
        return first;
    }

    /** The link to the origin is what all of this is to spare: it is asked only when the wait is near its end anyway. */
    private boolean isLateForOrigin(Flights.Flight flight) {
        long patience = sources.get(flight.source()).score().patienceNanos();
        return nowNanos - flight.startedNanos() > Math.max(MIN_ORIGIN_PATIENCE_NANOS, ORIGIN_PATIENCE * patience);
    }

    private boolean isLate(Flights.Flight flight) {
        long patience = sources.get(flight.source()).score().patienceNanos();
        return nowNanos - flight.startedNanos() > patience;
    }

    private boolean mayHold(int source, int ordinal) {
        return sources.get(source).holdsAny
                && (tried.getOrDefault(ordinal, 0) >>> source & 1) == 0
                && batches.holds(source, ordinal)
                && !flights.contains(source, ordinal)
                && !isLeftOut(source);
    }

    /** Puts a block into the queue of the best kind of source that may hold it, as far as that is known. */
    private void enqueue(int ordinal) {
        for (int source = 0; source < sources.size(); source++) {
            if (mayHold(source, ordinal)) {
                queue(tier(sources.get(source).plan.kind())).add(ordinal);
                return;
            }
        }
        if (lookUps.isKnown(ordinal)) {
            wantFromOrigin(ordinal);
        }
    }

    private void wantFromOrigin(int ordinal) {
        if (leases.admits(ordinal)) {
            origin.want(ordinal);
        }
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
            if (!verified.contains(ordinal) && flights.of(ordinal) == null) {
                enqueue(ordinal);
            }
        }
    }

    /** The answers to a question, for each of its segments in its order; without any, nobody answered. */
    public void leased(int ask, List<SegmentLease> answers) {
        leases.answered(ask, answers);
    }

    /** A source holds these blocks of a batch, per segment. */
    public void lookedUp(int source, int batch, List<BlockRanges> held) {
        sources.get(source).holdsAny |= held.stream().anyMatch(blocksHeld -> !blocksHeld.isEmpty());
        if (LeasePlan.isItsOwn(batch)) {
            leases.lookedUp(source, batch, held);
        } else {
            lookUps.answered(source, batch, held);
        }
    }

    /** A source failed, with or without a block at stake. */
    public void sourceFailed(int source) {
        SourceState state = sources.get(source);
        if (state.score().failed(nowNanos)) {
            listener.leftOut(state.plan.kind());
        }
    }

    private void sourceBad(int source) {
        SourceState state = sources.get(source);
        if (state.score().bad(nowNanos)) {
            listener.leftOut(state.plan.kind());
        }
    }

    /** Whether the source is left out now. */
    boolean isLeftOut(int source) {
        return sources.get(source).score().isLeftOut(nowNanos);
    }

    /** A fetched block is verified and written. False when it was there already. */
    public boolean verified(int source, int ordinal) {
        Flights.Flight flight = good(source, ordinal);
        boolean first = add(ordinal);
        if (first && flight.hedge()) {
            hedging.won();
        }
        return first;
    }

    /** A fetched block is right, and another source had brought it before; who wrote it says so. */
    public void duplicate(int source, int ordinal) {
        good(source, ordinal);
    }

    private Flights.Flight good(int source, int ordinal) {
        Flights.Flight flight = release(source, ordinal);
        SourceState state = sources.get(source);
        state.progressNanos = nowNanos;
        state.score().delivered(Math.max(1, nowNanos - flight.startedNanos()), flight.queuedBytes(), nowNanos);
        return flight;
    }

    /** A fetch brought nothing of use. */
    public void notFetched(int source, int ordinal, FetchMiss miss) {
        release(source, ordinal);
        if (miss == FetchMiss.FAILED) {
            sourceFailed(source);
        } else if (miss == FetchMiss.BAD) {
            sourceBad(source);
        }
        if (!verified.contains(ordinal)) {
            tried.merge(ordinal, 1 << source, (a, b) -> a | b);
            if (!hedging.isHedged(ordinal) || flights.of(ordinal) == null) {
                enqueue(ordinal);
            }
        }
    }

    private Flights.Flight release(int source, int ordinal) {
        Flights.Flight flight = flights.remove(source, ordinal);
        SourceState state = sources.get(source);
        state.inFlight--;
        state.bytesInFlight -= flight.length();
        if (flight.hedge()) {
            hedging.ended();
        }
        return flight;
    }

    /**
     * Nobody waits any more for what is still on its way. A source that kept one waiting for too long has failed, though
     * another has made good for it.
     */
    public void abandon() {
        for (Flights.Flight flight : flights.all()) {
            if (isLate(flight)) {
                sourceFailed(flight.source());
            }
        }
        flights.clear();
    }

    /** A run brought a block that is verified and written. False when it was there already. */
    public boolean originVerified(int run, int ordinal) {
        origin.delivered(run);
        boolean first = add(ordinal);
        if (first && hedging.isHedged(ordinal) && flights.of(ordinal) != null) {
            hedging.won();
        }
        return first;
    }

    /** A run brought a block that is right, and a source had brought before; who wrote it says so. */
    public void originDuplicate(int run) {
        origin.delivered(run);
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
        leases.turnOff();
    }

    /** A run is over; {@code problem} says why it ended early, and is null when it did not. */
    public void runEnded(int run, long nowNanos, @Nullable String problem) {
        origin.runEnded(run, nowNanos, problem);
    }

    /** Fetches and runs that are not answered yet. */
    public int inFlight() {
        return flights.count() + origin.running();
    }

    private boolean add(int ordinal) {
        if (!verified.add(ordinal)) {
            return false;
        }
        queues.values().forEach(queue -> queue.remove(ordinal));
        tried.remove(ordinal);
        origin.verified(ordinal);
        batches.verified(ordinal);
        leases.verified(ordinal);
        return true;
    }

    /**
     * A source other than the origin.
     *
     * @param maxInFlight blocks asked of it at a time
     * @param shared gives what is known of it by all downloads that use it, or null when it is this download's alone
     */
    public record PlanSource(DownloadSource kind, int maxInFlight, Supplier<@Nullable SourceScore> shared) {
        /** A source that no other download uses. */
        public PlanSource(DownloadSource kind, int maxInFlight) {
            this(kind, maxInFlight, () -> null);
        }
    }
}
