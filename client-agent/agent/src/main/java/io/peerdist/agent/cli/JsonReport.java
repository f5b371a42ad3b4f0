// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What programs are told of downloads: a JSON object for each that has ended.
 *
 * @param tellsProgress whether there are objects in between, and every object begins with what it is about
 */
record JsonReport(boolean tellsProgress) {
    /** How far a download is. */
    JsonObject progress(DownloadRequest request, DownloadProgress progress) {
        JsonObject json = event("progress").put("url", request.url().toString());
        // JSON has a null for what is not known; a number has none.
        if (progress.fileBytes() < 0) {
            json.put("bytes", (String) null);
        } else {
            json.put("bytes", progress.fileBytes());
        }
        return json.put("doneBytes", progress.doneBytes())
                .put("bytesBySource", sources(progress.bytesBySource()))
                .put("elapsedMillis", progress.elapsedNanos() / 1_000_000);
    }

    /** How a download went. */
    JsonObject complete(DownloadReport report, @Nullable String sha256) {
        JsonObject json = event("complete")
                .put("url", report.url().toString())
                .put("file", text(report.file()))
                .put("bytes", report.fileBytes());
        if (sha256 != null) {
            json.put("sha256", sha256);
        }
        return json.put("version", report.contentVersion())
                .put("bytesBySource", sources(report.bytesBySource()))
                .put("durationMillis", report.duration().toMillis())
                .put("offered", report.offers().offered())
                .put("pulled", report.offers().pulled());
    }

    /** Why there is no file. */
    JsonObject failed(DownloadRequest request, FailureException failure) {
        Path file = request.destination() instanceof DownloadRequest.ToFile to ? to.file() : null;
        return event("failed")
                .put("url", request.url().toString())
                .put("file", text(file))
                .put("error", failure.sentence())
                .put("exitCode", failure.exitCode().code());
    }

    private JsonObject event(String name) {
        JsonObject json = new JsonObject();
        return tellsProgress ? json.put("event", name) : json;
    }

    private static JsonObject sources(Map<DownloadSource, Long> bytesBySource) {
        JsonObject sources = new JsonObject();
        for (DownloadSource source : DownloadSource.values()) {
            sources.put(source.jsonName(), bytesBySource.getOrDefault(source, 0L));
        }
        return sources;
    }

    private static @Nullable String text(@Nullable Path file) {
        return file == null ? null : file.toString();
    }
}
