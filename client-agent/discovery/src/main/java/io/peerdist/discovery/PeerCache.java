// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.peerdist.codec.pccrc.SegmentId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Remembers for a while who holds which segment, and of which ones nobody said anything. Lives on one thread. */
final class PeerCache {
    /** What 32 GiB in segments of 2 MiB need; the segment that was not asked for longest makes room. */
    static final int MAX_SEGMENTS = 16_384;
    /** A download asks a few of them; the rest is reserve. */
    static final int MAX_PEERS = 16;

    private static final class Entry {
        private long endsNanos;
        private final Map<InetSocketAddress, DiscoveredPeer> peers = new LinkedHashMap<>();

        Entry(long endsNanos) {
            this.endsNanos = endsNanos;
        }
    }

    private final Duration holdersKeptFor;
    private final Duration absenceKeptFor;
    private final Map<SegmentId, Entry> entries = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SegmentId, Entry> eldest) {
            return size() > MAX_SEGMENTS;
        }
    };
    // Read by a gauge on another thread, which a number a little old does not hurt.
    private volatile int size;

    PeerCache(Duration holdersKeptFor, Duration absenceKeptFor) {
        this.holdersKeptFor = holdersKeptFor;
        this.absenceKeptFor = absenceKeptFor;
    }

    /** The peers known for {@code segmentId}, none when nobody answered of late; null when it is not known. */
    @Nullable
    List<DiscoveredPeer> find(SegmentId segmentId, long nowNanos) {
        Entry entry = entries.get(segmentId);
        if (entry == null) {
            return null;
        }
        if (entry.endsNanos - nowNanos <= 0) {
            entries.remove(segmentId);
            size = entries.size();
            return null;
        }
        return List.copyOf(entry.peers.values());
    }

    /** Remembers a peer; false when too many are known. What a known one says now takes the place of what it said. */
    boolean add(SegmentId segmentId, DiscoveredPeer peer, long nowNanos) {
        Entry entry = entries.get(segmentId);
        if (entry == null || entry.endsNanos - nowNanos <= 0) {
            entry = put(segmentId, nowNanos);
        }
        if (entry.peers.size() >= MAX_PEERS && !entry.peers.containsKey(peer.address())) {
            return false;
        }
        entry.peers.put(peer.address(), peer);
        entry.endsNanos = nowNanos + holdersKeptFor.toNanos();
        return true;
    }

    private Entry put(SegmentId segmentId, long nowNanos) {
        Entry entry = new Entry(nowNanos + holdersKeptFor.toNanos());
        entries.put(segmentId, entry);
        size = entries.size();
        return entry;
    }

    /** Remembers that nobody answered, unless somebody did. */
    void addAbsence(SegmentId segmentId, long nowNanos) {
        if (find(segmentId, nowNanos) == null) {
            put(segmentId, nowNanos).endsNanos = nowNanos + absenceKeptFor.toNanos();
        }
    }

    /** Forgets a peer for all segments; of those that no other holds nothing is known then. */
    void forget(InetSocketAddress address) {
        entries.values().removeIf(entry -> entry.peers.remove(address) != null && entry.peers.isEmpty());
        size = entries.size();
    }

    void clear() {
        entries.clear();
        size = 0;
    }

    int size() {
        return size;
    }
}
