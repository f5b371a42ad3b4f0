// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.plan.DownloadSource;
import java.util.Map;

/**
 * How far a download is.
 *
 * @param fileBytes bytes of the whole file, or -1 while nobody knows
 * @param doneBytes bytes written
 * @param bytesBySource bytes by where they came from; content information counts here but not in {@code doneBytes}
 * @param elapsedNanos nanoseconds since the download began
 */
public record DownloadProgress(
        long fileBytes, long doneBytes, Map<DownloadSource, Long> bytesBySource, long elapsedNanos) {
    /** Copies the map. */
    public DownloadProgress {
        bytesBySource = Map.copyOf(bytesBySource);
    }
}
