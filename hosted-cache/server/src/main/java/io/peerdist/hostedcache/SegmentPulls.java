// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes offers and has what is lacking pulled, as the {@link PullSchedule} decides. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // every pull reports to ended
final class SegmentPulls implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SegmentPulls.class);

    private final Puller puller;
    private final LongSupplier nanoTime;
    private final Duration drainLimit;
    private final PullMetrics metrics;
    private final PullSchedule schedule;
    private final AtomicInteger pumping = new AtomicInteger();
    private final CompletableFuture<Boolean> drained = new CompletableFuture<>();
    private boolean stopping;

    SegmentPulls(Puller puller, PullLimits limits, Duration drainLimit, LongSupplier nanoTime, PullMetrics metrics) {
        this.puller = puller;
        this.nanoTime = nanoTime;
        this.drainLimit = drainLimit;
        this.metrics = metrics;
        this.schedule = new PullSchedule(limits);
        metrics.follow(this::wanted, this::active);
    }

    /** Takes note that {@code peer} offers {@code lacking}, segments that are not wholly held. Never blocks. */
    void offer(InetSocketAddress peer, List<OfferedSegment> lacking) {
        synchronized (this) {
            long nowNanos = nanoTime.getAsLong();
            for (OfferedSegment segment : lacking) {
                metrics.offered(stopping ? OfferResult.STOPPED : schedule.offer(peer, segment, nowNanos), 1);
            }
        }
        pump();
    }

    /** Whether more segments that the client offers may wait. */
    synchronized boolean hasRoom(InetAddress client) {
        return schedule.hasRoom(client);
    }

    /** Whether the segment waits or is being pulled. */
    synchronized boolean wants(SegmentId id) {
        return schedule.wants(id);
    }

    /** Segments that wait or are being pulled. */
    synchronized int wanted() {
        return schedule.segments();
    }

    /** Segments that are being pulled. */
    synchronized int active() {
        return schedule.active();
    }

    /** Starts what may be started. Only one thread at a time does, and it sees what others brought meanwhile. */
    private void pump() {
        int turns = pumping.incrementAndGet();
        if (turns > 1) {
            return;
        }
        do {
            for (PullSchedule.Pull pull = next(); pull != null; pull = next()) {
                start(pull);
            }
            turns = pumping.addAndGet(-turns);
        } while (turns > 0);
    }

    private synchronized PullSchedule.@Nullable Pull next() {
        return stopping ? null : schedule.next();
    }

    private void start(PullSchedule.Pull pull) {
        puller.pull(pull.peer(), pull.segment().offered()).whenComplete((result, failure) -> {
            if (failure != null) {
                log.error("pulling segment {} failed", pull.segment().offered().id(), failure);
            }
            ended(pull, failure == null ? result : PullResult.FAILED);
        });
    }

    private void ended(PullSchedule.Pull pull, PullResult result) {
        metrics.pulled(result, 1);
        synchronized (this) {
            List<WantedSegment> givenUp = schedule.ended(pull, result, nanoTime.getAsLong());
            if (!givenUp.isEmpty()) {
                log.debug("{} is left out; {} segments it offered are given up", pull.peer(), givenUp.size());
                metrics.pulled(PullResult.LEFT_OUT, givenUp.size());
            }
            completeDrain();
        }
        pump();
    }

    private void completeDrain() {
        if (stopping && schedule.active() == 0) {
            drained.complete(true);
        }
    }

    /** Starts no more pulls and waits for those under way, up to the drain limit. */
    @Override
    public void close() {
        synchronized (this) {
            if (!stopping) {
                stopping = true;
                int before = schedule.segments();
                schedule.clear();
                metrics.pulled(PullResult.STOPPED, before - schedule.segments());
            }
            completeDrain();
        }
        try {
            drained.get(drainLimit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            log.warn("{} pulls did not end within {} ms and are given up", active(), drainLimit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
