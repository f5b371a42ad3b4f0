// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.retrieval.RetrievalServer;
import io.peerdist.retrieval.RetrievalServerSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.http.HttpListener;
import io.peerdist.runtime.http.HttpListenerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that offers much at once, and the cache that pulls it. Few megabytes in the build; with {@code
 * -Dpull.mebibytes=1024} it tells the speed.
 */
class PullSpeedIT {
    private static final int MEBIBYTES = Integer.getInteger("pull.mebibytes", 16);
    private static final int V2_SEGMENT_BYTES = 100_000;
    private static final int V1_SEGMENT_BYTES = 8 << 20;

    @TempDir
    private Path directory;

    private final Map<SegmentId, SegmentDescription> keys = new ConcurrentHashMap<>();
    private final List<ContentSegment> segments = new ArrayList<>();

    @Test
    void storesWhatItCannotReadAsItCame() throws Exception {
        int count = (int) (((long) MEBIBYTES << 20) / V2_SEGMENT_BYTES);
        for (int i = 0; i < count; i++) {
            segments.add(ContentSegment.v2(i + 1, V2_SEGMENT_BYTES));
        }

        pullAll("version 2.0, opaque");
    }

    @Test
    void verifiesEveryBlockWhoseHashItKnows() throws Exception {
        for (int i = 0; i < Math.max(1, MEBIBYTES / 8); i++) {
            segments.add(ContentSegment.v1(i + 1, V1_SEGMENT_BYTES));
        }
        segments.forEach(segment -> keys.put(segment.id(), segment.description()));

        pullAll("version 1.0, verified");
    }

    private void pullAll(String what) throws IOException {
        String size = Math.max(64, 3L * MEBIBYTES) + "MiB";
        try (Sharing peer = new Sharing(directory.resolve("peer"), (3L * Math.max(64, MEBIBYTES)) << 20);
                RunningCache cache =
                        new RunningCache(directory.resolve("cache"), Map.of("cache-size", size), keys::get)) {
            segments.forEach(peer::hold);
            long bytes = segments.stream()
                    .mapToLong(segment -> segment.description().segmentBytes())
                    .sum();
            long startNanos = Clock.system().nanoTime();
            offer(cache, peer.port());

            cache.awaitQuiet(segments.size());

            double seconds = (Clock.system().nanoTime() - startNanos) / 1e9;
            System.out.printf(
                    "pulled %s: %d bytes in %.2f s, %.3f GB/s%n", what, bytes, seconds, bytes / seconds / 1e9);
            assertThat(cache.pulls("stored")).isEqualTo(segments.size());
            ContentSegment last = segments.get(segments.size() - 1);
            BlockResponse block = cache.block(last.id(), last.blockCount() - 1);
            assertThat(last.decrypted(block)).isEqualTo(last.block(last.blockCount() - 1));
        }
    }

    private void offer(RunningCache cache, int port) throws IOException {
        try (OfferingClient client = new OfferingClient(cache.address(), RunningCache.LOCAL)) {
            for (int from = 0; from < segments.size(); from += BatchedOffer.MAX_DESCRIPTORS) {
                List<SegmentDescriptor> batch =
                        segments.subList(from, Math.min(segments.size(), from + BatchedOffer.MAX_DESCRIPTORS)).stream()
                                .map(ContentSegment::descriptor)
                                .toList();
                byte[] body = new BatchedOffer(port, batch).encode();
                assertThat(client.send("POST " + HostedCacheRequest.OFFER_PATH_V2 + " HTTP/1.1\nHost: cache\n", body)
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    /** A client that shares what it holds and keeps no account of it. */
    private static final class Sharing implements AutoCloseable {
        private final EventLoops loops = EventLoops.start("peer", 1);
        private final ExecutorService pool = Executors.newFixedThreadPool(2);
        private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        private final BlockStore store;
        private final HttpListener listener;

        Sharing(Path directory, long bytes) {
            store = BlockStore.open(BlockStoreSettings.of(directory, bytes), Clock.system(), registry);
            RetrievalServer server =
                    new RetrievalServer(store, RetrievalServerSettings.peer().withMaxSessions(1_000), pool, registry);
            listener = HttpListener.bind(
                    "peer",
                    HttpListenerSettings.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                    loops,
                    Clock.system(),
                    registry,
                    pipeline -> pipeline.addLast(server.newHandler()));
        }

        int port() {
            return listener.localAddress().getPort();
        }

        void hold(ContentSegment segment) {
            SegmentAttributes attributes = new SegmentAttributes(
                    segment.id(),
                    segment.description().blockBytes(),
                    segment.description().segmentBytes(),
                    segment.descriptor().tag().toByteArray());
            for (int i = 0; i < segment.blockCount(); i++) {
                BlockResponse block = segment.encrypted(i);
                PutResult put = store.put(
                        attributes, i, block.cryptoAlgorithm(), block.initializationVector(), block.ciphertext());
                assertThat(put).isEqualTo(PutResult.STORED);
            }
        }

        @Override
        public void close() {
            listener.close();
            loops.close();
            pool.shutdownNow();
            store.close();
        }
    }
}
