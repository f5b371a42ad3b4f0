// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.download.OfferSummary;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadQueueTest {
    private final StringWriter err = new StringWriter();

    private ExitCode run(
            int downloads, int parallel, BiFunction<DownloadRequest, DownloadListener, DownloadReport> downloader) {
        List<DownloadRequest> requests = IntStream.range(0, downloads)
                .mapToObj(i -> new DownloadRequest(
                        URI.create("http://h/" + i),
                        new DownloadRequest.ToStream(OutputStream.nullOutputStream()),
                        ContentVersion.ANY))
                .toList();
        GetReporter reporter = new GetReporter(
                downloads,
                new GetReporter.Streams(new PrintWriter(new StringWriter()), new PrintWriter(err)),
                null,
                null,
                true,
                () -> 0);
        return new DownloadQueue(requests, downloader, true, reporter).run(parallel, new SimpleMeterRegistry());
    }

    private static DownloadReport report(DownloadRequest request) {
        return new DownloadReport(request.url(), null, 5, 0, Map.of(), Duration.ZERO, OfferSummary.NONE);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void runsAllOfThemAndNeverMoreAtATimeThanItMay(int parallel) {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger all = new AtomicInteger();
        // The first ones stay until as many are there as there may be.
        CountDownLatch together = new CountDownLatch(parallel);

        ExitCode exitCode = run(100, parallel, (request, listener) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            all.incrementAndGet();
            together.countDown();
            await(together);
            running.decrementAndGet();
            return report(request);
        });

        assertThat(exitCode).isEqualTo(ExitCode.OK);
        assertThat(most).hasValue(parallel);
        assertThat(all).hasValue(100);
    }

    @Test
    void endsAsTheFirstInTheirOrderThatFailedWheneverThatWas() {
        CountDownLatch secondFailed = new CountDownLatch(1);

        ExitCode exitCode = run(3, 2, (request, listener) -> {
            switch (request.url().getPath()) {
                case "/0" -> {
                    await(secondFailed);
                    throw new FailureException(ExitCode.ORIGIN_FAILED, "first");
                }
                case "/1" -> throw new FailureException(ExitCode.CANNOT_WRITE, "second");
                default -> secondFailed.countDown();
            }
            return report(request);
        });

        assertThat(exitCode).isEqualTo(ExitCode.ORIGIN_FAILED);
        assertThat(err.toString().lines()).containsExactly("peerdist: second", "peerdist: first");
    }

    @Test
    void goesOnAfterADefect() {
        AtomicInteger all = new AtomicInteger();

        ExitCode exitCode = run(3, 1, (request, listener) -> {
            if (all.incrementAndGet() == 1) {
                throw new IllegalStateException("a defect");
            }
            return report(request);
        });

        assertThat(exitCode).isEqualTo(ExitCode.INTERNAL);
        assertThat(all).hasValue(3);
        assertThat(err.toString())
                .startsWith("peerdist: unexpected failure with http://h/0: java.lang.IllegalStateException: a defect;");
    }
}
