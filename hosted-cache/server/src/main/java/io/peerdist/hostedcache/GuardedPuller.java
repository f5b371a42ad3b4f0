// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.retrieval.RetrievalClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides how far an offered segment may be trusted before it is pulled: waits for the keys when it is not listed yet,
 * refuses it when it must be listed and is not, and has it checked or pulled anew when the peer was served it before. What
 * gives no reason for doubt goes straight on. Thread-safe.
 */
final class GuardedPuller implements Puller {
    private static final Logger log = LoggerFactory.getLogger(GuardedPuller.class);

    private final SegmentSource held;
    private final SegmentKeys keys;
    private final Quarantine quarantine;
    private final SegmentPuller adding;
    private final SegmentPuller replacing;
    private final Executor workers;

    private GuardedPuller(SegmentKeys keys, Quarantine quarantine, SegmentPuller adding, SegmentPuller replacing) {
        this.held = adding.held();
        this.keys = keys;
        this.quarantine = quarantine;
        this.adding = adding;
        this.replacing = replacing;
        this.workers = adding.workers();
    }

    /** Pulls into {@code store} with {@code client}; {@code workers} run what may block or takes a while. */
    static GuardedPuller over(
            BlockStore store,
            SegmentKeys keys,
            ProvenSegments proven,
            Quarantine quarantine,
            RetrievalClient client,
            Executor workers,
            PullMetrics metrics) {
        BlockVerification verification = new BlockVerification(new SecureRandom());
        StoredSegmentCheck check = new StoredSegmentCheck(store, verification, metrics);
        return new GuardedPuller(
                keys,
                quarantine,
                new SegmentPuller(store, store::put, keys, proven, check, client, workers, verification, metrics),
                new SegmentPuller(
                        Quarantine.EMPTY,
                        new ReplacingSink(store),
                        keys,
                        proven,
                        check,
                        client,
                        workers,
                        verification,
                        metrics));
    }

    @Override
    public CompletableFuture<PullResult> pull(InetSocketAddress peer, OfferedSegment segment) {
        boolean mayLearn = keys.mayLearn() && segment.description() == null;
        if (!mayLearn && !quarantine.isReoffer(peer.getAddress(), segment.id())) {
            return adding.pull(peer, segment);
        }
        try {
            return CompletableFuture.supplyAsync(() -> known(segment), workers)
                    .thenCompose(known -> mayLearn && known.isEmpty() ? afterRefresh(segment) : completed(known))
                    .thenComposeAsync(known -> decided(peer, segment, known), workers)
                    .exceptionally(failure -> resultOf(segment.id(), failure));
        } catch (RejectedExecutionException e) {
            log.debug("segment {}: no room in the pool", segment.id(), e);
            return CompletableFuture.completedFuture(PullResult.OVERLOADED);
        }
    }

    private Optional<SegmentDescription> known(OfferedSegment segment) {
        OfferedSegment described = adding.describe(segment);
        return described.isProven() ? Optional.ofNullable(described.description()) : Optional.empty();
    }

    /** The content server may have listed it since it was asked last. */
    private CompletableFuture<Optional<SegmentDescription>> afterRefresh(OfferedSegment segment) {
        return keys.refreshed().thenApplyAsync(refreshed -> known(segment), workers);
    }

    private static <T> CompletableFuture<T> completed(T value) {
        return CompletableFuture.completedFuture(value);
    }

    private CompletableFuture<PullResult> decided(
            InetSocketAddress peer, OfferedSegment segment, Optional<SegmentDescription> known) {
        if (known.isEmpty() && segment.description() == null && !keys.storesUnlisted()) {
            return completed(PullResult.UNLISTED);
        }
        InetAddress from = peer.getAddress();
        if (!quarantine.takeReoffer(from, segment.id()) || !isComplete(segment)) {
            return adding.pull(peer, segment); // where blocks are missing, they are why it is offered
        }
        if (!quarantine.admits(from)) {
            return completed(PullResult.HELD);
        }
        if (known.isPresent()) {
            int wrong = adding.check().removeWrongBlocks(known.get());
            quarantine.settled(wrong == 0);
            return adding.pull(peer, segment);
        }
        if (!quarantine.begin(segment.id())) {
            return completed(PullResult.HELD);
        }
        log.info("segment {}: {} was served it and offers it now; pulling it anew", segment.id(), from);
        return replacing.pull(peer, segment).whenComplete((result, failure) -> {
            boolean replaced = result == PullResult.STORED || result == PullResult.PARTIAL;
            quarantine.end(segment.id(), replaced ? QuarantineResult.REPLACED : QuarantineResult.LIFTED);
        });
    }

    private boolean isComplete(OfferedSegment segment) {
        return held.load(segment.id()).blocks().blockCount() >= segment.blockCount();
    }

    private static PullResult resultOf(SegmentId id, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof BlockStoreException) {
            log.warn("segment {}: the store failed", id, cause);
            return PullResult.NOT_STORED;
        }
        if (cause instanceof RejectedExecutionException) {
            log.debug("segment {}: no room in the pool", id, cause);
            return PullResult.OVERLOADED;
        }
        log.error("segment {}: looking whether to pull it failed", id, cause);
        return PullResult.FAILED;
    }
}
