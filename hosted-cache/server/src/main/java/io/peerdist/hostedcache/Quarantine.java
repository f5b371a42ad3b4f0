// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.SegmentSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Doubts about stored segments. A client that was served a segment and then offers it threw ours away and got it from
 * elsewhere: a strong hint that ours is bad. Such a segment, unless its key is known and it can be verified, is not served
 * while it is pulled anew. Remembers who was served what, which segments are in quarantine, and how much each client may
 * doubt. Thread-safe; nothing here blocks.
 */
final class Quarantine {
    /** Segments in quarantine at once. */
    static final int MAX_SEGMENTS = 1_024;

    /** Holds nothing of anything. */
    static final SegmentSource EMPTY = new SegmentSource() {
        @Override
        public HeldSegment peek(SegmentId id) {
            return HeldSegment.NOTHING;
        }

        @Override
        public HeldSegment load(SegmentId id) {
            return HeldSegment.NOTHING;
        }
    };

    private final boolean isOn;
    private final DoubtLimit limit;
    private final LongSupplier nanoTime;
    private final QuarantineMetrics metrics;
    private final ServedSegments served = new ServedSegments();
    private final Set<SegmentId> segments = ConcurrentHashMap.newKeySet();
    private final Semaphore room = new Semaphore(MAX_SEGMENTS);

    Quarantine(QuarantineSettings settings, LongSupplier nanoTime, QuarantineMetrics metrics) {
        this.isOn = settings.segmentsPerHour() > 0;
        this.limit = new DoubtLimit(settings.segmentsPerHour());
        this.nanoTime = nanoTime;
        this.metrics = metrics;
        metrics.follow(this::segments);
    }

    /** {@code remote} was sent a block of {@code id}; fit for a listener of the retrieval server. */
    void blockServed(InetSocketAddress remote, SegmentId id) {
        if (isOn) {
            served.served(remote.getAddress(), id, nanoTime.getAsLong());
        }
    }

    /** Whether {@code from} was served the segment that it offers. */
    boolean isReoffer(InetAddress from, SegmentId id) {
        return isOn && served.wasServed(from, id, nanoTime.getAsLong());
    }

    /** The same, and forgets it: the next time it counts the client has been served again. */
    boolean takeReoffer(InetAddress from, SegmentId id) {
        return isOn && served.take(from, id, nanoTime.getAsLong());
    }

    /** Whether a doubt of {@code from} is followed up; counts towards its share. */
    boolean admits(InetAddress from) {
        if (limit.take(from, nanoTime.getAsLong())) {
            return true;
        }
        metrics.ended(QuarantineResult.LIMITED);
        return false;
    }

    /** {@code id} is not served from now on; false when it is in quarantine already, or too many are. */
    boolean begin(SegmentId id) {
        if (!room.tryAcquire()) {
            metrics.ended(QuarantineResult.LIMITED);
            return false;
        }
        boolean begun = segments.add(id);
        if (!begun) {
            room.release();
        }
        return begun;
    }

    /** {@code id} is served again, what there is of it. For who began it, once. */
    void end(SegmentId id, QuarantineResult result) {
        if (segments.remove(id)) {
            room.release();
            metrics.ended(result);
        }
    }

    /** A doubt about a segment whose key is known has been settled. */
    void settled(boolean allRight) {
        metrics.ended(allRight ? QuarantineResult.VERIFIED : QuarantineResult.REPAIRED);
    }

    /** Whether the segment is in quarantine, and so not served. */
    boolean holds(SegmentId id) {
        return segments.contains(id);
    }

    /** Segments in quarantine now. */
    int segments() {
        return segments.size();
    }

    long count(QuarantineResult result) {
        return metrics.count(result);
    }

    /** {@code source} without what is in quarantine. */
    SegmentSource serving(SegmentSource source) {
        return new SegmentSource() {
            @Override
            public @Nullable HeldSegment peek(SegmentId id) {
                return segments.contains(id) ? HeldSegment.NOTHING : source.peek(id);
            }

            @Override
            public HeldSegment load(SegmentId id) {
                return segments.contains(id) ? HeldSegment.NOTHING : source.load(id);
            }
        };
    }
}
