// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.offer;

import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.OfferSummary;
import io.peerdist.agent.download.SegmentListener;
import io.peerdist.agent.source.StoredCache;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Offers what a download brought to the hosted caches that lack it, while the download runs, and waits afterwards until they
 * have pulled it. {@link #completed} and {@link #finish} belong to the thread that downloads; until it finishes, the
 * offering runs on one thread of its own.
 */
public final class OfferSession implements SegmentListener {
    /** A fifth of the blocks, with which Windows begins to offer (MS-PCHC note 9). */
    private static final int PROMPT_SHARE = 5;

    /** How long a batch that is not full waits for more: the others of the branch may be after the same file now. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration MAX_PAUSE = Duration.ofMillis(500);

    private final List<OfferTarget> targets;
    private final StoredCache cache;
    private final Supplier<PeerServer> server;
    private final OfferSettings settings;
    private final OfferMetrics metrics;
    private final Workers thread;
    private final LongSupplier nanoTime;
    private final BooleanSupplier othersWait;
    /** What others may wait for and is not offered yet; no longer than the file has segments. */
    private final Queue<SegmentDescription> prompt = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean prompting = new AtomicBoolean();
    private List<SegmentDescription> batch = new ArrayList<>();
    /** Of what came from elsewhere in small part, offered at the end; no longer than the file has segments. */
    private final List<SegmentDescription> later = new ArrayList<>();

    private boolean submitted;
    private long submittedNanos;
    private @Nullable PeerServer running;
    private volatile @Nullable String problem;

    /**
     * @param server starts the server that the caches pull from, or gives the one that runs already
     * @param thread one thread with a queue
     * @param othersWait whether others may wait for what is offered, so that it is not to wait for more of its kind
     */
    public OfferSession(
            List<OfferTarget> targets,
            StoredCache cache,
            Supplier<PeerServer> server,
            OfferSettings settings,
            OfferMetrics metrics,
            Workers thread,
            LongSupplier nanoTime,
            BooleanSupplier othersWait) {
        this.targets = List.copyOf(targets);
        this.cache = cache;
        this.server = server;
        this.settings = settings;
        this.metrics = metrics;
        this.thread = thread;
        this.nanoTime = nanoTime;
        this.othersWait = othersWait;
    }

    @Override
    public void completed(SegmentDescription segment, int blocksFromElsewhere) {
        if (blocksFromElsewhere == 0 || !canBeOffered(segment)) {
            return;
        }
        if (othersWait.getAsBoolean()) {
            prompt.add(segment);
            submitPrompt();
        } else if (blocksFromElsewhere * PROMPT_SHARE >= segment.blockCount()) {
            batch.add(segment);
            submitIfDue();
        } else {
            // A cache that lost some blocks of it would never get them back otherwise.
            later.add(segment);
        }
    }

    /** The first segment of a while goes out at once, those that follow closely go together. */
    private void submitIfDue() {
        long now = nanoTime.getAsLong();
        if (batch.size() == BatchedOffer.MAX_DESCRIPTORS || !submitted || now - submittedNanos >= PAUSE.toNanos()) {
            submitted = true;
            submittedNanos = now;
            submitBatch();
        }
    }

    /** A batched offer has no name for the longer hashes of version 1.0. */
    private static boolean canBeOffered(SegmentDescription segment) {
        return segment.hashAlgorithm() == HashAlgorithm.SHA_256
                || segment.hashAlgorithm() == HashAlgorithm.TRUNCATED_SHA_512;
    }

    private void submitBatch() {
        List<SegmentDescription> full = batch;
        batch = new ArrayList<>();
        try {
            thread.execute(() -> offer(full));
        } catch (RejectedExecutionException e) {
            metrics.offered(OfferMetrics.Result.DROPPED, full.size());
        }
    }

    /** What comes while an offer is made goes with the next one. */
    private void submitPrompt() {
        if (!prompting.compareAndSet(false, true)) {
            return;
        }
        try {
            thread.execute(this::offerPrompt);
        } catch (RejectedExecutionException e) {
            // They go with the next segment, or at the end.
            prompting.set(false);
        }
    }

    private void offerPrompt() {
        prompting.set(false);
        List<SegmentDescription> some = takePrompt();
        while (!some.isEmpty()) {
            offer(some);
            some = takePrompt();
        }
    }

    private List<SegmentDescription> takePrompt() {
        List<SegmentDescription> some = new ArrayList<>();
        while (some.size() < BatchedOffer.MAX_DESCRIPTORS) {
            SegmentDescription next = prompt.poll();
            if (next == null) {
                return some;
            }
            some.add(next);
        }
        return some;
    }

    private void offer(List<SegmentDescription> segments) {
        List<SegmentDescription> kept = segments.stream()
                .filter(segment -> cache.isComplete(segment.id()))
                .toList();
        PeerServer serving = kept.isEmpty() ? null : serving();
        if (serving == null) {
            metrics.offered(OfferMetrics.Result.DROPPED, segments.size());
            return;
        }
        for (OfferTarget target : targets) {
            int taken = target.offer(serving.address().getPort(), kept);
            if (taken < 0) {
                metrics.offered(OfferMetrics.Result.FAILED, kept.size());
            } else {
                metrics.offered(OfferMetrics.Result.ACCEPTED, taken);
            }
        }
    }

    private @Nullable PeerServer serving() {
        if (running == null && problem == null) {
            try {
                running = server.get();
            } catch (FailureException e) {
                problem = "nothing is offered to hosted caches: " + e.sentence();
            }
        }
        return running;
    }

    /** Offers the rest and waits for the caches to pull, within the limits of the settings. */
    public OfferSummary finish(DownloadListener listener) {
        letGo();
        awaitOffers();
        PeerServer serving = running;
        if (serving != null) {
            awaitPulls(serving, listener);
        }
        OfferSummary summary = summary();
        warn(listener, summary);
        return summary;
    }

    /** Offers the rest, and leaves it to the caches whether and when they pull. */
    public void letGo() {
        for (SegmentDescription segment : later) {
            batch.add(segment);
            if (batch.size() == BatchedOffer.MAX_DESCRIPTORS) {
                submitBatch();
            }
        }
        later.clear();
        if (!batch.isEmpty()) {
            submitBatch();
        }
        submitPrompt();
    }

    /** Waits until the thread has nothing left to offer; from then on the targets belong to the caller. */
    private void awaitOffers() {
        try {
            CompletableFuture.runAsync(() -> {}, thread).join();
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("offers waiting: too many (expected: room for one more)", e);
        }
    }

    private OfferSummary summary() {
        int offered = targets.stream().mapToInt(OfferTarget::offered).sum();
        int pulled = targets.stream().mapToInt(OfferTarget::pulled).sum();
        return new OfferSummary(offered, pulled);
    }

    private void warn(DownloadListener listener, OfferSummary summary) {
        if (problem != null) {
            listener.warning(problem);
        }
        for (OfferTarget target : targets) {
            if (target.problem() != null) {
                listener.warning(target.problem());
            }
        }
        if (summary.pulled() < summary.offered()) {
            listener.warning("hosted caches pulled " + summary.pulled() + " of " + summary.offered()
                    + " segments offered; the rest stays in the local cache");
        }
    }

    private void awaitPulls(PeerServer serving, DownloadListener listener) {
        long startNanos = nanoTime.getAsLong();
        boolean offeredAgain = false;
        Duration pause = FIRST_PAUSE;
        while (refresh() > 0) {
            listener.waiting(summary());
            long now = nanoTime.getAsLong();
            long quietNanos = Math.min(now - serving.lastServedNanos(), now - startNanos);
            boolean late = now - startNanos > settings.totalTimeout().toNanos();
            if (late || quietNanos > settings.idleTimeout().toNanos()) {
                return;
            }
            if (!offeredAgain && quietNanos > settings.idleTimeout().toNanos() / 2) {
                // A cache with a full queue forgets offers; one that is only slow ignores the repetition.
                offeredAgain = true;
                targets.forEach(target -> target.offerAgain(serving.address().getPort()));
            }
            if (!awaitServed(serving, pause)) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause.multipliedBy(2);
        }
    }

    private int refresh() {
        int pending = 0;
        for (OfferTarget target : targets) {
            metrics.offered(OfferMetrics.Result.PULLED, target.refresh());
            pending += target.pendingCount();
        }
        return pending;
    }

    private static boolean awaitServed(PeerServer serving, Duration pause) {
        try {
            serving.awaitServed(pause);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
