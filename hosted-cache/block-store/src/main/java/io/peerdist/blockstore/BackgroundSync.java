// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forces the store to the disk at intervals and on request, on a thread of its own, unless the interval is zero. */
final class BackgroundSync implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundSync.class);

    private final Duration interval;
    private final Runnable sync;
    private final AtomicBoolean requested = new AtomicBoolean();
    private volatile @Nullable ScheduledExecutorService executor;
    private @Nullable ScheduledFuture<?> periodic;

    BackgroundSync(Duration interval, Runnable sync) {
        this.interval = interval;
        this.sync = sync;
    }

    void start() {
        if (interval.isZero()) {
            return;
        }
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "block-store-sync");
            thread.setDaemon(true);
            return thread;
        });
        periodic =
                started.scheduleWithFixedDelay(this::run, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        executor = started;
    }

    /** Has the store forced as soon as the thread is free. False when there is no thread to do it. */
    boolean request() {
        ScheduledExecutorService running = executor;
        if (running == null) {
            return false;
        }
        if (requested.compareAndSet(false, true)) {
            try {
                running.execute(this::runRequested);
            } catch (RejectedExecutionException closed) {
                return false;
            }
        }
        return true;
    }

    boolean isRunning() {
        return executor != null;
    }

    private void runRequested() {
        requested.set(false);
        run();
    }

    private void run() {
        try {
            sync.run();
        } catch (BlockStoreException e) {
            if (e.kind() == BlockStoreException.Kind.CLOSED) {
                // The store was closed, and forced, while this was under way.
                return;
            }
            LOG.warn("Forcing the block store to the disk failed; the next attempt is in {}", interval, e);
        }
    }

    /** Begins no more syncs; one that is under way ends by itself. */
    @Override
    public void close() {
        ScheduledExecutorService running = executor;
        executor = null;
        if (periodic != null) {
            periodic.cancel(false);
        }
        if (running != null) {
            running.shutdown();
        }
    }
}
