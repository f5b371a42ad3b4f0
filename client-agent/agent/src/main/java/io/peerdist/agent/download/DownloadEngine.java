// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.lease.LeaseDesk;
import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.origin.OriginClient;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.plan.PlanScope;
import io.peerdist.agent.plan.PlanSettings;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.BlockSources;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.retrieval.BlockVerifiers;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.Workers;
import io.peerdist.runtime.digest.Digests;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Downloads files: through content information from partial file, local cache, hosted caches and origin, and plainly from
 * servers that know nothing of PeerDist. Every block is verified before it is written or kept. Memory is bounded by the
 * windows of {@link PlanSettings} and by the content information, whatever the size of the file. Thread-safe.
 */
public final class DownloadEngine implements AutoCloseable {
    /** Several times what a download has in flight, so that several downloads fit. */
    private static final int MAX_WAITING_TASKS = 4_096;

    /** Started as they are needed. One server that is slow to answer keeps few of them from the others. */
    private static final int ORIGIN_THREADS = 32;

    private static final int MAX_WAITING_ORIGIN_TASKS = 256;
    private static final Duration HASH_WAIT = Duration.ofSeconds(10);

    private final Workers workers;
    private final Workers originThreads;
    private final ScheduledExecutorService timer;
    private final DownloadMetrics metrics;
    private final DownloadEnvironment environment;

    /**
     * The sources and the cache stay the caller's to close, after this engine.
     *
     * @param limit for what comes from the origin; the sources keep to it themselves
     */
    public DownloadEngine(
            OriginSettings originSettings,
            SourceFactory sources,
            LocalCache cache,
            RateLimit limit,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        this(originSettings, sources, cache, LeaseDesk.NONE, limit, nanoTime, registry);
    }

    /**
     * An engine.
     *
     * @param leases asked before the origin is; who fetches something to be found in {@code cache}
     */
    public DownloadEngine(
            OriginSettings originSettings,
            SourceFactory sources,
            LocalCache cache,
            LeaseDesk leases,
            RateLimit limit,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        this.workers =
                Workers.start("agent-worker", Runtime.getRuntime().availableProcessors(), MAX_WAITING_TASKS, registry);
        this.originThreads = Workers.start("agent-origin", ORIGIN_THREADS, MAX_WAITING_ORIGIN_TASKS, registry);
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "agent-timer-1");
            thread.setDaemon(true);
            return thread;
        });
        this.metrics = new DownloadMetrics(registry);
        this.environment = new DownloadEnvironment(
                new RunContext(workers, originThreads, nanoTime, leases),
                timer,
                new OriginClient(originSettings, limit, timer, nanoTime),
                List.copyOf(sources.create(workers)),
                cache,
                new BlockVerifiers(Digests::newDigest),
                metrics,
                HASH_WAIT,
                PartFile::open);
    }

    /** Makes the sources of an engine, in order; they run what blocks on {@code workers}. */
    @FunctionalInterface
    public interface SourceFactory {
        List<? extends BlockSources> create(Workers workers);
    }

    /**
     * Downloads a file, in the calling thread.
     *
     * @throws FailureException with one sentence when the file cannot be had or written
     */
    public DownloadReport download(DownloadRequest request, DownloadListener listener, SegmentListener segments) {
        return download(environment, request, listener, segments);
    }

    /**
     * Makes ready to download part of a file to {@code output}, which never fails; nothing is asked for before it runs.
     *
     * @param program header fields of the program that it is for, which go with every request for a range
     */
    public PartDownload part(
            OriginAnswer.Hashes hashes,
            List<Map.Entry<String, String>> program,
            PlanScope scope,
            BlockOutput output,
            SegmentListener segments) {
        return new PartDownload(environment, hashes, program, scope, output, segments);
    }

    /** Runs a short task again and again until the engine is closed. */
    @SuppressWarnings("FutureReturnValueIgnored") // ends with the timer
    public void every(Duration period, Runnable task) {
        timer.scheduleWithFixedDelay(task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The same with another place for files; a seam for tests. */
    DownloadReport download(
            DownloadEnvironment.FileOpener outputs, DownloadRequest request, DownloadListener listener) {
        DownloadEnvironment changed = new DownloadEnvironment(
                environment.run(),
                environment.timer(),
                environment.origin(),
                environment.sources(),
                environment.cache(),
                environment.verifiers(),
                environment.metrics(),
                environment.hashWait(),
                outputs);
        return download(changed, request, listener, SegmentListener.NONE);
    }

    private DownloadReport download(
            DownloadEnvironment in, DownloadRequest request, DownloadListener listener, SegmentListener segments) {
        DownloadMetrics.Result result = DownloadMetrics.Result.FAILED;
        try {
            DownloadReport report = new Download(in, request, listener, segments).run();
            result = DownloadMetrics.Result.COMPLETE;
            return report;
        } finally {
            metrics.ended(result);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        originThreads.close();
        workers.close();
    }
}
