// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.lease.LeaseAnswer;
import io.peerdist.codec.lease.LeaseRequest;
import io.peerdist.codec.lease.LeaseState;
import io.peerdist.codec.pccrc.SegmentId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

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

    private final LeaseSettings settings;
    private final Predicate<SegmentId> held;
    private final Predicate<SegmentId> pulled;
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

    private record Lease(ClientNetwork client, long holder, long grantedNanos, long endNanos) {
        boolean isOf(ClientNetwork other, long otherHolder) {
            return client.equals(other) && holder == otherHolder;
        }
    }

    private record Lapses(int count, long lastNanos) {}

    /**
     * A table without leases.
     *
     * @param held whether every block of a segment is there; asked on event loops, so it must not block
     * @param pulled whether a segment waits to be pulled or is being pulled; the same
     */
    FetchLeases(
            LeaseSettings settings, Predicate<SegmentId> held, Predicate<SegmentId> pulled, LeaseMetrics metrics) {
        this.settings = settings;
        this.held = held;
        this.pulled = pulled;
        this.metrics = metrics;
        metrics.follow(this::leases);
    }

    /** Leases there are, those included that have run out since somebody asked last. */
    synchronized int leases() {
        return leases.size();
    }

    /** Answers for each segment of a request in its order. */
    synchronized List<LeaseAnswer> ask(ClientNetwork client, LeaseRequest request, long nowNanos) {
        endOverdue(nowNanos);
        List<LeaseAnswer> answers = new ArrayList<>(request.segments().size());
        for (SegmentId id : request.segments()) {
            LeaseAnswer answer = ask(client, request.holder(), id, nowNanos);
            metrics.answered(answer.state());
            answers.add(answer);
        }
        return answers;
    }

    private LeaseAnswer ask(ClientNetwork client, long holder, SegmentId id, long nowNanos) {
        if (held.test(id)) {
            end(id);
            return LeaseAnswer.HELD;
        }
        Lease lease = leases.get(id);
        boolean isOurs = lease != null && lease.isOf(client, holder);
        if (isOurs && nowNanos - lease.grantedNanos() < settings.longest().toNanos()) {
            grant(new Lease(client, holder, lease.grantedNanos(), endNanos(nowNanos)), id);
            return granted();
        }
        if (pulled.test(id) || (lease != null && !isOurs)) {
            return new LeaseAnswer(LeaseState.WAIT, (int) settings.retryAfter().toMillis());
        }
        if (lease != null || !mayHave(client, nowNanos)) {
            return LeaseAnswer.UNLEASED;
        }
        grant(new Lease(client, holder, nowNanos, endNanos(nowNanos)), id);
        return granted();
    }

    private long endNanos(long nowNanos) {
        return nowNanos + settings.timeToLive().toNanos();
    }

    private LeaseAnswer granted() {
        return new LeaseAnswer(LeaseState.GRANTED, (int) settings.timeToLive().toMillis());
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

    private void grant(Lease lease, SegmentId id) {
        end(id);
        leases.put(id, lease);
        leasesByClient.merge(lease.client(), 1, Integer::sum);
    }

    private void end(SegmentId id) {
        Lease ended = leases.remove(id);
        if (ended != null) {
            forget(ended);
        }
    }

    private void forget(Lease ended) {
        leasesByClient.computeIfPresent(ended.client(), (client, count) -> count > 1 ? count - 1 : null);
    }

    /** What is held or being pulled by now was used; the rest has lapsed. */
    private void endOverdue(long nowNanos) {
        Iterator<Map.Entry<SegmentId, Lease>> next = leases.entrySet().iterator();
        while (next.hasNext()) {
            Map.Entry<SegmentId, Lease> entry = next.next();
            Lease lease = entry.getValue();
            if (nowNanos - lease.endNanos() < 0) {
                return;
            }
            next.remove();
            forget(lease);
            if (!held.test(entry.getKey()) && !pulled.test(entry.getKey())) {
                metrics.lapsed();
                Lapses past = lapses.get(lease.client());
                lapses.put(lease.client(), new Lapses(past == null ? 1 : past.count() + 1, nowNanos));
            }
        }
    }
}
