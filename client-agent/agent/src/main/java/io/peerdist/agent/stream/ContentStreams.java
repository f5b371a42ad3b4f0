// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.download.DownloadEngine;
import io.peerdist.agent.download.SegmentListener;
import io.peerdist.agent.offer.OfferSession;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes streams of files that have content information; bounds how many run and what they hold in memory together. Thread-safe. */
public final class ContentStreams implements AutoCloseable {
    /** How long a program may leave alone what waits for it, before its stream ends. */
    static final Duration STALL_LIMIT = Duration.ofMinutes(5);

    private static final Logger LOGGER = LoggerFactory.getLogger(ContentStreams.class);
    private static final int CHECKS_PER_LIMIT = 10;

    /** A thread whose stream has left may not be free yet when the next stream comes. */
    private static final int MAX_THREADS = 2 * StreamBudget.MAX_STREAMS;

    private static final long IDLE_SECONDS = 30;

    /** What a download waits for what is on its way to it, and a little more. */
    private static final long CLOSE_SECONDS = 6;

    private final DownloadEngine engine;
    private final Supplier<Optional<OfferSession>> offers;
    private final LongSupplier nanoTime;
    private final StreamMetrics metrics;
    private final StreamBudget budget = new StreamBudget();
    private final Set<RunningStream> running = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor threads;

    /**
     * The engine stays the caller's to close, after this.
     *
     * @param offers what offers the segments of one download to hosted caches, if anything
     */
    public ContentStreams(
            DownloadEngine engine,
            Supplier<Optional<OfferSession>> offers,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        this(engine, offers, STALL_LIMIT, nanoTime, registry);
    }

    ContentStreams(
            DownloadEngine engine,
            Supplier<Optional<OfferSession>> offers,
            Duration stallLimit,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        this.engine = engine;
        this.offers = offers;
        this.nanoTime = nanoTime;
        this.metrics = new StreamMetrics(budget, registry);
        this.threads = new ThreadPoolExecutor(
                0, MAX_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), named());
        engine.every(
                stallLimit.dividedBy(CHECKS_PER_LIMIT),
                () -> running.forEach(stream -> stream.endIfStalled(stallLimit)));
    }

    private static ThreadFactory named() {
        AtomicInteger next = new AtomicInteger(1);
        return task -> {
            Thread thread = new Thread(task, "agent-stream-" + next.getAndIncrement());
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler(
                    (dead, failure) -> LOGGER.error("{}: a download for a program failed", dead.getName(), failure));
            return thread;
        };
    }

    /**
     * Begins to fetch.
     *
     * @param changed called from any thread, whenever {@link ContentStream#poll} may give something that it did not before, or the
     *     state has changed; must not block
     * @return empty when as many run as may: then the file is to be passed through plainly. Never blocks
     */
    public Optional<ContentStream> start(StreamRequest request, Runnable changed) {
        return begin(request, changed).map(stream -> stream);
    }

    /** The same for those who want to look inside; a seam for tests. */
    Optional<RunningStream> begin(StreamRequest request, Runnable changed) {
        if (threads.isShutdown() || !budget.enter(request.hashes().encodedBytes())) {
            metrics.count(StreamMetrics.Result.REFUSED);
            return Optional.empty();
        }
        StreamWindow window = new StreamWindow(budget, request.from());
        RunningStream stream = new RunningStream(request, window, budget.held(), changed, this::left, nanoTime);
        running.add(stream);
        try {
            threads.execute(() -> drive(stream));
        } catch (RejectedExecutionException e) {
            running.remove(stream);
            window.leave(request.hashes().encodedBytes());
            metrics.count(StreamMetrics.Result.REFUSED);
            return Optional.empty();
        }
        if (threads.isShutdown()) {
            stream.close();
        }
        return Optional.of(stream);
    }

    private void drive(RunningStream stream) {
        OfferSession session = offers.get().orElse(null);
        stream.drive(engine, session == null ? SegmentListener.NONE : session);
        if (session != null) {
            session.letGo();
        }
    }

    private void left(RunningStream stream) {
        running.remove(stream);
        metrics.count(stream.result());
    }

    /** Cuts off all streams. */
    @Override
    public void close() {
        threads.shutdown();
        running.forEach(RunningStream::close);
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
