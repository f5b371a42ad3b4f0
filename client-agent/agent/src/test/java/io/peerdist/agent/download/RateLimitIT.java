// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestHostedCache;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.HostedCacheSource;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.EventLoops;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time stands still, so the longest pause tells how much has been taken in all; no pause is waited for. */
class RateLimitIT {
    private static final long BYTES_PER_SECOND = 1_000;

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong longestNanos = new AtomicLong();
    private final RateLimit limit = RateLimit.of(BYTES_PER_SECOND, () -> 0, (end, nanos) -> {
        longestNanos.accumulateAndGet(nanos, Math::max);
        end.run();
    });

    private long takenBytes() {
        return longestNanos.get() / (1_000_000_000L / BYTES_PER_SECOND);
    }

    @Test
    void countsWhatComesFromOriginAndHostedCacheAlike() throws Exception {
        byte[] content = TestContent.random(2_000_000, 61);
        ContentInformation information = TestContent.information(content, 1);
        try (TestOrigin origin = new TestOrigin(content);
                TestHostedCache cache = new TestHostedCache();
                EventLoops loops = EventLoops.start("test-agent", 1);
                RetrievalClient client = new RetrievalClient(
                        loops.group(),
                        RetrievalClientSettings.DEFAULT.withRequestTimeout(Duration.ofSeconds(20)),
                        registry);
                DownloadEngine engine = new DownloadEngine(
                        OriginSettings.DEFAULTS,
                        workers -> List.of(new HostedCacheSource(cache.address(), client, 8, limit)),
                        LocalCache.NONE,
                        limit,
                        System::nanoTime,
                        registry)) {
            for (int block = 0; block < 10; block++) {
                cache.source.put(information.segments().get(0), block, content);
            }
            DownloadReport report = engine.download(
                    new DownloadRequest(
                            origin.url("/f"), new DownloadRequest.ToFile(directory.resolve("f")), ContentVersion.V1),
                    DownloadListener.NONE,
                    SegmentListener.NONE);

            assertThat(directory.resolve("f")).hasBinaryContent(content);
            assertThat(report.bytesFrom(DownloadSource.HOSTED_CACHE)).isEqualTo(10 * 65_536);
            assertThat(takenBytes())
                    .isBetween(
                            content.length + report.bytesFrom(DownloadSource.CONTENT_INFORMATION),
                            origin.payloadBytes.get() + 10 * 65_536 + 65_536);
        }
    }

    @Test
    void countsPlainBodies() throws Exception {
        byte[] content = TestContent.random(300_000, 62);
        try (TestOrigin origin = new TestOrigin(content);
                DownloadEngine engine = new DownloadEngine(
                        OriginSettings.DEFAULTS,
                        workers -> List.of(),
                        LocalCache.NONE,
                        limit,
                        System::nanoTime,
                        registry)) {
            origin.speaksPeerDist = false;
            engine.download(
                    new DownloadRequest(
                            origin.url("/f"), new DownloadRequest.ToFile(directory.resolve("f")), ContentVersion.ANY),
                    DownloadListener.NONE,
                    SegmentListener.NONE);

            assertThat(takenBytes()).isEqualTo(content.length);
        }
    }
}
