// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.plan.DownloadSource;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The counters of downloads. Thread-safe. */
final class DownloadMetrics {
    /** How a download ended. */
    enum Result {
        COMPLETE,
        FAILED
    }

    private final Map<DownloadSource, Counter> bytes = new EnumMap<>(DownloadSource.class);
    private final Map<DownloadSource, Counter> badBlocks = new EnumMap<>(DownloadSource.class);
    private final Map<Result, Counter> downloads = new EnumMap<>(Result.class);

    DownloadMetrics(MeterRegistry registry) {
        for (DownloadSource source : DownloadSource.values()) {
            bytes.put(
                    source,
                    Counter.builder("peerdist_download_bytes")
                            .description(
                                    "Bytes of verified blocks, and of content information, by where they came from")
                            .tag("source", source.metricValue())
                            .register(registry));
            badBlocks.put(
                    source,
                    Counter.builder("peerdist_download_bad_blocks")
                            .description("Blocks whose hash was wrong, by where they came from")
                            .tag("source", source.metricValue())
                            .register(registry));
        }
        for (Result result : Result.values()) {
            downloads.put(
                    result,
                    Counter.builder("peerdist_downloads")
                            .description("Downloads by how they ended")
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    void received(DownloadSource source, long count) {
        count(bytes, source, count);
    }

    void badBlock(DownloadSource source) {
        count(badBlocks, source, 1);
    }

    void ended(Result result) {
        count(downloads, result, 1);
    }

    private static <K> void count(Map<K, Counter> counters, K key, long amount) {
        Counter counter = counters.get(key);
        if (counter != null) {
            counter.increment((double) amount);
        }
    }
}
