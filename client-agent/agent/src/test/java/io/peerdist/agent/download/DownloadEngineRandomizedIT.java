// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.FaultySource;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import io.peerdist.runtime.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The whole engine, with threads and an origin on loopback, against sources that lie, fail and deliver rubbish. */
class DownloadEngineRandomizedIT {
    private static final OriginSettings ORIGIN =
            new OriginSettings(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5), 64 << 20);

    @TempDir
    private Path directory;

    @RandomizedTest(tries = 25)
    void neverWritesAWrongByte(Gen gen) throws Exception {
        byte[] content = TestContent.random(1 + gen.lengthUpTo(6_000_000), gen.seed());
        ContentVersion version = gen.oneOf(ContentVersion.V1, ContentVersion.V2);
        Path file = directory.resolve("file-" + gen.longBetween(0, Long.MAX_VALUE - 1));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (TestOrigin origin = new TestOrigin(content);
                Workers workers = Workers.start("test-source", 2, 1_024, registry)) {
            origin.honoursRanges = gen.intBetween(0, 3) > 0;
            FaultySource local = new FaultySource(DownloadSource.LOCAL_CACHE, content, gen, workers);
            FaultySource hosted = new FaultySource(DownloadSource.HOSTED_CACHE, content, gen, workers);
            if (gen.bool()) {
                leavePartialFile(gen, origin, file, content);
            }
            try (DownloadEngine engine = new DownloadEngine(
                    ORIGIN,
                    own -> List.of(local, hosted),
                    LocalCache.NONE,
                    RateLimit.NONE,
                    System::nanoTime,
                    registry)) {
                DownloadReport report = engine.download(
                        new DownloadRequest(origin.url("/f"), new DownloadRequest.ToFile(file), version),
                        DownloadListener.NONE,
                        SegmentListener.NONE);

                long sum = Arrays.stream(DownloadSource.values())
                        .filter(source -> source != DownloadSource.CONTENT_INFORMATION)
                        .mapToLong(report::bytesFrom)
                        .sum();
                assertThat(sum).isEqualTo(content.length);
            }
            assertThat(file).hasBinaryContent(content);
            assertThat(List.of(local.maxSeen.get(), hosted.maxSeen.get()))
                    .allMatch(seen -> seen <= FaultySource.MAX_IN_FLIGHT);
        }
    }

    /** Some right bytes, some gaps, some rubbish. */
    private static void leavePartialFile(Gen gen, TestOrigin origin, Path file, byte[] content) throws IOException {
        byte[] partial = Arrays.copyOf(content, gen.intBetween(0, content.length));
        for (int i = gen.intBetween(0, 5); i > 0 && partial.length > 0; i--) {
            int from = gen.intBetween(0, partial.length - 1);
            Arrays.fill(partial, from, Math.min(partial.length, from + 100_000), (byte) gen.intBetween(0, 1));
        }
        Path part = file.resolveSibling("." + file.getFileName() + ".peerdist-part");
        Files.write(part, partial);
        new ResumeJournal(origin.url("/f").toString(), "", false)
                .write(part.resolveSibling(part.getFileName() + ".properties"));
    }
}
