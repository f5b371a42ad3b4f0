// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.plan.PlanListener;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The counters of downloads. Thread-safe. */
final class DownloadMetrics implements PlanListener {
    private static final Set<DownloadSource> ASKED_FOR_BLOCKS =
            EnumSet.range(DownloadSource.PARTIAL_FILE, DownloadSource.PEER);

    /** How a download ended. */
    enum Result {
        COMPLETE,
        FAILED,
        /** Nobody wanted the rest. */
        ABANDONED
    }

    private final Map<DownloadSource, Counter> bytes = new EnumMap<>(DownloadSource.class);
    private final Map<DownloadSource, Counter> badBlocks = new EnumMap<>(DownloadSource.class);
    private final Map<DownloadSource, Counter> leftOut = new EnumMap<>(DownloadSource.class);
    private final Counter hedges;
    private final Counter hedgesWon;
    private final Counter waitedInVain;
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
        for (DownloadSource source : ASKED_FOR_BLOCKS) {
            leftOut.put(
                    source,
                    Counter.builder("peerdist_source_left_out")
                            .description(
                                    "Times that a source was left out for a while, as it failed or sent bad blocks")
                            .tag("source", source.metricValue())
                            .register(registry));
        }
        this.hedges = hedges(registry, "started");
        this.hedgesWon = hedges(registry, "won");
        this.waitedInVain = Counter.builder("peerdist_downloads_waited_in_vain")
                .description("Downloads that waited too long for what others were to fetch, and went to the origin")
                .register(registry);
        for (Result result : Result.values()) {
            downloads.put(
                    result,
                    Counter.builder("peerdist_downloads")
                            .description("Downloads by how they ended")
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    private static Counter hedges(MeterRegistry registry, String result) {
        return Counter.builder("peerdist_source_hedges")
                .description(
                        "Blocks asked for at a second source, as the first was slow, and how many of those came first")
                .tag("result", result)
                .register(registry);
    }

    @Override
    public void hedged() {
        hedges.increment();
    }

    @Override
    public void hedgeWon() {
        hedgesWon.increment();
    }

    @Override
    public void waitedInVain() {
        waitedInVain.increment();
    }

    @Override
    public void leftOut(DownloadSource kind) {
        count(leftOut, kind, 1);
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
