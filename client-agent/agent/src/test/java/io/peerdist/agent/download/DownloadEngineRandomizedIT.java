// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockCipher;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import io.peerdist.runtime.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;

/** The whole engine, with threads and an origin on loopback, against sources that lie, fail and deliver rubbish. */
class DownloadEngineRandomizedIT {
    private static final OriginSettings ORIGIN =
            new OriginSettings(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5), 64 << 20);
    private static final int MAX_IN_FLIGHT = 8;

    @TempDir
    private Path directory;

    /** What it does with a block follows from the seed and the block, whatever the order of the questions. */
    private static final class FaultySource implements BlockSource {
        private final DownloadSource kind;
        private final byte[] content;
        private final long seed;
        private final int soundPercent;
        private final Workers workers;
        final AtomicInteger inFlight = new AtomicInteger();
        final AtomicInteger maxSeen = new AtomicInteger();

        FaultySource(DownloadSource kind, byte[] content, Gen gen, Workers workers) {
            this.kind = kind;
            this.content = content;
            this.seed = gen.longBetween(0, Long.MAX_VALUE - 1);
            this.soundPercent = gen.oneOf(0, 50, 90, 100);
            this.workers = workers;
        }

        @Override
        public DownloadSource kind() {
            return kind;
        }

        @Override
        public int maxInFlight() {
            return MAX_IN_FLIGHT;
        }

        private SplittableRandom luck(SegmentDescription segment, int blockIndex) {
            return new SplittableRandom(seed + segment.offsetInContent() + blockIndex);
        }

        @Override
        public CompletableFuture<Holdings> lookUp(List<SegmentDescription> segments) {
            if (luck(segments.get(0), 1_000).nextInt(10) == 0) {
                return CompletableFuture.failedFuture(new IllegalStateException("broken on purpose"));
            }
            return CompletableFuture.supplyAsync(
                    () -> new Holdings(segments.stream().map(this::held).toList(), false), workers);
        }

        private BlockRanges held(SegmentDescription segment) {
            BitSet some = new BitSet();
            IntStream.range(0, segment.blockCount())
                    .filter(block -> luck(segment, block).nextInt(4) > 0)
                    .forEach(some::set);
            return BlockRanges.copyOf(some);
        }

        @Override
        public CompletableFuture<FetchedBlock> fetch(SegmentDescription segment, int blockIndex) {
            maxSeen.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            return CompletableFuture.supplyAsync(() -> block(segment, blockIndex), workers)
                    .whenComplete((block, failure) -> inFlight.decrementAndGet());
        }

        private FetchedBlock block(SegmentDescription segment, int blockIndex) {
            SplittableRandom luck = luck(segment, blockIndex + 2_000);
            byte[] iv = new byte[BlockCipher.IV_BYTES];
            luck.nextBytes(iv);
            int offset = (int) segment.offsetInContent() + blockIndex * segment.blockBytes();
            int length = segment.blockLength(blockIndex);
            byte[] sound = BlockCipher.encrypt(CryptoAlgorithm.AES_256, segment.secret(), iv, content, offset, length);
            if (luck.nextInt(100) < soundPercent) {
                return new FetchedBlock.Encrypted(CryptoAlgorithm.AES_256, iv, sound);
            }
            return switch (luck.nextInt(5)) {
                case 0 -> FetchedBlock.ABSENT;
                case 1 -> throw new IllegalStateException("broken on purpose");
                case 2 -> new FetchedBlock.Encrypted(CryptoAlgorithm.AES_128, iv, sound);
                case 3 -> new FetchedBlock.Plain(Arrays.copyOf(content, luck.nextInt(length + 1)));
                default -> {
                    sound[luck.nextInt(length)] ^= 4;
                    yield new FetchedBlock.Encrypted(CryptoAlgorithm.AES_256, iv, sound);
                }
            };
        }

        @Override
        public void deliveredBad(SegmentDescription segment, int blockIndex) {}
    }

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
            assertThat(List.of(local.maxSeen.get(), hosted.maxSeen.get())).allMatch(seen -> seen <= MAX_IN_FLIGHT);
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
