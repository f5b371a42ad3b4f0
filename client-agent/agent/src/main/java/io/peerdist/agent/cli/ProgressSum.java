// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.plan.DownloadSource;
import java.net.URI;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** How far several downloads are together. Holds no more than those that run. Not thread-safe. */
final class ProgressSum {
    private final int downloads;
    private final Map<URI, DownloadProgress> running = new HashMap<>();
    private final Map<DownloadSource, Long> endedBySource = new EnumMap<>(DownloadSource.class);
    private long endedBytes;
    private int ended;

    /** @param downloads how many there are, or will be */
    ProgressSum(int downloads) {
        this.downloads = downloads;
    }

    /** How far one of them is now. */
    void update(URI url, DownloadProgress progress) {
        running.put(url, progress);
    }

    /** One of them is over, well or not: it gets no further. */
    void ended(URI url) {
        ended++;
        DownloadProgress last = running.remove(url);
        if (last != null) {
            endedBytes += last.doneBytes();
            last.bytesBySource().forEach((source, bytes) -> endedBySource.merge(source, bytes, Long::sum));
        }
    }

    /** How many are over. */
    int ended() {
        return ended;
    }

    /** All of them as if they were one; its size is known when that of each is. */
    DownloadProgress total(long elapsedNanos) {
        boolean known = ended + running.size() == downloads;
        long fileBytes = endedBytes;
        long doneBytes = endedBytes;
        Map<DownloadSource, Long> bySource = new EnumMap<>(DownloadSource.class);
        bySource.putAll(endedBySource);
        for (DownloadProgress one : running.values()) {
            known &= one.fileBytes() >= 0;
            fileBytes += one.fileBytes();
            doneBytes += one.doneBytes();
            one.bytesBySource().forEach((source, bytes) -> bySource.merge(source, bytes, Long::sum));
        }
        return new DownloadProgress(known ? fileBytes : -1, doneBytes, bySource, elapsedNanos);
    }
}
