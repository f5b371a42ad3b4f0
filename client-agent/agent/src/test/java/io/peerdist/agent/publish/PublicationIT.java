// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.offer.PeerServer;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.agent.source.FetchedBlock;
import io.peerdist.agent.source.HostedCacheSource;
import io.peerdist.agent.source.StoredCache;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that changes, and a command that goes away, while an agent takes the file. */
class PublicationIT {
    private static final int BLOCK = 65_536;
    private static final int BLOCKS = 64;

    @TempDir
    private Path directory;

    private final byte[] content = TestContent.random(BLOCKS * BLOCK, 5);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<SegmentDescription> completed = new ArrayList<>();
    private TestOrigin origin;
    private EventLoops loops;
    private RetrievalClient client;
    private BlockStore store;
    private StoredCache cache;
    private OriginAnswer.Hashes hashes;
    private PublishedFile file;
    private PeerServer server;

    @BeforeEach
    void open() throws IOException {
        origin = new TestOrigin(content);
        loops = EventLoops.start("test-publish", 1);
        client = new RetrievalClient(loops.group(), RetrievalClientSettings.DEFAULT, registry);
        store = BlockStore.open(BlockStoreSettings.of(directory.resolve("store"), 64 << 20), Clock.system(), registry);
        cache = new StoredCache(store, new SecureRandom());
        hashes = ContentHashes.ask(
                origin.url("/f"), ContentVersion.V1, OriginSettings.DEFAULTS, Clock.system()::nanoTime);
        Files.write(path(), content);
        file = PublishedFile.open(path(), hashes.information());
        server = PeerServer.start(
                file,
                Clock.system(),
                new PeerServer.Binding(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64, loops, registry));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        file.close();
        client.close();
        loops.close();
        store.close();
        origin.close();
    }

    private Path path() {
        return directory.resolve("setup.bin");
    }

    /** The server, with something that happens before a block is asked of it. */
    private record Watched(BlockSource real, int blockIndex, Runnable event) implements BlockSource {
        @Override
        public DownloadSource kind() {
            return real.kind();
        }

        @Override
        public int maxInFlight() {
            return real.maxInFlight();
        }

        @Override
        public CompletableFuture<Holdings> lookUp(List<SegmentDescription> segments) {
            return real.lookUp(segments);
        }

        @Override
        public CompletableFuture<FetchedBlock> fetch(SegmentDescription segment, int index) {
            if (index == blockIndex) {
                event.run();
            }
            return real.fetch(segment, index);
        }

        @Override
        public void deliveredBad(SegmentDescription segment, int index) {
            real.deliveredBad(segment, index);
        }
    }

    private PublishReport publish(int blockIndex, Runnable event) {
        RateLimit unlimited = RateLimit.unlimited(Clock.system()::nanoTime, (end, nanos) -> end.run());
        BlockSource source =
                new Watched(new HostedCacheSource(server.address(), client, 8, unlimited), blockIndex, event);
        return new Publication(hashes, source, cache, Clock.system()::nanoTime)
                .run(DownloadListener.NONE, (segment, blocks) -> completed.add(segment));
    }

    @Test
    void keepsOneVersionOfAFileThatChanges() {
        PublishReport report = publish(40, () -> overwrite(40));

        // What was on its way may be of either version; nothing that is kept is of the other one.
        assertThat(report.matchedBytes()).isBetween(24L * BLOCK, 40L * BLOCK);
        assertThat(report.matchedBytes() + report.differentBytes()).isEqualTo((long) content.length);
        assertThat(completed).isEmpty();
        SegmentDescription segment = hashes.information().segments().get(0);
        assertThat((long) cache.held(segment).blockCount() * BLOCK).isEqualTo(report.matchedBytes());
    }

    @Test
    void countsWhatIsCutOff() {
        PublishReport report = publish(BLOCKS - 1, () -> {
            try (RandomAccessFile cut = new RandomAccessFile(path().toFile(), "rw")) {
                cut.setLength(10L * BLOCK + 1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        assertThat(report.matchedBytes()).isBetween(10L * BLOCK, (BLOCKS - 1L) * BLOCK);
    }

    @Test
    void endsWhenTheCommandIsGone() {
        assertThatThrownBy(() -> publish(30, server::close))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("is not served any more")
                .hasMessageContaining("what matched so far is kept");
        SegmentDescription segment = hashes.information().segments().get(0);
        assertThat(cache.held(segment).blockCount()).isBetween(1, 30);
    }

    @Test
    void servesOfAFileOnlyWhatBelongsToTheContent() throws IOException {
        SegmentDescription segment = hashes.information().segments().get(0);
        overwrite(3);

        assertThat(file.load(segment.id()).open(2)).isNotNull();
        assertThat(file.load(segment.id()).open(3)).isNull();
        assertThat(file.load(segment.id()).open(BLOCKS))
                .as("beyond the segment")
                .isNull();
        assertThat(file.load(SegmentId.of(new byte[32])).open(0))
                .as("another segment")
                .isNull();
        assertThat(file.load(SegmentId.of(new byte[32])).blocks().blockCount()).isZero();
    }

    private void overwrite(int fromBlock) {
        try (RandomAccessFile changed = new RandomAccessFile(path().toFile(), "rw")) {
            changed.seek((long) fromBlock * BLOCK);
            changed.write(TestContent.random((BLOCKS - fromBlock) * BLOCK, 6));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
