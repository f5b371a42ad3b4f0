// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.download.OfferSummary;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.plan.DownloadSource;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GetReporterTest {
    private static final long SECOND = 1_000_000_000L;
    private static final DownloadRequest A = request("a");
    private static final DownloadRequest B = request("b");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private long now;

    private static DownloadRequest request(String name) {
        return new DownloadRequest(
                URI.create("http://h/" + name), new DownloadRequest.ToFile(Path.of(name)), ContentVersion.ANY);
    }

    private GetReporter reporter(int downloads, @Nullable JsonReport json, boolean bar) {
        PrintWriter errors = new PrintWriter(err);
        return new GetReporter(
                downloads,
                new GetReporter.Streams(new PrintWriter(out), errors),
                json,
                bar ? new ProgressBar(errors, 120) : null,
                true,
                () -> now);
    }

    private static DownloadProgress progress(long fileBytes, long doneBytes, long elapsedNanos) {
        return new DownloadProgress(fileBytes, doneBytes, Map.of(DownloadSource.ORIGIN, doneBytes), elapsedNanos);
    }

    @Test
    void printsALineOfProgressPerSecondAndDownload() {
        GetReporter reporter = reporter(2, new JsonReport(true), false);
        DownloadListener a = reporter.listener(A);
        DownloadListener b = reporter.listener(B);
        for (long nanos = 0; nanos <= 2 * SECOND; nanos += SECOND / 10) {
            a.progress(progress(-1, 5, nanos));
        }
        b.progress(progress(10, 5, SECOND / 2));

        String sources =
                ",\"bytesBySource\":{\"partialFile\":0,\"localCache\":0,\"hostedCache\":0,\"peer\":0,\"origin\":5,"
                        + "\"contentInformation\":0},\"elapsedMillis\":";
        assertThat(out.toString().lines())
                .containsExactly(
                        "{\"event\":\"progress\",\"url\":\"http://h/a\",\"bytes\":null,\"doneBytes\":5" + sources
                                + "0}",
                        "{\"event\":\"progress\",\"url\":\"http://h/a\",\"bytes\":null,\"doneBytes\":5" + sources
                                + "1000}",
                        "{\"event\":\"progress\",\"url\":\"http://h/a\",\"bytes\":null,\"doneBytes\":5" + sources
                                + "2000}",
                        "{\"event\":\"progress\",\"url\":\"http://h/b\",\"bytes\":10,\"doneBytes\":5" + sources
                                + "500}");
    }

    @Test
    void tellsProgramsOfTheEndAloneUnlessTheyAskForMore() {
        reporter(1, new JsonReport(false), false).listener(A).progress(progress(10, 5, 0));

        assertThat(out.toString()).isEmpty();
    }

    @Test
    void drawsTheSumOfAllDownloads() {
        GetReporter reporter = reporter(2, null, true);
        reporter.listener(A).progress(progress(10, 5, 0));
        now = SECOND;
        reporter.listener(B).progress(progress(10, 10, 0));

        assertThat(err.toString()).startsWith("\r0 of 2 done, 5 B 0 B/s").contains("\r0 of 2 done,  75% [#######   ]");
    }

    @Test
    void warnsOnALineOfItsOwn() {
        GetReporter reporter = reporter(1, null, true);
        reporter.listener(A).progress(progress(10, 5, 0));
        reporter.listener(A).warning("something is amiss");

        assertThat(err.toString()).endsWith(" \rpeerdist: something is amiss" + System.lineSeparator());
    }

    @Test
    void showsWhatASingleDownloadWaitsFor() {
        reporter(1, null, true).listener(A).waiting(new OfferSummary(5, 2));
        assertThat(err.toString()).contains("pulled 2 of 5");
        err.getBuffer().setLength(0);
        reporter(2, null, true).listener(A).waiting(new OfferSummary(5, 2));
        assertThat(err.toString()).isEmpty();
    }
}
