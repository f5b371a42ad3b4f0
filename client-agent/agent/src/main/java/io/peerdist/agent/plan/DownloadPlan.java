// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import io.peerdist.agent.plan.PlanAction.Fetch;
import io.peerdist.codec.pccrr.BlockRanges;
import java.util.EnumMap;
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

    /** Blocks looked at in search of one whose source has room. */
    private static final int SCAN_BLOCKS = 128;

    private final BlockTable blocks;
    private final PlanSettings settings;
    private final SourceChoice sources;
    private final VerifiedBlocks verified;
    private final BatchTable batches;
    private final OriginPlan origin;
    private final LeasePlan leases;
    private final Map<DownloadSource, OrdinalQueue> queues = new EnumMap<>(DownloadSource.class);
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
            queues.computeIfAbsent(SourceChoice.tier(source.kind()), kind -> new OrdinalQueue());
        }
        this.verified = new VerifiedBlocks(blocks.blockCount());
        int first = scope.firstOrdinal(blocks);
        int end = scope.endOrdinal(blocks);
        verified.addAllBut(first, end);
        this.batches = new BatchTable(blocks, sources.size(), settings, first, end);
        this.sources = new SourceChoice(blocks, batches, flights, sources);
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
            sources.state(source).score().isAlive();
        }

        @Override
        public void toOrigin(int ordinal) {
            origin.want(ordinal);
        }

        @Override
        public void chooseAgain(int ordinal) {
            sources.forget(ordinal);
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
        if (sources.allFull(tier, nowNanos)) {
            return null;
        }
        int scanned = 0;
        for (int ordinal = queue.next(0); ordinal >= 0 && scanned < SCAN_BLOCKS; ordinal = queue.next(ordinal + 1)) {
            int length = blocks.length(ordinal);
            boolean fits = flights.count() == 0 || flights.bytes() + length <= settings.windowBytes();
            if (blocks.offset(ordinal) >= limitOffset || !fits) {
                return null;
            }
            int source = sources.pick(tier, ordinal, nowNanos);
            if (source == SourceChoice.NONE_LEFT) {
                queue.remove(ordinal);
                enqueue(ordinal);
            } else if (source == SourceChoice.ALL_BUSY) {
                scanned++;
            } else {
                queue.remove(ordinal);
                return fetch(source, ordinal, false);
            }
        }
        return null;
    }

    private Fetch fetch(int source, int ordinal, boolean hedge) {
        SourceState state = sources.state(source);
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

    /** Asks for a block that takes long a second time: at another source, or in the next run of the origin. */
    private @Nullable Fetch nextHedge() {
        while (hedging.isDue(nowNanos)) {
            Flights.Flight late = firstLate();
            if (late == null) {
                hedging.nothingFound(nowNanos);
                return null;
            }
            int source = sources.pick(DownloadSource.HOSTED_CACHE, late.ordinal(), nowNanos);
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
                    && sources.tierOf(flight.source()) == DownloadSource.HOSTED_CACHE
                    && !verified.contains(flight.ordinal())
                    && !hedging.isHedged(flight.ordinal())
                    && isLate(flight)
                    && (sources.pick(DownloadSource.HOSTED_CACHE, flight.ordinal(), nowNanos) >= 0
                            || isLateForOrigin(flight))) {
                first = flight;
            }
        }
        return first;
    }

    /** The link to the origin is what all of this is to spare: it is asked only when the wait is near its end anyway. */
    private boolean isLateForOrigin(Flights.Flight flight) {
        long patience = sources.state(flight.source()).score().patienceNanos();
        return nowNanos - flight.startedNanos() > Math.max(MIN_ORIGIN_PATIENCE_NANOS, ORIGIN_PATIENCE * patience);
    }

    private boolean isLate(Flights.Flight flight) {
        long patience = sources.state(flight.source()).score().patienceNanos();
        return nowNanos - flight.startedNanos() > patience;
    }

    /** Puts a block into the queue of the best kind of source that may hold it, as far as that is known. */
    private void enqueue(int ordinal) {
        int source = sources.firstThatMayHold(ordinal, nowNanos);
        if (source >= 0) {
            queue(sources.tierOf(source)).add(ordinal);
            return;
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
        sources.state(source).holdsAny |= held.stream().anyMatch(blocksHeld -> !blocksHeld.isEmpty());
        if (LeasePlan.isItsOwn(batch)) {
            leases.lookedUp(source, batch, held);
        } else {
            lookUps.answered(source, batch, held);
        }
    }

    /** A source failed, with or without a block at stake. */
    public void sourceFailed(int source) {
        SourceState state = sources.state(source);
        if (state.score().failed(nowNanos)) {
            listener.leftOut(state.plan.kind());
        }
    }

    private void sourceBad(int source) {
        SourceState state = sources.state(source);
        if (state.score().bad(nowNanos)) {
            listener.leftOut(state.plan.kind());
        }
    }

    /** Whether the source is left out now. */
    boolean isLeftOut(int source) {
        return sources.isLeftOut(source, nowNanos);
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
        SourceState state = sources.state(source);
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
            sources.missed(source, ordinal);
            if (!hedging.isHedged(ordinal) || flights.of(ordinal) == null) {
                enqueue(ordinal);
            }
        }
    }

    private Flights.Flight release(int source, int ordinal) {
        Flights.Flight flight = flights.remove(source, ordinal);
        SourceState state = sources.state(source);
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
        sources.forget(ordinal);
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
