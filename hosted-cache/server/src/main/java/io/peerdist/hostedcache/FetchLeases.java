// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.lease.LeaseAnswer;
import io.peerdist.codec.lease.LeaseRequest;
import io.peerdist.codec.lease.LeaseState;
import io.peerdist.codec.pccrc.SegmentId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who of the clients fetches which segment from the origin; it only decides, and time comes in as a parameter. Thread-safe.
 *
 * <p>A lease ends when the segment is held. One that runs out before falls to the next who asks, and counts against its
 * client; a client whose leases run out too often gets none for a while, and neither does one that has too many. Such
 * clients are told to fetch without a lease, so nobody waits for anybody longer than one lease lasts.
 */
final class FetchLeases {
    /** Clients remembered because leases of theirs ran out; beyond, those heard of longest ago are forgotten. */
    static final int MAX_CLIENTS = 4_096;

    /** Ten requests a second and client at most, and no segment is found later than a second after it came. */
    private static final long MIN_WAIT_NANOS = Duration.ofMillis(100).toNanos();

    private static final long MAX_WAIT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int AVERAGE_SHARE = 8; // RFC 6298

    private final LeaseSettings settings;
    private final Predicate<SegmentId> held;
    private final LeaseMetrics metrics;
    /** In the order in which they run out, as all last equally long. */
    private final LinkedHashMap<SegmentId, Lease> leases = new LinkedHashMap<>();

    private final Map<ClientNetwork, Integer> leasesByClient = new HashMap<>();
    private final LinkedHashMap<ClientNetwork, Lapses> lapses = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ClientNetwork, Lapses> eldest) {
            return size() > MAX_CLIENTS;
        }
    };
    /** From the grant until the segment is held. */
    private long averageNanos = Duration.ofMillis(500).toNanos();

    private record Lease(ClientNetwork client, long holder, long grantedNanos, long endNanos) {
        boolean isOf(ClientNetwork other, long otherHolder) {
            return client.equals(other) && holder == otherHolder;
        }
    }

    private record Lapses(int count, long lastNanos) {}

    /**
     * A table without leases.
     *
     * @param held whether every block of a segment is there; may read the disk
     */
    FetchLeases(LeaseSettings settings, Predicate<SegmentId> held, LeaseMetrics metrics) {
        this.settings = settings;
        this.held = held;
        this.metrics = metrics;
        metrics.follow(this::leases);
    }

    /** Leases there are, those included that have run out since somebody asked last. */
    synchronized int leases() {
        return leases.size();
    }

    /**
     * Answers for each segment of a request in its order. May read the disk.
     *
     * @param pulled whether a segment waits to be pulled or is being pulled
     */
    List<LeaseAnswer> ask(ClientNetwork client, LeaseRequest request, Predicate<SegmentId> pulled, long nowNanos) {
        endOverdue(pulled, nowNanos);
        List<LeaseAnswer> answers = new ArrayList<>(request.segments().size());
        for (SegmentId id : request.segments()) {
            LeaseAnswer answer = leased(client, request.holder(), id, nowNanos);
            if (answer == null) {
                answer = unleased(client, request.holder(), id, pulled, nowNanos);
            }
            metrics.answered(answer.state());
            answers.add(answer);
        }
        return answers;
    }

    /** The answer about a segment that somebody has a lease for, without a look at the disk; null when nobody has. */
    private synchronized @Nullable LeaseAnswer leased(ClientNetwork client, long holder, SegmentId id, long nowNanos) {
        Lease lease = leases.get(id);
        if (lease == null) {
            return null;
        }
        if (!lease.isOf(client, holder)) {
            return waiting(averageNanos - (nowNanos - lease.grantedNanos()));
        }
        if (nowNanos - lease.grantedNanos() >= settings.longest().toNanos()) {
            return LeaseAnswer.UNLEASED;
        }
        return grant(new Lease(client, holder, lease.grantedNanos(), endNanos(nowNanos)), id);
    }

    private LeaseAnswer unleased(
            ClientNetwork client, long holder, SegmentId id, Predicate<SegmentId> pulled, long nowNanos) {
        // In this order: what is pulled to its end between the two questions is held.
        if (pulled.test(id)) {
            return waiting(0);
        }
        if (held.test(id)) {
            return LeaseAnswer.HELD;
        }
        synchronized (this) {
            LeaseAnswer meanwhile = leased(client, holder, id, nowNanos);
            if (meanwhile != null) {
                return meanwhile;
            }
            return mayHave(client, nowNanos)
                    ? grant(new Lease(client, holder, nowNanos, endNanos(nowNanos)), id)
                    : LeaseAnswer.UNLEASED;
        }
    }

    private static LeaseAnswer waiting(long expectedNanos) {
        long nanos = Math.max(MIN_WAIT_NANOS, Math.min(MAX_WAIT_NANOS, expectedNanos));
        return new LeaseAnswer(LeaseState.WAIT, (int) Duration.ofNanos(nanos).toMillis());
    }

    private long endNanos(long nowNanos) {
        return nowNanos + settings.timeToLive().toNanos();
    }

    private boolean mayHave(ClientNetwork client, long nowNanos) {
        if (leases.size() >= settings.maxLeases()) {
            metrics.tableFull();
            return false;
        }
        Lapses past = lapses.get(client);
        if (past != null && nowNanos - past.lastNanos() >= settings.barredFor().toNanos()) {
            lapses.remove(client);
            past = null;
        }
        return (past == null || past.count() < settings.maxLapses())
                && leasesByClient.getOrDefault(client, 0) < settings.maxLeasesPerClient();
    }

    private LeaseAnswer grant(Lease lease, SegmentId id) {
        end(id);
        leases.put(id, lease);
        leasesByClient.merge(lease.client(), 1, Integer::sum);
        return new LeaseAnswer(LeaseState.GRANTED, (int) settings.timeToLive().toMillis());
    }

    private @Nullable Lease end(SegmentId id) {
        Lease ended = leases.remove(id);
        if (ended != null) {
            forget(ended);
        }
        return ended;
    }

    private void forget(Lease ended) {
        leasesByClient.computeIfPresent(ended.client(), (client, count) -> count > 1 ? count - 1 : null);
    }

    /** A client fetches these segments no more; they fall to the next who asks. */
    synchronized void release(ClientNetwork client, LeaseRequest request) {
        for (SegmentId id : request.segments()) {
            Lease lease = leases.get(id);
            if (lease != null && lease.isOf(client, request.holder())) {
                end(id);
                metrics.released();
            }
        }
    }

    /** A segment was pulled, well or not. May read the disk. */
    void pulled(SegmentId id, long nowNanos) {
        if (!held.test(id)) {
            return; // its holder may offer it again
        }
        synchronized (this) {
            Lease ended = end(id);
            if (ended != null) {
                averageNanos += (nowNanos - ended.grantedNanos() - averageNanos) / AVERAGE_SHARE;
            }
        }
    }

    /** What is held or being pulled by now was used; the rest has lapsed. */
    private void endOverdue(Predicate<SegmentId> pulled, long nowNanos) {
        for (Map.Entry<SegmentId, Lease> overdue : takeOverdue(nowNanos)) {
            if (!pulled.test(overdue.getKey()) && !held.test(overdue.getKey())) {
                lapsed(overdue.getValue().client(), nowNanos);
            }
        }
    }

    private synchronized List<Map.Entry<SegmentId, Lease>> takeOverdue(long nowNanos) {
        List<Map.Entry<SegmentId, Lease>> overdue = new ArrayList<>();
        Iterator<Map.Entry<SegmentId, Lease>> next = leases.entrySet().iterator();
        while (next.hasNext()) {
            Map.Entry<SegmentId, Lease> entry = next.next();
            if (nowNanos - entry.getValue().endNanos() < 0) {
                break;
            }
            overdue.add(Map.entry(entry.getKey(), entry.getValue()));
            next.remove();
            forget(entry.getValue());
        }
        return overdue;
    }

    private synchronized void lapsed(ClientNetwork client, long nowNanos) {
        metrics.lapsed();
        Lapses past = lapses.get(client);
        lapses.put(client, new Lapses(past == null ? 1 : past.count() + 1, nowNanos));
    }
}
