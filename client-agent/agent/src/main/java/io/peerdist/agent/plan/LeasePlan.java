// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import io.peerdist.agent.plan.PlanAction.AskLease;
import io.peerdist.agent.plan.PlanAction.LookUp;
import io.peerdist.codec.pccrr.BlockRanges;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Holds blocks back from the origin until it is known that nobody else fetches their segment.
 *
 * <p><b>Asking.</b> A few MiB at a time are asked for, ahead of what the origin delivers, so that many machines that begin at once get
 * different segments and one alone never waits for an answer. <b>Waiting.</b> A segment that somebody else fetches is asked for
 * again when its time comes; one that a cache holds is looked up there again, and its blocks are then chosen a source as at
 * first. <b>Ending.</b> When nothing comes for too long, or a cache does not deliver what it says it holds, the whole download goes to
 * the origin without asking any more. Not thread-safe.
 */
final class LeasePlan {
    private static final int FIRST_SEGMENTS = 64;
    private static final long FIRST_BYTES = 4 << 20;

    /** The most segments of a question (fetch-leases.md, 3). */
    private static final int MAX_SEGMENTS = 512;

    /** What may be leased and not yet here: enough to keep several requests to the origin busy. */
    private static final long AHEAD_BYTES = 16 << 20;

    private static final int MAX_FIRST_ASKS = 2;

    /** From so many blocks on a segment may be had in parts, before all of it is there. */
    private static final int PARTS_BLOCKS = 4;

    /** Segments between two that are looked up together, though nobody wants them. */
    private static final int MAX_GAP = 16;

    private static final long SCAN_NANOS = 10_000_000L;
    private static final long FIRST_PAUSE_NANOS = 100_000_000L;
    private static final int MAX_DOUBLINGS = 4;
    private static final long FIRST_PEER_PAUSE_NANOS = 2_000_000_000L;
    private static final long MAX_PEER_PAUSE_NANOS = 16_000_000_000L;
    private static final int RENEW_SHARE = 3;
    private static final int SEGMENT_WAITS = 4;

    private final BlockTable blocks;
    private final List<DownloadSource> sources;
    private final VerifiedBlocks verified;
    private final BatchTable batches;
    private final Surroundings surroundings;
    private final PlanListener listener;
    private final boolean hasPeers;
    private @Nullable LeaseLimits limits;
    private boolean off = true;

    /** Segments whose blocks go to the origin as they come. */
    private final BitSet free = new BitSet();
    /** Blocks held back. */
    private final BitSet waiting = new BitSet();
    /** Blocks that went to the origin and are not here yet, and their bytes. */
    private final BitSet underWay = new BitSet();

    private long underWayBytes;
    /** Segments to be asked for the first time, and again. */
    private final BitSet first = new BitSet();

    private final BitSet again = new BitSet();
    private final Map<Integer, Wait> waits = new HashMap<>();
    /** When leases of segments that are not complete are to be prolonged. */
    private final Map<Integer, Long> renewNanos = new HashMap<>();

    private final Map<Integer, Ask> asks = new HashMap<>();
    private final Map<Integer, Look> looks = new HashMap<>();
    private final Deque<LookUp> lookUps = new ArrayDeque<>();
    private int nextAsk;
    private int nextLook;
    private int firstAsks;
    private long askedBytes;
    private boolean askingAgain;
    /** How much is asked for at once: more as long as all of it is others' turn. */
    private int askTimes = 1;

    private long scannedNanos;
    private boolean scanned;
    private long progressNanos;
    private boolean progressed;
    private boolean peersTimed;
    private long peersLookedNanos;
    private long peerPauseNanos = FIRST_PEER_PAUSE_NANOS;

    /** The rest of the plan. */
    interface Surroundings {
        long nowNanos();

        boolean isLeftOut(int source);

        /** The source has answered, and says that it holds what is wanted. */
        void isAlive(int source);

        /** The block goes to the origin. */
        void toOrigin(int ordinal);

        /** A source is chosen for the block as if none had been tried. */
        void chooseAgain(int ordinal);
    }

    private enum Step {
        IDLE,
        TO_ASK,
        ASKED,
        DEFERRED,
        LOOKED_UP
    }

    /** A segment of which blocks are held back. */
    private static final class Wait {
        Step step = Step.IDLE;
        boolean look;
        boolean deferred;
        boolean held;
        long dueNanos;
        long sinceNanos;
        long heldSinceNanos;
        int fruitless;

        /** A block of it has come. */
        void progress() {
            deferred = false;
            held = false;
            fruitless = 0;
        }
    }

    private record Ask(List<Integer> segments, long firstBytes, boolean again) {
        boolean isRenewal() {
            return firstBytes == 0 && !again;
        }
    }

    private static final class Look {
        final int from;
        final List<Integer> segments;
        int unanswered;

        Look(List<Integer> segments) {
            this.from = segments.get(0);
            this.segments = segments;
        }
    }

    /** Lets everything pass until it is turned on. */
    LeasePlan(
            BlockTable blocks,
            List<DownloadSource> sources,
            VerifiedBlocks verified,
            BatchTable batches,
            Surroundings surroundings,
            PlanListener listener) {
        this.blocks = blocks;
        this.sources = sources;
        this.verified = verified;
        this.batches = batches;
        this.surroundings = surroundings;
        this.listener = listener;
        this.hasPeers = sources.contains(DownloadSource.PEER);
    }

    /** From now on leases are asked for, but for segments that are not {@code leasable}. */
    void turnOn(LeaseLimits given, IntPredicate leasable) {
        limits = given;
        off = false;
        for (int segment = 0; segment < blocks.segmentCount(); segment++) {
            free.set(segment, !leasable.test(segment));
        }
    }

    /** Whether a batch of a look-up is none of the batches of the file. */
    static boolean isItsOwn(int batch) {
        return batch < 0;
    }

    /** Whether the block may be fetched from the origin now; otherwise it is held back. */
    boolean admits(int ordinal) {
        int segment = off ? 0 : blocks.segmentOf(ordinal);
        if (off || free.get(segment)) {
            note(ordinal);
            return true;
        }
        waiting.set(ordinal);
        Wait wait = waits.get(segment);
        if (wait == null) {
            wait = new Wait();
            wait.step = Step.TO_ASK;
            waits.put(segment, wait);
            first.set(segment);
        } else if (wait.step == Step.IDLE) {
            wait.step = Step.TO_ASK;
            again.set(segment);
        }
        return false;
    }

    private void note(int ordinal) {
        if (!off && !underWay.get(ordinal)) {
            underWay.set(ordinal);
            underWayBytes += blocks.length(ordinal);
        }
    }

    /** A question or a look-up, or null when there is none now; segments from {@code limitOffset} on wait. */
    @Nullable
    PlanAction next(long limitOffset) {
        if (off) {
            return null;
        }
        long now = surroundings.nowNanos();
        if (!scanned || now - scannedNanos >= SCAN_NANOS) {
            scanned = true;
            scannedNanos = now;
            AskLease renewal = scan(now);
            if (renewal != null) {
                return renewal;
            }
        }
        LookUp lookUp = lookUps.poll();
        if (lookUp != null || off) {
            return lookUp;
        }
        return !again.isEmpty() && !askingAgain ? askAgain() : askFirst(limitOffset);
    }

    private AskLease askAgain() {
        List<Integer> segments = new ArrayList<>();
        for (int segment = again.nextSetBit(0);
                segment >= 0 && segments.size() < MAX_SEGMENTS;
                segment = again.nextSetBit(segment + 1)) {
            segments.add(segment);
        }
        segments.forEach(again::clear);
        askingAgain = true;
        return ask(segments, 0, true);
    }

    private @Nullable AskLease askFirst(long limitOffset) {
        if (firstAsks >= MAX_FIRST_ASKS || underWayBytes + askedBytes >= AHEAD_BYTES) {
            return null;
        }
        List<Integer> segments = new ArrayList<>();
        long bytes = 0;
        for (int segment = first.nextSetBit(0);
                segment >= 0 && segments.size() < askTimes * FIRST_SEGMENTS;
                segment = first.nextSetBit(segment + 1)) {
            bytes += blocks.segmentOffset(segment + 1) - blocks.segmentOffset(segment);
            boolean fits = segments.isEmpty() || bytes <= askTimes * FIRST_BYTES;
            if (!fits || blocks.segmentOffset(segment) >= limitOffset) {
                break;
            }
            segments.add(segment);
        }
        if (segments.isEmpty()) {
            return null;
        }
        segments.forEach(first::clear);
        firstAsks++;
        return ask(segments, bytes, false);
    }

    private AskLease ask(List<Integer> segments, long firstBytes, boolean againAsked) {
        int number = nextAsk++;
        Ask asked = new Ask(List.copyOf(segments), firstBytes, againAsked);
        asks.put(number, asked);
        askedBytes += firstBytes;
        if (!asked.isRenewal()) {
            segments.forEach(segment -> step(segment, Step.ASKED));
        }
        return new AskLease(number, asked.segments());
    }

    private void step(int segment, Step step) {
        Wait wait = waits.get(segment);
        if (wait != null) {
            wait.step = step;
        }
    }

    /** What is due by now is looked up or to be asked for again; leases that are to be prolonged are returned. */
    private @Nullable AskLease scan(long now) {
        if (waits.values().stream().anyMatch(wait -> isOver(wait, now))) {
            listener.waitedInVain();
            turnOff();
            return null;
        }
        boolean peersToo = hasPeers && peersTimed && now - peersLookedNanos >= peerPauseNanos;
        List<Integer> toLookUp = new ArrayList<>();
        waits.forEach((segment, wait) -> {
            if (wait.step == Step.DEFERRED && (now - wait.dueNanos >= 0)) {
                if (wait.look || peersToo) {
                    toLookUp.add(segment);
                } else {
                    wait.step = Step.TO_ASK;
                    again.set(segment);
                }
            }
        });
        if (peersToo && !toLookUp.isEmpty()) {
            peersLookedNanos = now;
            peerPauseNanos = Math.min(MAX_PEER_PAUSE_NANOS, 2 * peerPauseNanos);
        }
        lookUp(
                toLookUp,
                peersToo
                        ? EnumSet.of(DownloadSource.LOCAL_CACHE, DownloadSource.HOSTED_CACHE, DownloadSource.PEER)
                        : EnumSet.of(DownloadSource.LOCAL_CACHE, DownloadSource.HOSTED_CACHE));
        return renewal(now);
    }

    private boolean isOver(Wait wait, long now) {
        if (limits == null || !wait.deferred || wait.step == Step.IDLE) {
            return false;
        }
        long quietNanos = progressed ? now - progressNanos : Long.MAX_VALUE;
        return (wait.held && Math.min(quietNanos, now - wait.heldSinceNanos) >= limits.maxHeldNanos())
                || Math.min(quietNanos, now - wait.sinceNanos) >= limits.maxWaitNanos()
                || now - wait.sinceNanos >= SEGMENT_WAITS * limits.maxWaitNanos();
    }

    private @Nullable AskLease renewal(long now) {
        List<Integer> due = new ArrayList<>();
        Iterator<Map.Entry<Integer, Long>> entries = renewNanos.entrySet().iterator();
        while (entries.hasNext() && due.size() < MAX_SEGMENTS) {
            Map.Entry<Integer, Long> entry = entries.next();
            if (now - entry.getValue() >= 0) {
                entries.remove();
                if (!isComplete(entry.getKey())) {
                    due.add(entry.getKey());
                }
            }
        }
        return due.isEmpty() ? null : ask(due, 0, false);
    }

    private boolean isComplete(int segment) {
        for (int ordinal = blocks.firstOrdinal(segment); ordinal < blocks.firstOrdinal(segment + 1); ordinal++) {
            if (!verified.contains(ordinal)) {
                return false;
            }
        }
        return true;
    }

    /** The answers to a question; another number of them than of segments means that nobody answered. */
    void answered(int number, List<SegmentLease> answers) {
        Ask ask = asks.remove(number);
        if (ask == null) {
            return; // turned off meanwhile
        }
        if (ask.again()) {
            askingAgain = false;
        } else if (!ask.isRenewal()) {
            firstAsks--;
            askedBytes -= ask.firstBytes();
        }
        Map<DownloadSource, List<Integer>> held = new HashMap<>();
        boolean allOthers = true;
        for (int i = 0; i < ask.segments().size(); i++) {
            int segment = ask.segments().get(i);
            SegmentLease lease = answers.size() == ask.segments().size() ? answers.get(i) : SegmentLease.FREE;
            allOthers &= lease.state() != SegmentLease.State.GRANTED;
            if (ask.isRenewal()) {
                prolong(segment, lease);
            } else {
                answered(segment, lease, held);
            }
        }
        if (ask.firstBytes() > 0) {
            askTimes = allOthers ? Math.min(MAX_SEGMENTS / FIRST_SEGMENTS, 2 * askTimes) : 1;
        }
        if (held.containsKey(DownloadSource.HOSTED_CACHE) && sources.contains(DownloadSource.HOSTED_CACHE)) {
            surroundings.isAlive(sources.indexOf(DownloadSource.HOSTED_CACHE));
        }
        held.forEach((kind, segments) -> lookUp(segments, EnumSet.of(kind)));
    }

    private void prolong(int segment, SegmentLease lease) {
        if (lease.state() == SegmentLease.State.GRANTED && lease.millis() > 0) {
            renewNanos.put(segment, surroundings.nowNanos() + lease.millis() * 1_000_000L / RENEW_SHARE);
        }
    }

    private void answered(int segment, SegmentLease lease, Map<DownloadSource, List<Integer>> held) {
        Wait wait = waits.get(segment);
        if (wait == null || wait.step != Step.ASKED) {
            return; // complete meanwhile
        }
        switch (lease.state()) {
            case GRANTED -> {
                release(segment);
                prolong(segment, lease);
            }
            case WAIT -> defer(wait, lease.millis() * 1_000_000L, blocksOf(segment) >= PARTS_BLOCKS);
            case IN_LOCAL_CACHE -> held(segment, wait, DownloadSource.LOCAL_CACHE, held);
            case IN_HOSTED_CACHE -> held(segment, wait, DownloadSource.HOSTED_CACHE, held);
        }
    }

    private int blocksOf(int segment) {
        return blocks.firstOrdinal(segment + 1) - blocks.firstOrdinal(segment);
    }

    private void defer(Wait wait, long nanos, boolean look) {
        long now = surroundings.nowNanos();
        if (!wait.deferred) {
            wait.deferred = true;
            wait.sinceNanos = now;
        }
        wait.step = Step.DEFERRED;
        wait.look = look;
        wait.dueNanos = now + nanos;
        if (!peersTimed) {
            peersTimed = true;
            peersLookedNanos = now;
        }
    }

    /** It is looked up at once; when that was of no use before, after a pause. */
    private void held(int segment, Wait wait, DownloadSource kind, Map<DownloadSource, List<Integer>> held) {
        if (!wait.held) {
            wait.held = true;
            wait.heldSinceNanos = surroundings.nowNanos();
        }
        List<Integer> now = held.computeIfAbsent(kind, any -> new ArrayList<>());
        if (wait.fruitless == 0) {
            defer(wait, 0, true);
            now.add(segment);
        } else {
            defer(wait, FIRST_PAUSE_NANOS << Math.min(MAX_DOUBLINGS, wait.fruitless - 1), true);
        }
    }

    /** Looks segments up again at all sources of these kinds, neighbours together. */
    private void lookUp(List<Integer> segments, Set<DownloadSource> kinds) {
        List<Integer> sorted = segments.stream().sorted().toList();
        int start = 0;
        for (int i = 1; i <= sorted.size(); i++) {
            boolean ends = i == sorted.size()
                    || sorted.get(i) - sorted.get(i - 1) > MAX_GAP
                    || sorted.get(i) - sorted.get(start) >= MAX_SEGMENTS;
            if (ends) {
                lookUpNeighbours(sorted.subList(start, i), kinds);
                start = i;
            }
        }
    }

    private void lookUpNeighbours(List<Integer> segments, Set<DownloadSource> kinds) {
        Look look = new Look(List.copyOf(segments));
        int batch = -1 - nextLook++;
        segments.forEach(segment -> step(segment, Step.LOOKED_UP));
        for (int source = 0; source < sources.size(); source++) {
            if (kinds.contains(sources.get(source)) && !surroundings.isLeftOut(source)) {
                look.unanswered++;
                int end = segments.get(segments.size() - 1) + 1;
                lookUps.add(new LookUp(source, batch, look.from, end));
            }
        }
        if (look.unanswered == 0) {
            ended(look);
        } else {
            looks.put(batch, look);
        }
    }

    /** A source holds these blocks of the segments of a look-up. */
    void lookedUp(int source, int batch, List<BlockRanges> held) {
        Look look = looks.get(batch);
        if (look == null) {
            return; // turned off meanwhile
        }
        for (int segment : look.segments) {
            batches.learn(source, segment, held.get(segment - look.from));
        }
        if (--look.unanswered == 0) {
            looks.remove(batch);
            ended(look);
        }
    }

    private void ended(Look look) {
        for (int segment : look.segments) {
            Wait wait = waits.get(segment);
            if (wait != null && wait.step == Step.LOOKED_UP) {
                wait.step = Step.IDLE;
                wait.fruitless++;
                takeWaiting(segment).stream().forEach(surroundings::chooseAgain);
            }
        }
    }

    private BitSet takeWaiting(int segment) {
        BitSet taken = new BitSet();
        int end = blocks.firstOrdinal(segment + 1);
        for (int ordinal = waiting.nextSetBit(blocks.firstOrdinal(segment));
                ordinal >= 0 && ordinal < end;
                ordinal = waiting.nextSetBit(ordinal + 1)) {
            taken.set(ordinal);
        }
        waiting.andNot(taken);
        return taken;
    }

    /** Lets a segment's blocks go to the origin, now and later. */
    private void release(int segment) {
        waits.remove(segment);
        free.set(segment);
        takeWaiting(segment).stream().forEach(ordinal -> {
            note(ordinal);
            surroundings.toOrigin(ordinal);
        });
    }

    /** A block is here, wherever it came from. */
    void verified(int ordinal) {
        if (off) {
            return;
        }
        progressed = true;
        progressNanos = surroundings.nowNanos();
        if (underWay.get(ordinal)) {
            underWay.clear(ordinal);
            underWayBytes -= blocks.length(ordinal);
        }
        int segment = blocks.segmentOf(ordinal);
        Wait wait = waits.get(segment);
        if (wait == null) {
            return;
        }
        wait.progress();
        waiting.clear(ordinal);
        int next = waiting.nextSetBit(blocks.firstOrdinal(segment));
        boolean someWait = next >= 0 && next < blocks.firstOrdinal(segment + 1);
        if (!someWait) {
            waits.remove(segment);
            first.clear(segment);
            again.clear(segment);
        }
    }

    /** Lets everything go to the origin from now on. */
    void turnOff() {
        if (off) {
            return;
        }
        off = true;
        BitSet all = (BitSet) waiting.clone();
        waiting.clear();
        waits.clear();
        first.clear();
        again.clear();
        asks.clear();
        looks.clear();
        lookUps.clear();
        renewNanos.clear();
        all.stream().forEach(surroundings::toOrigin);
    }
}
