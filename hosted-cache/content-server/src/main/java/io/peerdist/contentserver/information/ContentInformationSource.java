// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.information;

import io.peerdist.contentserver.files.DocumentRoot;
import io.peerdist.contentserver.files.FileVersion;
import io.peerdist.contentserver.files.OpenedFile;
import io.peerdist.contentserver.files.RelativePath;
import io.peerdist.contentserver.hashing.ContentSecrets;
import io.peerdist.contentserver.hashing.HashedContent;
import io.peerdist.contentserver.hashing.HashingPipeline;
import io.peerdist.contentserver.hashing.KeyRing;
import io.peerdist.contentserver.information.HashingOutcome.Hashed;
import io.peerdist.contentserver.information.HashingOutcome.NotHashed;
import io.peerdist.contentserver.information.HashingOutcome.Reason;
import io.peerdist.runtime.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the content information of every file that stays the same for long enough to be hashed. Thread-safe.
 *
 * <h2>Why no answer is ever old</h2>
 *
 * Content information is kept under the {@link FileVersion} that the file had when it was opened for hashing, and only if
 * it still has that version afterwards. A version whose time stamps are so fresh that another change could leave them as
 * they are is not hashed yet. Whoever asks names the version it has opened itself.
 *
 * <h2>Trying again</h2>
 *
 * A file that is too fresh, or that changes while it is hashed, is tried again later, a limited number of times. Nobody
 * sleeps for it: one timer hands the file back to the readers.
 */
public final class ContentInformationSource implements AutoCloseable {
    /** Files that wait or are being hashed at once; a request beyond it gets plain bytes. */
    public static final int MAX_PENDING_FILES = 1024;

    private static final int MAX_ATTEMPTS = 6;

    /** Doubled with each attempt, so all of them together take about six seconds. */
    private static final Duration FIRST_RETRY_DELAY = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(ContentInformationSource.class);

    private final DocumentRoot root;
    private final HashingPipeline pipeline;
    private final KeyRing ring;
    private final KeptInformation kept;
    private final InformationLimits limits;
    private final Executor readers;
    private final Clock clock;
    private final HashingMetrics metrics;
    private final ConcurrentMap<RelativePath, PendingFile> pending = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor retries;
    private volatile boolean stopped;

    /**
     * @param readers runs the reading of files, {@link HashingPipeline#MAX_FILES_AT_ONCE} of them at once; its queue holds
     *     {@link #MAX_PENDING_FILES}
     */
    public ContentInformationSource(
            DocumentRoot root,
            HashingPipeline pipeline,
            KeyRing ring,
            KeptInformation kept,
            InformationLimits limits,
            Executor readers,
            Clock clock,
            HashingMetrics metrics) {
        this.root = root;
        this.pipeline = pipeline;
        this.ring = ring;
        this.kept = kept;
        this.limits = limits;
        this.readers = readers;
        this.clock = clock;
        this.metrics = metrics;
        this.retries = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "content-retry-0");
            thread.setDaemon(true);
            return thread;
        });
        retries.setRemoveOnCancelPolicy(true);
        metrics.observe(pending.values());
    }

    /** Whether content information is made for a file of this size. */
    public boolean isEligible(FileVersion version) {
        return limits.admit(version.sizeBytes());
    }

    /** How many files are being hashed or wait for it. */
    public int pendingFiles() {
        return pending.size();
    }

    /** How many octets of content information are kept in memory. */
    public long memoryBytes() {
        return kept.memoryBytes();
    }

    /** The secrets that files are hashed with at this moment. */
    public ContentSecrets secretsInUse() {
        return ring.inUse();
    }

    /** All secrets whose content information clients may hold, those in use first. */
    public List<ContentSecrets> understoodSecrets() {
        return ring.understood();
    }

    /** What is kept for {@code version}, made with {@code secrets}; null if nothing is. May touch the disk. */
    public @Nullable EncodedInformation find(FileVersion version, ContentSecrets secrets, int contentVersion) {
        return kept.find(version, secrets, contentVersion);
    }

    /**
     * Begins to hash the file at {@code path}, or joins whoever has begun. Never fails and never waits; the file is hashed
     * to the end even if nobody waits for it any more.
     */
    public CompletableFuture<HashingOutcome> hash(RelativePath path) {
        if (pending.size() >= MAX_PENDING_FILES && !pending.containsKey(path)) {
            metrics.failed(Reason.BUSY);
            return CompletableFuture.completedFuture(new NotHashed(Reason.BUSY));
        }
        PendingFile mine = new PendingFile(path);
        PendingFile first = pending.putIfAbsent(path, mine);
        if (first != null) {
            return first.outcome.copy();
        }
        submit(mine);
        return mine.outcome.copy();
    }

    private void submit(PendingFile file) {
        try {
            readers.execute(() -> attempt(file));
        } catch (RejectedExecutionException full) {
            LOG.debug("not hashed: {}: {}", file.path, full.toString());
            finish(file, new NotHashed(stopped ? Reason.STOPPED : Reason.BUSY));
        }
    }

    private void attempt(PendingFile file) {
        try {
            Optional<OpenedFile> opened = root.open(file.path);
            if (opened.isEmpty()) {
                finish(file, new NotHashed(Reason.INELIGIBLE));
                return;
            }
            try (OpenedFile open = opened.get()) {
                attempt(file, open);
            }
        } catch (IOException e) {
            LOG.warn("cannot hash {}: {}; it is sent plain", file.path, e.toString());
            finish(file, new NotHashed(Reason.UNREADABLE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            finish(file, new NotHashed(Reason.STOPPED));
        } catch (RuntimeException | Error e) {
            LOG.error("hashing {} failed", file.path, e);
            finish(file, new NotHashed(Reason.UNREADABLE));
        }
    }

    private void attempt(PendingFile file, OpenedFile open) throws IOException, InterruptedException {
        FileVersion version = open.version();
        if (!isEligible(version)) {
            finish(file, new NotHashed(Reason.INELIGIBLE));
            return;
        }
        ContentSecrets secrets = ring.inUse();
        EncodedInformation v1 = find(version, secrets, 1);
        EncodedInformation v2 = find(version, secrets, 2);
        if (v1 != null && v2 != null) {
            finish(file, new Hashed(version, secrets, v1, v2));
            return;
        }
        if (version.isTooFresh(clock.instant())) {
            retry(file, Duration.between(clock.instant(), version.settledAt()));
            return;
        }
        long begunNanos = clock.nanoTime();
        Optional<HashedContent> hashed = hash(version, secrets, open);
        if (hashed.isPresent()) {
            Hashed outcome = keep(version, secrets, hashed.get());
            metrics.hashed(version.sizeBytes(), clock.nanoTime() - begunNanos);
            finish(file, outcome);
        } else if (stopped) {
            finish(file, new NotHashed(Reason.STOPPED));
        } else {
            LOG.debug("changed while it was hashed: {}", file.path);
            retry(file, FIRST_RETRY_DELAY.multipliedBy(1L << file.attempts));
        }
    }

    /** Nothing if the file is not at {@code version} any more, or the server stops. */
    private Optional<HashedContent> hash(FileVersion version, ContentSecrets secrets, OpenedFile open)
            throws IOException, InterruptedException {
        Optional<HashedContent> hashed;
        try {
            // A file that grows all the time is found out at the first slab, not at the end of many gigabytes.
            hashed = pipeline.hash(open.channel(), secrets, () -> stopped || !isCurrent(version));
        } catch (CancellationException changedOrStopped) {
            LOG.debug("not hashed to the end: {}: {}", version.path(), changedOrStopped.toString());
            return Optional.empty();
        }
        return hashed.filter(content -> content.lengthBytes() == version.sizeBytes() && isCurrent(version));
    }

    private boolean isCurrent(FileVersion version) {
        try {
            return root.version(version.path()).filter(version::equals).isPresent();
        } catch (IOException e) {
            LOG.debug("not hashed: {}: {}", version.path(), e.toString());
            return false;
        }
    }

    private Hashed keep(FileVersion version, ContentSecrets secrets, HashedContent content) {
        EncodedInformation v1 = new EncodedInformation(content.v1().encode());
        EncodedInformation v2 = new EncodedInformation(content.v2().encode());
        kept.keep(version, secrets, 1, v1);
        kept.keep(version, secrets, 2, v2);
        return new Hashed(version, secrets, v1, v2);
    }

    @SuppressWarnings(
            "FutureReturnValueIgnored") // submit() never throws: what goes wrong ends up in the file's outcome
    private void retry(PendingFile file, Duration delay) {
        file.attempts++;
        if (file.attempts >= MAX_ATTEMPTS) {
            finish(file, new NotHashed(Reason.CHANGING));
            return;
        }
        try {
            retries.schedule(() -> submit(file), Math.max(1, delay.toMillis() + 1), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            finish(file, new NotHashed(Reason.STOPPED));
        }
    }

    private void finish(PendingFile file, HashingOutcome outcome) {
        pending.remove(file.path, file);
        if (outcome instanceof NotHashed not) {
            metrics.failed(not.reason());
        }
        file.outcome.complete(outcome);
    }

    /** Stops hashing; whoever waits gets an answer. The pipeline, the readers and the store are the caller's to close. */
    @Override
    public void close() {
        stopped = true;
        retries.shutdownNow();
        pending.values().forEach(file -> finish(file, new NotHashed(Reason.STOPPED)));
    }

    /** A file on its way; {@code attempts} is touched by one reader at a time. */
    private static final class PendingFile {
        final RelativePath path;
        final CompletableFuture<HashingOutcome> outcome = new CompletableFuture<>();
        int attempts;

        PendingFile(RelativePath path) {
            this.path = path;
        }
    }
}
