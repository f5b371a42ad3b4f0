// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.plan.DownloadSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a download went.
 *
 * @param url what was asked for
 * @param file where it is, or null when it went to a stream
 * @param fileBytes its length
 * @param contentVersion 1 or 2, the version of the content information; 0 when there was none
 * @param bytesBySource bytes by where they came from; all but those of content information add up to {@code fileBytes}
 * @param duration from the first request until the file was in place
 * @param offers what became of the offers to hosted caches
 */
public record DownloadReport(
        URI url,
        @Nullable Path file,
        long fileBytes,
        int contentVersion,
        Map<DownloadSource, Long> bytesBySource,
        Duration duration,
        OfferSummary offers) {
    /** Copies the map. */
    public DownloadReport {
        bytesBySource = Map.copyOf(bytesBySource);
    }

    /** Bytes from one source. */
    public long bytesFrom(DownloadSource source) {
        return bytesBySource.getOrDefault(source, 0L);
    }

    /** The same with what became of the offers. */
    public DownloadReport withOffers(OfferSummary summary) {
        return new DownloadReport(url, file, fileBytes, contentVersion, bytesBySource, duration, summary);
    }
}
