// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.lease;

import io.peerdist.agent.plan.SegmentLease;
import io.peerdist.codec.lease.LeaseAnswer;
import io.peerdist.codec.lease.LeaseRequest;
import io.peerdist.codec.pccrc.SegmentId;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the first of the hosted caches that keeps leases. All machines of a branch name their caches in the same order, so all
 * of them ask the same. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of giving leases back does not matter: they run out
final class HostedLeases {
    private static final Logger LOGGER = LoggerFactory.getLogger(HostedLeases.class);

    /** Before a cache that knows nothing of leases is asked again (fetch-leases.md, 2). */
    private static final Duration UNKNOWN_PAUSE = Duration.ofMinutes(10);

    /** Before a cache is asked again that fell silent. */
    private static final Duration UNANSWERED_PAUSE = Duration.ofSeconds(10);

    /** How long a cache that has answered before may be silent, as a busy one is for a while. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    /** How long one that never has; it may swallow what it does not know. */
    private static final Duration FIRST_SILENCE = Duration.ofSeconds(5);

    private static final SegmentLease SOON = new SegmentLease(SegmentLease.State.WAIT, 250);

    private final List<Cache> caches = new ArrayList<>();
    private final long holder;
    private final LeaseClient client;
    private final LongSupplier nanoTime;
    private final LeaseMetrics metrics;

    /** A cache and whether it is worth asking. */
    private static final class Cache {
        final InetSocketAddress address;
        private boolean keepsLeases;
        private boolean everAnswered;
        private boolean paused;
        private long pausedUntilNanos;
        private boolean silent;
        private long silentNanos;

        Cache(InetSocketAddress address) {
            this.address = address;
        }

        synchronized boolean isPaused(long nowNanos) {
            paused = paused && nowNanos - pausedUntilNanos < 0;
            return paused;
        }

        synchronized boolean keepsLeases() {
            return keepsLeases;
        }

        synchronized void answered() {
            keepsLeases = true;
            everAnswered = true;
            silent = false;
        }

        /** Whether it is worth waiting for. */
        synchronized boolean unanswered(long nowNanos) {
            if (!silent) {
                silent = true;
                silentNanos = nowNanos;
            }
            Duration patience = everAnswered ? SILENCE : FIRST_SILENCE;
            if (nowNanos - silentNanos < patience.toNanos()) {
                return true;
            }
            isGone(nowNanos);
            return false;
        }

        synchronized void isGone(long nowNanos) {
            keepsLeases = false;
            silent = false;
            pause(nowNanos, UNANSWERED_PAUSE);
        }

        synchronized void unknown(long nowNanos) {
            keepsLeases = false;
            pause(nowNanos, UNKNOWN_PAUSE);
        }

        private void pause(long nowNanos, Duration pause) {
            paused = true;
            pausedUntilNanos = nowNanos + pause.toNanos();
        }
    }

    /** @param holder tells this agent from others of the same address */
    HostedLeases(
            List<InetSocketAddress> addresses,
            long holder,
            LeaseClient client,
            LongSupplier nanoTime,
            LeaseMetrics metrics) {
        addresses.forEach(address -> caches.add(new Cache(address)));
        this.holder = holder;
        this.client = client;
        this.nanoTime = nanoTime;
        this.metrics = metrics;
    }

    /** Whether some cache keeps leases, and others may wait for what this agent fetches. */
    boolean areKept() {
        return caches.stream().anyMatch(Cache::keepsLeases);
    }

    /** Whose turn it is to fetch each segment; this agent's when no cache says otherwise. Does not fail. */
    CompletableFuture<List<SegmentLease>> ask(List<SegmentId> ids) {
        Cache cache = current();
        if (cache == null) {
            return CompletableFuture.completedFuture(free(ids));
        }
        return client.ask(cache.address, new LeaseRequest(holder, ids))
                .thenApply(answers -> {
                    cache.answered();
                    return answers.stream().map(HostedLeases::lease).toList();
                })
                .exceptionally(failure -> {
                    boolean soon = failed(cache, failure);
                    return soon ? Collections.nCopies(ids.size(), SOON) : free(ids);
                });
    }

    private @Nullable Cache current() {
        long now = nanoTime.getAsLong();
        return caches.stream().filter(cache -> !cache.isPaused(now)).findFirst().orElse(null);
    }

    private static List<SegmentLease> free(List<SegmentId> ids) {
        return Collections.nCopies(ids.size(), SegmentLease.FREE);
    }

    private static SegmentLease lease(LeaseAnswer answer) {
        return switch (answer.state()) {
            case HELD -> SegmentLease.IN_HOSTED_CACHE;
            case GRANTED -> new SegmentLease(SegmentLease.State.GRANTED, answer.millis());
            case WAIT -> new SegmentLease(SegmentLease.State.WAIT, answer.millis());
            case UNLEASED -> SegmentLease.FREE;
        };
    }

    /** Whether the cache is to be asked again soon. */
    private boolean failed(Cache cache, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        LOGGER.debug("no leases from the hosted cache {}: {}", cache.address, cause.toString());
        if (cause instanceof LeaseClient.NoLeasesException none && !none.isPassing()) {
            metrics.notKept();
            cache.unknown(nanoTime.getAsLong());
            return false;
        }
        metrics.unanswered();
        if (cause instanceof ConnectException) {
            cache.isGone(nanoTime.getAsLong());
            return false;
        }
        return cache.unanswered(nanoTime.getAsLong());
    }

    /** This agent fetches these segments no more. */
    void release(Collection<SegmentId> ids) {
        Cache cache = current();
        if (cache == null || !cache.keepsLeases()) {
            return;
        }
        List<SegmentId> all = List.copyOf(ids);
        for (int from = 0; from < all.size(); from += LeaseRequest.MAX_SEGMENTS) {
            List<SegmentId> some = all.subList(from, Math.min(all.size(), from + LeaseRequest.MAX_SEGMENTS));
            client.release(cache.address, new LeaseRequest(holder, some)).exceptionally(failure -> {
                LOGGER.debug("leases not given back to {}: {}", cache.address, failure.toString());
                return null;
            });
        }
    }
}
