// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which segment is pulled when and from whom; it only decides, and time comes in as a parameter. Not thread-safe.
 *
 * <p>Each segment is wanted once, however many offer it. Peers take turns, so a peer that offers much delays no other. A
 * peer that has not answered yet gets one pull at a time; peers whose last pull failed share at most half of all pulls, so
 * that stalling peers, however many, leave room for others; three failures in a row and a peer is left out for a while,
 * which also keeps this cache from knocking at the doors of others in the name of an attacker.
 */
final class PullSchedule {
    /** Peers remembered with how they behaved; beyond, those that were heard of longest ago are forgotten. */
    static final int MAX_PEERS = 4_096;
    /** Ports of one address that segments may wait for at once: an offer can name any port of its sender. */
    static final int MAX_PORTS_PER_ADDRESS = 64;

    /** Block hashes that may wait with their segments: those of some 3,900 segments of 32 MiB with SHA-256. */
    static final int MAX_DESCRIPTION_BYTES = 64 << 20;
    /** How often a peer is asked again for a segment, but after a time-out: a block may have been damaged on its way. */
    private static final int MAX_ATTEMPTS = 2;

    private final PullLimits limits;
    private final Map<SegmentId, WantedSegment> segments = new HashMap<>();
    private final Map<InetAddress, Integer> segmentsByAddress = new HashMap<>();
    private final LinkedHashMap<InetSocketAddress, OfferingPeer> peers = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<InetAddress, Integer> portsByAddress = new HashMap<>();
    private final Deque<OfferingPeer> ready = new ArrayDeque<>();
    private final Deque<OfferingPeer> suspect = new ArrayDeque<>();
    private final OutstandingBytes outstanding;
    private int active;
    private int activeSuspects;
    private long descriptionBytes;

    /** One pull that is to be made now. */
    record Pull(WantedSegment segment, InetSocketAddress peer, boolean ofSuspect) {}

    PullSchedule(PullLimits limits) {
        this.limits = limits;
        this.outstanding = new OutstandingBytes(limits.maxBytesPerClient());
    }

    /** Whether more segments that the client offers may wait. */
    boolean hasRoom(InetAddress client) {
        return outstanding.hasRoom(client);
    }

    /** Segments that wait or are being pulled. */
    int segments() {
        return segments.size();
    }

    /** Whether the segment waits or is being pulled. */
    boolean wants(SegmentId id) {
        return segments.containsKey(id);
    }

    /** Octets of block hashes that wait. */
    long descriptionBytes() {
        return descriptionBytes;
    }

    /** Segments that are being pulled. */
    int active() {
        return active;
    }

    /** Takes note that {@code address} offers a segment that is not wholly held. */
    OfferResult offer(InetSocketAddress address, OfferedSegment offered, long nowNanos) {
        OfferingPeer known = peers.get(address);
        if (known != null && known.isLeftOut(nowNanos)) {
            return OfferResult.LEFT_OUT;
        }
        boolean hasRoom = descriptionBytes + offered.descriptionBytes() <= MAX_DESCRIPTION_BYTES;
        WantedSegment wanted = segments.get(offered.id());
        if (wanted != null) {
            if (!hasRoom || !wanted.remember(address, offered)) {
                return OfferResult.DUPLICATE;
            }
            descriptionBytes += offered.descriptionBytes();
            return OfferResult.REMEMBERED;
        }
        if (!hasRoom || segments.size() >= limits.maxSegments()) {
            return OfferResult.QUEUE_FULL;
        }
        int ofAddress = segmentsByAddress.getOrDefault(address.getAddress(), 0);
        if (ofAddress >= limits.maxSegmentsPerAddress()) {
            return OfferResult.ADDRESS_FULL;
        }
        if (!outstanding.hasRoom(address.getAddress())) {
            return OfferResult.CLIENT_BYTES;
        }
        OfferingPeer peer = known != null ? known : newPeer(address);
        if (peer == null) {
            return OfferResult.ADDRESS_FULL;
        }
        WantedSegment segment = new WantedSegment(address, offered);
        segments.put(offered.id(), segment);
        descriptionBytes += offered.descriptionBytes();
        segmentsByAddress.put(address.getAddress(), ofAddress + 1);
        outstanding.add(address.getAddress(), segment.offeredBytes());
        enqueue(peer, segment);
        return OfferResult.QUEUED;
    }

    /** The next pull to make, or null while there is nothing to do or as much as allowed is under way. */
    @Nullable
    Pull next() {
        if (active >= limits.maxPulls()) {
            return null;
        }
        Pull pull = take(ready, false);
        boolean roomForSuspects = activeSuspects < Math.max(1, limits.maxPulls() / 2);
        return pull == null && roomForSuspects ? take(suspect, true) : pull;
    }

    /**
     * A pull has ended.
     *
     * @return the segments that are given up because their peer is left out now and nobody else offered them
     */
    List<WantedSegment> ended(Pull pull, PullResult result, long nowNanos) {
        active--;
        if (pull.ofSuspect()) {
            activeSuspects--;
        }
        OfferingPeer peer = peers.get(pull.peer());
        if (peer == null) {
            throw new IllegalStateException("peer: " + pull.peer() + " (expected: known while it is asked)");
        }
        boolean leftOut = peer.ended(result, nowNanos, limits.leftOutFor().toNanos());
        settle(pull.segment(), peer, result, leftOut, nowNanos);
        List<WantedSegment> givenUp = new ArrayList<>();
        if (leftOut) {
            reassign(peer, givenUp, nowNanos);
        }
        makeReady(peer);
        return givenUp;
    }

    /** Gives up all segments that wait. Those being pulled stay until they end. */
    void clear() {
        for (OfferingPeer peer : peers.values()) {
            peer.waiting().forEach(this::forget);
            peer.waiting().clear();
        }
        for (Deque<OfferingPeer> turns : List.of(ready, suspect)) {
            turns.forEach(peer -> peer.schedule(false));
            turns.clear();
        }
    }

    /** After a time-out the same peer is asked again first, after another fault only when nobody else offered. */
    private void settle(WantedSegment segment, OfferingPeer peer, PullResult result, boolean leftOut, long nowNanos) {
        int attempts = segment.attempts();
        boolean sameFirst = result.next() == PullResult.Next.SAME_PEER && attempts < OfferingPeer.MAX_FAILURES;
        if (sameFirst && !leftOut) {
            enqueue(peer, segment);
            return;
        }
        boolean mayAskOther = result.next() == PullResult.Next.OTHER_PEER || result.next() == PullResult.Next.SAME_PEER;
        if (mayAskOther && enqueueForOther(segment, nowNanos)) {
            return;
        }
        if (result.isFaultOfPeer() && !leftOut && attempts < MAX_ATTEMPTS) {
            enqueue(peer, segment);
        } else {
            forget(segment);
        }
    }

    /** What waits for a peer that is left out goes to others that offered it. */
    private void reassign(OfferingPeer peer, List<WantedSegment> givenUp, long nowNanos) {
        for (WantedSegment segment = peer.waiting().poll();
                segment != null;
                segment = peer.waiting().poll()) {
            if (!enqueueForOther(segment, nowNanos)) {
                forget(segment);
                givenUp.add(segment);
            }
        }
    }

    private boolean enqueueForOther(WantedSegment segment, long nowNanos) {
        for (InetSocketAddress other = turnToOther(segment); other != null; other = turnToOther(segment)) {
            OfferingPeer known = peers.get(other);
            OfferingPeer peer = known != null ? known : newPeer(other);
            if (peer != null && !peer.isLeftOut(nowNanos)) {
                enqueue(peer, segment);
                return true;
            }
        }
        return false;
    }

    private @Nullable InetSocketAddress turnToOther(WantedSegment segment) {
        int before = segment.descriptionBytes();
        InetSocketAddress other = segment.turnToOther();
        descriptionBytes += segment.descriptionBytes() - before;
        return other;
    }

    private void enqueue(OfferingPeer peer, WantedSegment segment) {
        peer.waiting().add(segment);
        makeReady(peer);
    }

    /** Gives the peer a turn, unless it has one coming already. */
    private void makeReady(OfferingPeer peer) {
        if (peer.isReady(limits.maxPullsPerPeer()) && !peer.isScheduled()) {
            peer.schedule(true);
            (peer.isSuspect() ? suspect : ready).add(peer);
        }
    }

    private @Nullable Pull take(Deque<OfferingPeer> turns, boolean ofSuspect) {
        OfferingPeer peer = turns.poll();
        while (peer != null) {
            peer.schedule(false);
            WantedSegment segment =
                    peer.isReady(limits.maxPullsPerPeer()) ? peer.waiting().poll() : null;
            if (segment != null) {
                peer.started();
                segment.attempted();
                active++;
                activeSuspects += ofSuspect ? 1 : 0;
                makeReady(peer);
                return new Pull(segment, peer.address(), ofSuspect);
            }
            peer = turns.poll();
        }
        return null;
    }

    private void forget(WantedSegment segment) {
        segments.remove(segment.offered().id());
        outstanding.remove(segment.offeredFrom(), segment.offeredBytes());
        descriptionBytes -= segment.descriptionBytes();
        segmentsByAddress.computeIfPresent(segment.offeredFrom(), (address, count) -> count > 1 ? count - 1 : null);
    }

    private @Nullable OfferingPeer newPeer(InetSocketAddress address) {
        int ports = portsByAddress.getOrDefault(address.getAddress(), 0);
        if (ports >= MAX_PORTS_PER_ADDRESS && !forgetIdlePeer(address.getAddress())) {
            return null;
        }
        if (peers.size() >= MAX_PEERS && !forgetIdlePeer(null)) {
            return null;
        }
        OfferingPeer peer = new OfferingPeer(address);
        peers.put(address, peer);
        portsByAddress.merge(address.getAddress(), 1, Integer::sum);
        return peer;
    }

    /** Forgets the peer, of one address or of all, that has been idle longest; false when none is idle. */
    private boolean forgetIdlePeer(@Nullable InetAddress address) {
        Iterator<OfferingPeer> eldestFirst = peers.values().iterator();
        while (eldestFirst.hasNext()) {
            OfferingPeer peer = eldestFirst.next();
            InetAddress ofPeer = peer.address().getAddress();
            if (peer.isIdle() && (address == null || address.equals(ofPeer))) {
                eldestFirst.remove();
                portsByAddress.computeIfPresent(ofPeer, (key, count) -> count > 1 ? count - 1 : null);
                return true;
            }
        }
        return false;
    }
}
