// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.lease;

import io.peerdist.agent.plan.SegmentLease;
import io.peerdist.codec.pccrc.SegmentId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which download of this agent fetches which segment; it only decides, and time comes in as a parameter. Thread-safe.
 *
 * <p>A segment belongs to the download that asked first, until it is complete, or the download ends or does not ask for a
 * while. What has just been completed is told to those who ask, so that they find it in the local cache.
 */
final class LocalLeases {
    /** Some 4 GiB of version 2.0 under way; nobody waits for more. */
    static final int MAX_LEASES = 65_536;

    /** Who waits asks ten times a second. */
    static final int MAX_COMPLETED = 16_384;

    static final Duration TIME_TO_LIVE = Duration.ofSeconds(10);

    /** However often its download asks: a program that takes its bytes slowly must not hold up another. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    /** How long a completed segment is told; longer than anybody waits before asking again. */
    static final Duration COMPLETED_FOR = Duration.ofSeconds(2);

    private static final SegmentLease WAIT = new SegmentLease(SegmentLease.State.WAIT, 50);
    private static final SegmentLease GRANTED =
            new SegmentLease(SegmentLease.State.GRANTED, (int) TIME_TO_LIVE.toMillis());

    private final Map<SegmentId, Lease> leases = new HashMap<>();
    private final LinkedHashMap<SegmentId, Long> completedNanos = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SegmentId, Long> eldest) {
            return size() > MAX_COMPLETED;
        }
    };

    private record Lease(Object download, long grantedNanos, long askedNanos) {
        boolean isOver(long nowNanos) {
            return nowNanos - askedNanos >= TIME_TO_LIVE.toNanos() || nowNanos - grantedNanos >= LONGEST.toNanos();
        }
    }

    /** Whose turn it is. */
    synchronized SegmentLease ask(Object download, SegmentId id, long nowNanos) {
        Lease lease = leases.get(id);
        boolean ours = lease != null && lease.download() == download;
        if (lease != null && !ours && !lease.isOver(nowNanos)) {
            return WAIT;
        }
        Long completed = completedNanos.get(id);
        if (!ours && completed != null && nowNanos - completed < COMPLETED_FOR.toNanos()) {
            return SegmentLease.IN_LOCAL_CACHE;
        }
        if (lease == null && leases.size() >= MAX_LEASES) {
            return SegmentLease.FREE;
        }
        leases.put(id, new Lease(download, lease != null && ours ? lease.grantedNanos() : nowNanos, nowNanos));
        return GRANTED;
    }

    /** A download has all of the segment. */
    synchronized void completed(Object download, SegmentId id, long nowNanos) {
        Lease lease = leases.get(id);
        if (lease != null && lease.download() == download) {
            leases.remove(id);
        }
        completedNanos.remove(id);
        completedNanos.put(id, nowNanos);
        forgetCompleted(nowNanos);
    }

    private void forgetCompleted(long nowNanos) {
        Iterator<Long> eldestFirst = completedNanos.values().iterator();
        while (eldestFirst.hasNext() && nowNanos - eldestFirst.next() >= COMPLETED_FOR.toNanos()) {
            eldestFirst.remove();
        }
    }

    /** A download fetches nothing more. */
    synchronized void ended(Object download) {
        leases.values().removeIf(lease -> lease.download() == download);
    }

    /** Segments that downloads fetch. */
    synchronized int leases() {
        return leases.size();
    }

    /** For tests: who fetches the segment. */
    synchronized @Nullable Object holder(SegmentId id) {
        Lease lease = leases.get(id);
        return lease == null ? null : lease.download();
    }
}
