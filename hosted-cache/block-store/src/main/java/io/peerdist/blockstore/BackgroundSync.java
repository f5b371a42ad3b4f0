// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forces the store to the disk at intervals, on a thread of its own, unless the interval is zero. */
final class BackgroundSync implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundSync.class);

    private final Duration interval;
    private final Runnable sync;
    private @Nullable ScheduledExecutorService executor;
    private @Nullable ScheduledFuture<?> running;

    BackgroundSync(Duration interval, Runnable sync) {
        this.interval = interval;
        this.sync = sync;
    }

    void start() {
        if (interval.isZero()) {
            return;
        }
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "block-store-sync");
            thread.setDaemon(true);
            return thread;
        });
        running = executor.scheduleWithFixedDelay(
                this::run, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
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
        if (running != null) {
            running.cancel(false);
        }
        if (executor != null) {
            executor.shutdown();
        }
    }
}
