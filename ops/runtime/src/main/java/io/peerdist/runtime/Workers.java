// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fixed number of threads and a bounded queue before them, for work that may block. A full queue rejects, and the
 * rejection is counted ({@code peerdist_worker_rejected_total}). Thread-safe.
 */
public final class Workers implements Executor, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Workers.class);
    private static final long CLOSE_LIMIT_SECONDS = 5;

    private final String component;
    private final ThreadPoolExecutor pool;
    private final Counter rejected;

    private Workers(String component, ThreadPoolExecutor pool, MeterRegistry registry) {
        this.component = component;
        this.pool = pool;
        this.rejected = Counter.builder("peerdist_worker_rejected")
                .description("Tasks refused because the queue of the worker pool was full")
                .tag("pool", component)
                .register(registry);
        Gauge.builder("peerdist_worker_queued", pool.getQueue(), queue -> queue.size())
                .description("Tasks that wait for a thread of the worker pool")
                .tag("pool", component)
                .register(registry);
    }

    /**
     * Starts a pool whose threads are named {@code <component>-<n>}.
     *
     * @param queueCapacity tasks that may wait, at least 1
     */
    public static Workers start(String component, int threads, int queueCapacity, MeterRegistry registry) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queueCapacity),
                namedThreads(component),
                new ThreadPoolExecutor.AbortPolicy());
        return new Workers(component, pool, registry);
    }

    private static ThreadFactory namedThreads(String component) {
        AtomicInteger next = new AtomicInteger(1);
        return task -> {
            Thread thread = new Thread(task, component + "-" + next.getAndIncrement());
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler(
                    (dead, failure) -> LOGGER.error("{}: a task failed", dead.getName(), failure));
            return thread;
        };
    }

    /**
     * Runs {@code task} on one of the threads.
     *
     * @throws RejectedExecutionException when the queue is full or the pool is closed
     */
    @Override
    public void execute(Runnable task) {
        try {
            pool.execute(task);
        } catch (RejectedExecutionException e) {
            rejected.increment();
            throw new RejectedExecutionException(
                    component + ": queue of " + pool.getQueue().size() + " tasks is full, or the pool is closed", e);
        }
    }

    /** Takes no more tasks, finishes those it has for 5 seconds, then interrupts them. */
    @Override
    public void close() {
        pool.shutdown();
        try {
            if (!pool.awaitTermination(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                LOGGER.warn(
                        "{}: {} tasks did not end in {} s, interrupting them",
                        component,
                        pool.getActiveCount() + pool.getQueue().size(),
                        CLOSE_LIMIT_SECONDS);
                pool.shutdownNow();
            }
        } catch (InterruptedException e) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
