// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.blockstore.SegmentKeyStore;
import io.peerdist.blockstore.SubscriptionState;
import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.manifest.ManifestPage;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.FailureException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the manifest of a content server: asks for what is new from time to time, and at once when a segment is offered
 * that is not listed; keeps what it read. When the publisher cannot be reached it goes on with what it has. Thread-safe.
 */
public final class ManifestSubscription implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ManifestSubscription.class);
    private static final String STORE_NAME = "segment-keys";

    /** Pages of one poll; those who wait for it learn what there is meanwhile, and the next poll goes on. */
    private static final int MAX_PAGES = 256;

    private static final long CLOSE_LIMIT_MILLIS = 5_000;

    private final ManifestClient client;
    private final SegmentKeyStore store;
    private final Unlisted unlisted;
    private final Clock clock;
    private final ManifestMetrics metrics;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PollSchedule schedule;
    private CompletableFuture<Void> nextPoll = new CompletableFuture<>();
    private boolean closing;
    private long lastSuccessNanos;
    private @Nullable Instant lastSuccess;
    private String problem = "";
    private volatile long head;

    private ManifestSubscription(
            ManifestSettings settings,
            ManifestClient client,
            SegmentKeyStore store,
            Clock clock,
            RandomGenerator random,
            MeterRegistry registry) {
        this.client = client;
        this.store = store;
        this.unlisted = settings.unlisted();
        this.clock = clock;
        this.metrics = new ManifestMetrics(registry);
        this.lastSuccessNanos = clock.nanoTime();
        this.schedule = new PollSchedule(settings.pollInterval(), random, lastSuccessNanos);
        this.head = store.subscription().after();
        this.thread = new Thread(this::run, "manifest");
        thread.setDaemon(true);
    }

    /**
     * Opens the store of what was read, {@code segment-keys} in {@code dataDirectory}, and begins to ask.
     *
     * @throws FailureException when the public key or the certificate cannot be read
     * @throws BlockStoreException when the store cannot be opened
     */
    public static ManifestSubscription start(
            ManifestSettings settings,
            Path dataDirectory,
            Clock clock,
            RandomGenerator random,
            MeterRegistry registry) {
        ManifestClient client = ManifestClient.of(settings);
        SegmentKeyStore store =
                SegmentKeyStore.open(dataDirectory.resolve(STORE_NAME), settings.maxKeyBytes(), registry);
        ManifestSubscription subscription = new ManifestSubscription(settings, client, store, clock, random, registry);
        subscription.metrics.follow(subscription::behind, subscription::ageSeconds);
        subscription.thread.start();
        return subscription;
    }

    /** The description of a listed segment, or null. Uses the disk, and never the network. */
    public @Nullable SegmentDescription find(SegmentId id) {
        return store.find(id);
    }

    /** Whether segments that are not listed may be stored. */
    public boolean storesUnlisted() {
        return unlisted == Unlisted.STORE;
    }

    /**
     * Has the publisher asked, and is complete when a poll has ended that began after this call, whether it succeeded or
     * not; after 2 s at the latest, and at once when no poll will come so soon. Never fails. Does not block.
     */
    public CompletableFuture<Void> refreshed() {
        lock.lock();
        try {
            if (closing || !schedule.hurry(clock.nanoTime())) {
                return CompletableFuture.completedFuture(null);
            }
            changed.signalAll();
            return nextPoll.copy().completeOnTimeout(null, PollSchedule.MAX_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            lock.unlock();
        }
    }

    /** How it stands. */
    public SubscriptionStatus status() {
        SubscriptionState state = store.subscription();
        lock.lock();
        try {
            return new SubscriptionStatus(
                    state.feedId().equals(FeedId.NONE) ? "" : state.feedId().toString(),
                    state.after(),
                    Math.max(head, state.after()),
                    store.entries(),
                    Optional.ofNullable(lastSuccess),
                    schedule.failures(),
                    problem);
        } finally {
            lock.unlock();
        }
    }

    private long behind() {
        return Math.max(0, head - store.subscription().after());
    }

    private long ageSeconds() {
        lock.lock();
        try {
            return TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - lastSuccessNanos);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (CompletableFuture<Void> poll = awaitTurn(); poll != null; poll = awaitTurn()) {
                pollOnce();
                poll.complete(null);
            }
        } catch (InterruptedException e) {
            log.debug("interrupted; no more of the manifest is read", e);
        } finally {
            nextPoll.complete(null);
        }
    }

    /** What completes when the poll that is due now has ended; null when this is being closed. */
    private @Nullable CompletableFuture<Void> awaitTurn() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long delayNanos = schedule.delayNanos(clock.nanoTime());
            while (!closing && delayNanos > 0) {
                changed.awaitNanos(delayNanos);
                delayNanos = schedule.delayNanos(clock.nanoTime());
            }
            if (closing) {
                return null;
            }
            schedule.started(clock.nanoTime());
            CompletableFuture<Void> poll = nextPoll;
            nextPoll = new CompletableFuture<>();
            return poll;
        } finally {
            lock.unlock();
        }
    }

    private void pollOnce() throws InterruptedException {
        try {
            boolean more = true;
            for (int pages = 0; more && pages < MAX_PAGES; pages++) {
                more = readPage();
            }
            ended(PollResult.OK, "", more);
        } catch (PollException e) {
            log.debug("polling the manifest failed", e);
            ended(e.result(), String.valueOf(e.getMessage()), false);
        } catch (BlockStoreException e) {
            log.warn("what the manifest lists could not be stored", e);
            ended(PollResult.STORE, String.valueOf(e.getMessage()), false);
        } catch (RuntimeException e) {
            log.error("reading the manifest failed unexpectedly", e);
            ended(PollResult.MALFORMED, "unexpected failure: " + e.getClass().getSimpleName(), false);
        }
    }

    /** True when there are more. */
    private boolean readPage() throws PollException, InterruptedException {
        SubscriptionState before = store.subscription();
        ManifestPage page = client.get(before);
        SubscriptionState after = PageCheck.next(before, page, clock.instant().getEpochSecond());
        if (!after.feedId().equals(before.feedId())) {
            log.info("reading feed {} of the manifest from its beginning, {} entries", after.feedId(), page.head());
        }
        ListedSegments listed = ListedSegments.of(page.entries());
        if (!after.equals(before) || !listed.segments().isEmpty()) {
            store.apply(listed.segments(), after);
        }
        head = page.head();
        metrics.read(listed);
        if (listed.ignored() > 0) {
            log.warn("{} entries of the manifest after {} say nothing and are ignored", listed.ignored(), page.after());
        }
        return page.hasMore();
    }

    private void ended(PollResult result, String reason, boolean more) {
        metrics.polled(result);
        lock.lock();
        try {
            long nowNanos = clock.nanoTime();
            if (result != PollResult.OK) {
                if (!reason.equals(problem)) {
                    log.warn("the manifest could not be read: {}; going on with what is known", reason);
                }
                problem = reason;
                schedule.failed(nowNanos);
                return;
            }
            if (!problem.isEmpty()) {
                log.info("the manifest is read again");
            }
            problem = "";
            schedule.succeeded(nowNanos);
            if (more) {
                schedule.hurry(nowNanos);
            } else {
                lastSuccess = clock.instant();
                lastSuccessNanos = nowNanos;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stops asking and closes the store. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt(); // an exchange that is under way is given up
        try {
            thread.join(CLOSE_LIMIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.close();
    }
}
