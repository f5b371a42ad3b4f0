// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.plan.DownloadSource;
import java.util.EnumMap;
import java.util.Map;

/** Counts the bytes of one download by source. Used by the thread that downloads. */
final class DownloadTally {
    private final Map<DownloadSource, Long> bytes = new EnumMap<>(DownloadSource.class);
    private final DownloadMetrics metrics;

    DownloadTally(DownloadMetrics metrics) {
        this.metrics = metrics;
    }

    void add(DownloadSource source, long count) {
        bytes.merge(source, count, Long::sum);
        metrics.received(source, count);
    }

    /** The bytes of the file have to be fetched or checked anew. */
    void restart() {
        bytes.keySet().removeIf(source -> source != DownloadSource.CONTENT_INFORMATION);
    }

    /** Bytes of the file. */
    long fileBytes() {
        long sum = 0;
        for (Map.Entry<DownloadSource, Long> entry : bytes.entrySet()) {
            sum += entry.getKey() == DownloadSource.CONTENT_INFORMATION ? 0 : entry.getValue();
        }
        return sum;
    }

    Map<DownloadSource, Long> bytesBySource() {
        return Map.copyOf(bytes);
    }
}
