// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.download.Checksum;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.download.OutputProblem;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The downloads of one command, some at a time, in their order. One that fails does not keep the others. For one use. */
final class DownloadQueue {
    private static final Logger LOGGER = LoggerFactory.getLogger(DownloadQueue.class);

    private final List<DownloadRequest> requests;
    private final BiFunction<DownloadRequest, DownloadListener, DownloadReport> downloader;
    private final boolean sha256;
    private final GetReporter reporter;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReferenceArray<ExitCode> exitCodes;

    /**
     * @param downloader downloads one of them, in the calling thread
     * @param sha256 whether to compute the hash of each
     */
    DownloadQueue(
            List<DownloadRequest> requests,
            BiFunction<DownloadRequest, DownloadListener, DownloadReport> downloader,
            boolean sha256,
            GetReporter reporter) {
        this.requests = List.copyOf(requests);
        this.downloader = downloader;
        this.sha256 = sha256;
        this.reporter = reporter;
        this.exitCodes = new AtomicReferenceArray<>(requests.size());
    }

    /** Runs all of them; returns how the first one in their order that failed did, whenever that was. */
    ExitCode run(int parallel, MeterRegistry registry) {
        reporter.begin();
        int lanes = Math.min(parallel, requests.size());
        if (lanes == 1) {
            drain();
        } else {
            try (Workers workers = Workers.start("get", lanes, lanes, registry)) {
                CompletableFuture.allOf(Stream.generate(() -> CompletableFuture.runAsync(this::drain, workers))
                                .limit(lanes)
                                .toArray(CompletableFuture<?>[]::new))
                        .join();
            }
        }
        reporter.ended();
        for (int i = 0; i < requests.size(); i++) {
            if (exitCodes.get(i) != ExitCode.OK) {
                return exitCodes.get(i);
            }
        }
        return ExitCode.OK;
    }

    private void drain() {
        for (int i = next.getAndIncrement(); i < requests.size(); i = next.getAndIncrement()) {
            exitCodes.set(i, download(requests.get(i)));
        }
    }

    private ExitCode download(DownloadRequest request) {
        FailureException failure;
        try {
            DownloadReport report = downloader.apply(request, reporter.listener(request));
            reporter.complete(request, report, digest(request, report.file()));
            return ExitCode.OK;
        } catch (FailureException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new FailureException(
                    ExitCode.INTERNAL,
                    "unexpected failure with " + request.url() + ": " + e
                            + "; run with --log-level debug for the details and report it",
                    e);
        }
        LOGGER.debug("{}: failed", request.url(), failure);
        reporter.failed(request, failure);
        return failure.exitCode();
    }

    private @Nullable String digest(DownloadRequest request, @Nullable Path file) {
        if (!sha256) {
            return null;
        }
        Checksum checked = request.checksum();
        if (checked != null && checked.algorithm() == Checksum.Algorithm.SHA_256) {
            return checked.hex();
        }
        try {
            return file == null ? null : FileDigest.sha256(file);
        } catch (IOException e) {
            throw new FailureException(
                    ExitCode.CANNOT_WRITE, "cannot read " + file + " again: " + OutputProblem.describe(e), e);
        }
    }
}
