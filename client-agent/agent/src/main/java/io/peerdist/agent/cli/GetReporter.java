// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.ByteCounts;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.download.OfferSummary;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.JsonObject;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells how the downloads of one command get on: people on standard error, programs on standard output. Errors and warnings
 * are told always. Thread-safe.
 */
final class GetReporter {
    private static final long JSON_PROGRESS_NANOS = 1_000_000_000L;
    private static final String PROGRAM = "peerdist: ";

    private final int downloads;
    private final Streams streams;
    private final @Nullable JsonReport json;
    private final @Nullable ProgressBar bar;
    private final boolean quiet;
    private final LongSupplier nanoTime;
    private final ProgressSum sum;
    private long startNanos;
    private int completeFiles;
    private long completeBytes;

    /** Where it is told. */
    record Streams(PrintWriter out, PrintWriter err) {}

    /**
     * @param downloads how many there are
     * @param json what programs are told, or null for nothing
     * @param bar shows all downloads in one line, or null
     * @param quiet whether people are told neither of a download nor of all of them how they went
     */
    GetReporter(
            int downloads,
            Streams streams,
            @Nullable JsonReport json,
            @Nullable ProgressBar bar,
            boolean quiet,
            LongSupplier nanoTime) {
        this.downloads = downloads;
        this.streams = streams;
        this.json = json;
        this.bar = bar;
        this.quiet = quiet;
        this.nanoTime = nanoTime;
        this.sum = new ProgressSum(downloads);
    }

    /** The downloads begin, now that all is ready for them. */
    synchronized void begin() {
        startNanos = nanoTime.getAsLong();
    }

    /** What hears of one download. */
    DownloadListener listener(DownloadRequest request) {
        return new Listener(request);
    }

    private final class Listener implements DownloadListener {
        private final DownloadRequest request;
        private long toldNanos;
        private boolean told;

        Listener(DownloadRequest request) {
            this.request = request;
        }

        @Override
        public void progress(DownloadProgress progress) {
            if (json != null && json.tellsProgress() && isTimeToTell(progress.elapsedNanos())) {
                print(json.progress(request, progress));
            }
            show(request, progress);
        }

        private boolean isTimeToTell(long elapsedNanos) {
            if (told && elapsedNanos - toldNanos < JSON_PROGRESS_NANOS) {
                return false;
            }
            told = true;
            toldNanos = elapsedNanos;
            return true;
        }

        @Override
        public void waiting(OfferSummary offers) {
            showWaiting(offers);
        }

        @Override
        public void warning(String sentence) {
            GetReporter.this.warning(sentence);
        }
    }

    private synchronized void show(DownloadRequest request, DownloadProgress progress) {
        if (bar != null) {
            sum.update(request.url(), progress);
            String label = downloads == 1 ? "" : sum.ended() + " of " + downloads + " done,";
            bar.progress(label, sum.total(nanoTime.getAsLong() - startNanos));
        }
    }

    /** While others still run, their progress is of more interest. */
    private synchronized void showWaiting(OfferSummary offers) {
        if (bar != null && downloads == 1) {
            bar.waiting(offers);
        }
    }

    /** Something is amiss that ends nothing. */
    synchronized void warning(String sentence) {
        if (bar != null) {
            bar.clear();
        }
        streams.err().println(PROGRAM + sentence);
        streams.err().flush();
    }

    /** A file is there; {@code sha256} if it was asked for. */
    synchronized void complete(DownloadRequest request, DownloadReport report, @Nullable String sha256) {
        completeFiles++;
        completeBytes += report.fileBytes();
        ended(request);
        if (json != null) {
            print(json.complete(report, sha256));
        }
        if (!quiet) {
            streams.err().print(DownloadSummary.text(report));
            if (sha256 != null) {
                streams.err().println("  SHA-256: " + sha256);
            }
            streams.err().flush();
        }
    }

    /** A file cannot be had. */
    synchronized void failed(DownloadRequest request, FailureException failure) {
        ended(request);
        warning(failure.sentence());
        if (json != null) {
            print(json.failed(request, failure));
        }
    }

    private void ended(DownloadRequest request) {
        sum.ended(request.url());
        if (bar != null) {
            bar.clear();
        }
    }

    private synchronized void print(JsonObject object) {
        streams.out().println(object);
        streams.out().flush();
    }

    /** All downloads have ended. */
    synchronized void ended() {
        if (!quiet && downloads > 1) {
            streams.err()
                    .printf(
                            Locale.ROOT,
                            "%d of %d downloads complete: %s%n",
                            completeFiles,
                            downloads,
                            ByteCounts.formatTransfer(completeBytes, nanoTime.getAsLong() - startNanos));
            streams.err().flush();
        }
    }
}
