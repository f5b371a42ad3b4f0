// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.offer.PeerServer;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.hostedcache.HostedCache;
import io.peerdist.hostedcache.HostedCacheSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the comparison measures is right: a hosted cache serves what was filled, and pulls what is offered. */
class LoadIT {
    private static final long CACHE_BYTES = 128L << 20;
    private static final long SEED = 7;

    private final Components components = new Components(Clock.system(), Duration.ofSeconds(20));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @TempDir
    Path directory;

    @AfterEach
    void stop() {
        components.close();
    }

    @ParameterizedTest
    @CsvSource({"5, 1", "7, 3"})
    void servesAFilledStoreAsItsAnswersSay(int blocks, int blocksPerSegment) throws Exception {
        Path answers = Files.createDirectory(directory.resolve("answers"));
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        try (BlockStore store = open("cache")) {
            new StoreFiller(SEED, blocksPerSegment).fill(store, blocks, requests, answers);
        }
        startCache();
        int requestBytes = requests.size() / blocks;

        for (int i = 0; i < blocks; i++) {
            byte[] request = Arrays.copyOfRange(requests.toByteArray(), i * requestBytes, (i + 1) * requestBytes);

            assertThat(post(request)).isEqualTo(Files.readAllBytes(answers.resolve(Integer.toString(i))));
        }
    }

    @Test
    void fillsTheSameFromTheSameSeed() throws IOException {
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        ByteArrayOutputStream second = new ByteArrayOutputStream();
        try (BlockStore one = open("one");
                BlockStore other = open("other")) {
            new StoreFiller(SEED, 2).fill(one, 4, first, null);
            new StoreFiller(SEED, 2).fill(other, 4, second, null);
        }

        assertThat(first.toByteArray()).isEqualTo(second.toByteArray());
    }

    @Test
    void hostedCachePullsWhatIsOfferedInVersion2() throws Exception {
        startCache();
        try (BlockStore store = open("peer");
                EventLoops loops = EventLoops.start("peer", 1);
                PeerServer peer = serve(store, loops)) {
            new OfferSender(peer.address().getPort())
                    .version2(port("http"), new OfferedContent(store, SEED).version2(200));

            await(() -> registry.get("peerdist_store_writes").counter().count() == 200);
        }
    }

    @Test
    void hostedCacheVerifiesAndPullsWhatIsOfferedInVersion1() throws Exception {
        startCache();
        try (BlockStore store = open("peer");
                EventLoops loops = EventLoops.start("peer", 1);
                PeerServer peer = serve(store, loops)) {
            new OfferSender(peer.address().getPort())
                    .version1(port("https"), new OfferedContent(store, SEED).version1(512));

            await(() -> registry.get("peerdist_store_writes").counter().count() == 512);
        }
    }

    private BlockStore open(String name) {
        return BlockStore.open(
                BlockStoreSettings.of(directory.resolve(name), CACHE_BYTES), Clock.system(), new SimpleMeterRegistry());
    }

    private static PeerServer serve(BlockStore store, EventLoops loops) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return PeerServer.start(
                store, Clock.system(), new PeerServer.Binding(address, 64, loops, new SimpleMeterRegistry()));
    }

    private void startCache() {
        SettingOverrides overrides = SettingOverrides.none();
        overrides
                .put("hosted-cache.data-dir", "--data-dir", directory.resolve("cache"))
                .put("hosted-cache.cache-size", "--cache-size", CACHE_BYTES)
                .put("hosted-cache.bind", "--bind", "127.0.0.1")
                .put("hosted-cache.http-port", "--http-port", 0)
                .put("hosted-cache.https-port", "--https-port", 0);
        ConfigurationReader reader = ConfigurationReader.open(null, Set.of(HostedCacheSettings.SECTION), overrides);
        HostedCacheSettings settings = HostedCacheSettings.read(reader.section(HostedCacheSettings.SECTION));
        reader.finish();
        EventLoops loops = components.add("event loops", EventLoops.start("cache", 1));
        HostedCache.start(settings, components, loops, Clock.system(), registry);
    }

    private int port(String name) {
        Matcher ready = Pattern.compile(name + "=\\S*:(\\d+)").matcher(components.readyLine());
        assertThat(ready.find()).as(components.readyLine()).isTrue();
        return Integer.parseInt(ready.group(1));
    }

    private byte[] post(byte[] request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port("http") + RetrievalCodec.PATH))
                                .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private static void await(BooleanSupplier holds) {
        long deadline = Clock.system().nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!holds.getAsBoolean()) {
            assertThat(Clock.system().nanoTime()).as("pulled within a minute").isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
