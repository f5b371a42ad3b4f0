// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRange;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.InitialOffer;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.codec.pchc.SegmentInfo;
import io.peerdist.conformance.Await;
import io.peerdist.hostedcache.OfferingClient.Response;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.EventLoops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostedCacheIT {
    private static final String LOCAL = "127.0.0.1";
    private static final byte[] OK = {0, 0, 0, 1, 0};

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private EventLoops loops;
    private Components components;
    private RetrievalClient client;

    @BeforeEach
    void open() {
        components = new Components(Clock.system(), Duration.ofSeconds(20));
        loops = components.add("event loops", EventLoops.start("cache", 2));
        client = new RetrievalClient(
                loops.group(),
                RetrievalClientSettings.DEFAULT.withRequestTimeout(Duration.ofSeconds(20)),
                new SimpleMeterRegistry());
        toClose.add(client);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = toClose.size() - 1; i >= 0; i--) {
            toClose.get(i).close();
        }
        components.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void pullsWhatIsOfferedAndServesTheSameCiphertext(String address) throws Exception {
        HostedCache cache = start(settings(address));
        SegmentDescriptor large = Segments.v2(1, 131_072);
        SegmentDescriptor small = Segments.v2(2, 1);
        LivePeer peer = peer("peer").holdAll(large).holdAll(small);

        Response response = OfferingClient.offer(cache.address(), address, peer.listen(address), large, small);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).containsExactly(box(OK));
        Await.until("pulled", () -> pulls("stored") == 2);
        for (SegmentDescriptor segment : List.of(large, small)) {
            assertThat(Await.result(client.getBlock(cache.address(), segment.id(), 0)))
                    .isEqualTo(Segments.block(segment, 0));
        }
        assertThat(registry.get("peerdist_pull_bytes").counter().count()).isEqualTo(131_088 + 16);
        assertThat(cache.isQuiet()).isTrue();
    }

    @Test
    void doesNotPullWhatItHolds() throws Exception {
        HostedCache cache = start(settings());
        SegmentDescriptor segment = Segments.v2(1, 1_000);
        LivePeer peer = peer("peer").holdAll(segment);
        int port = peer.listen(LOCAL);
        OfferingClient.offer(cache.address(), LOCAL, port, segment);
        Await.until("pulled", () -> pulls("stored") == 1);

        OfferingClient.offer(cache.address(), LOCAL, port, segment);

        Await.until("known", () -> offers("held") == 1);
        assertThat(peer.servedBlocks(1)).hasSize(1);
    }

    @Test
    void pullsVersion1SegmentsAfterAskingWhichBlocksThereAre() throws Exception {
        HostedCache cache = start(settings());
        SegmentDescriptor segment = Segments.v1(1, 9 * Segments.V1_BLOCK_BYTES + 10);
        LivePeer first = peer("first").hold(segment, 0, 2, 3, 4, 8);
        LivePeer second = peer("second").holdAll(segment);

        OfferingClient.offer(cache.address(), LOCAL, first.listen(LOCAL), segment);
        Await.until("first pulled", () -> pulls("partial") == 1);
        assertThat(Await.result(client.getBlockList(cache.address(), segment.id(), BlockRanges.first(10))))
                .isEqualTo(BlockRanges.of(List.of(new BlockRange(0, 1), new BlockRange(2, 3), new BlockRange(8, 1))));

        OfferingClient.offer(cache.address(), LOCAL, second.listen(LOCAL), segment);
        Await.until("second pulled", () -> pulls("stored") == 1);

        assertThat(second.servedBlocks(5)).hasSize(5);
        for (int i = 0; i < 10; i++) {
            assertThat(Await.result(client.getBlock(cache.address(), segment.id(), i))
                            .block())
                    .isEqualTo(Segments.block(segment, i).block());
        }
    }

    @Test
    void asksForFewBlocksWithoutAList() throws Exception {
        HostedCache cache = start(settings());
        SegmentDescriptor few = Segments.v1(1, 3 * Segments.V1_BLOCK_BYTES);
        SegmentDescriptor many = Segments.v1(2, 4 * Segments.V1_BLOCK_BYTES);
        ScriptedPeer peer = scripted(request -> request instanceof GetBlockList get
                ? RetrievalCodec.encodeResponse(new BlockList(get.segmentId(), get.wanted(), 0))
                : RetrievalCodec.encodeResponse(Segments.block(
                        ((GetBlocks) request).segmentId().equals(few.id()) ? few : many,
                        ((GetBlocks) request).blockIndex())));

        OfferingClient.offer(cache.address(), LOCAL, peer.port(), few);
        Await.until("pulled", () -> pulls("stored") == 1);
        assertThat(peer.requests).hasSize(3).hasOnlyElementsOfType(GetBlocks.class);

        OfferingClient.offer(cache.address(), LOCAL, peer.port(), many);
        Await.until("pulled", () -> pulls("stored") == 2);
        assertThat(peer.requests).hasSize(8);
        assertThat(peer.requests.get(3)).isInstanceOf(GetBlockList.class);
    }

    @Test
    void pullsASegmentOnceThatFiftyClientsOfferAtOnce() throws Exception {
        HostedCache cache = start(settings());
        SegmentDescriptor segment = Segments.v2(1, 100_000);
        LivePeer everybody = peer("everybody").holdAll(segment);
        CountDownLatch ready = new CountDownLatch(50);
        List<CompletableFuture<Integer>> offers = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            String address = "127.0.1." + i;
            int port = everybody.listen(address);
            offers.add(CompletableFuture.supplyAsync(
                    () -> {
                        ready.countDown();
                        awaitQuietly(ready);
                        return offerStatus(cache, address, port, segment);
                    },
                    task -> new Thread(task).start()));
        }

        for (CompletableFuture<Integer> offer : offers) {
            assertThat(Await.result(offer)).isEqualTo(200);
        }

        Await.until("pulled", () -> pulls("stored") == 1 && cache.isQuiet());
        assertThat(everybody.servedBlocks(1)).hasSize(1);
        assertThat(offers("queued")).isEqualTo(1);
        Await.until("all counted", () -> offers("remembered") + offers("duplicate") + offers("held") == 49);
    }

    private static int offerStatus(HostedCache cache, String address, int port, SegmentDescriptor segment) {
        try {
            return OfferingClient.offer(cache.address(), address, port, segment).status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aHundredStallingPeersHoldUpNoGoodOne() throws Exception {
        HostedCache cache = start(settings());
        List<SegmentDescriptor> wanted = new ArrayList<>();
        LivePeer good = peer("good");
        for (int i = 0; i < 128; i++) {
            SegmentDescriptor segment = Segments.v2(i, 2_000);
            wanted.add(segment);
            good.holdAll(segment);
        }
        for (int i = 1; i <= 100; i++) {
            // Connections are taken by the kernel, and then nothing happens.
            ServerSocket stalling = new ServerSocket(0, 50, new InetSocketAddress("127.0.2." + i, 0).getAddress());
            toClose.add(stalling);
            SegmentDescriptor[] offered = new SegmentDescriptor[10];
            for (int j = 0; j < offered.length; j++) {
                offered[j] = Segments.v2(1_000 * i + j, 2_000);
            }
            OfferingClient.offer(cache.address(), "127.0.2." + i, stalling.getLocalPort(), offered);
        }
        Await.until("all stalling", () -> cache.pulls().active() == 100);

        OfferingClient.offer(cache.address(), LOCAL, good.listen(LOCAL), wanted.toArray(SegmentDescriptor[]::new));

        Await.until("good one pulled", () -> pulls("stored") == 128);
        // Nobody has timed out yet: the request timeout in this test is longer than any wait.
        assertThat(pulls("timeout")).isZero();
        assertThat(cache.pulls().active()).isEqualTo(100);
    }

    @Test
    void leavesAStallingPeerOutAndTurnsToOthersThatOffered() throws Exception {
        HostedCache cache = start(RunningCache.settings(directory.resolve("cache"), Map.of("request-timeout", "50ms")));
        SegmentDescriptor segment = Segments.v2(1, 2_000);
        ServerSocket stalling = new ServerSocket(0, 50, new InetSocketAddress("127.0.2.1", 0).getAddress());
        toClose.add(stalling);
        LivePeer good = peer("good").holdAll(segment);
        SegmentDescriptor[] offered = new SegmentDescriptor[10];
        for (int i = 0; i < offered.length; i++) {
            offered[i] = Segments.v2(1 + i, 2_000);
        }

        OfferingClient.offer(cache.address(), "127.0.2.1", stalling.getLocalPort(), offered);
        OfferingClient.offer(cache.address(), LOCAL, good.listen(LOCAL), segment);

        Await.until("over", cache::isQuiet);
        assertThat(pulls("timeout")).isEqualTo(3);
        assertThat(pulls("stored")).isEqualTo(1);
        OfferingClient.offer(cache.address(), "127.0.2.1", stalling.getLocalPort(), offered[5]);
        Await.until("left out", () -> offers("left_out") == 1);
    }

    @Test
    void pullsOnlyFromTheAddressThatOffered() throws Exception {
        HostedCache cache = start(settings());
        SegmentDescriptor segment = Segments.v2(1, 2_000);
        LivePeer elsewhere = peer("elsewhere").holdAll(segment);
        int port = elsewhere.listen(LOCAL);

        OfferingClient.offer(cache.address(), "127.0.0.2", port, segment);

        Await.until("tried", () -> pulls("connect") == 2 && cache.isQuiet());
        assertThat(elsewhere.served).isEmpty();
    }

    @Test
    void survivesAnOfferThatNamesItsOwnPort() throws Exception {
        HostedCache cache = start(settings());

        OfferingClient.offer(cache.address(), LOCAL, cache.address().getPort(), Segments.v2(1, 2_000));

        Await.until("asked itself", () -> pulls("missing") == 1 && cache.isQuiet());
    }

    @Test
    void turnsToAnotherPeerThatOfferedWhenTheFirstHasNot() throws Exception {
        HostedCache cache = start(settings());
        SegmentDescriptor segment = Segments.v2(1, 2_000);
        CountDownLatch go = new CountDownLatch(1);
        ScriptedPeer without = scripted(request -> {
            awaitQuietly(go);
            return RetrievalCodec.encodeResponse(BlockResponse.missing(segment.id(), 0, 0));
        });
        LivePeer good = peer("good").holdAll(segment);

        OfferingClient.offer(cache.address(), LOCAL, without.port(), segment);
        OfferingClient.offer(cache.address(), LOCAL, good.listen(LOCAL), segment);
        go.countDown();

        Await.until("pulled", () -> pulls("stored") == 1);
        assertThat(pulls("missing")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "index", "longer", "shorter", "cut", "plain", "list", "garbage", "nothing"})
    void storesNothingThatCannotBeTheBlock(String lie) throws Exception {
        HostedCache cache = start(settings());
        SegmentDescriptor segment = Segments.v2(1, 2_000);
        ScriptedPeer liar = scripted(request -> lie(lie, segment));

        OfferingClient.offer(cache.address(), LOCAL, liar.port(), segment);

        Await.until("given up", () -> offers("queued") == 1 && cache.isQuiet());
        assertThat(pulls("stored")).isZero();
        assertThat(pulls("wrong") + pulls("failed")).isEqualTo(2); // once more, and then no more
        assertThat(cache.statistics().blocks()).isZero();
        assertThat(Await.result(client.getBlock(cache.address(), segment.id(), 0))
                        .isEmpty())
                .isTrue();
    }

    private static byte[] lie(String lie, SegmentDescriptor segment) {
        BlockResponse right = Segments.block(segment, 0);
        byte[] iv = right.initializationVector();
        byte[] block = right.block();
        CryptoAlgorithm aes = CryptoAlgorithm.AES_128;
        return switch (lie) {
            case "id" -> RetrievalCodec.encodeResponse(new BlockResponse(Segments.id(9), 0, 0, aes, block, iv));
            case "index" -> RetrievalCodec.encodeResponse(new BlockResponse(segment.id(), 1, 0, aes, block, iv));
            case "longer" ->
                RetrievalCodec.encodeResponse(new BlockResponse(segment.id(), 0, 0, aes, new byte[2_032], iv));
            case "shorter" ->
                RetrievalCodec.encodeResponse(new BlockResponse(segment.id(), 0, 0, aes, new byte[1_984], iv));
            case "plain" ->
                RetrievalCodec.encodeResponse(
                        new BlockResponse(segment.id(), 0, 0, CryptoAlgorithm.NONE, new byte[2_001], new byte[0]));
            case "cut" -> java.util.Arrays.copyOf(RetrievalCodec.encodeResponse(right), 1_000);
            case "list" -> RetrievalCodec.encodeResponse(new BlockList(segment.id(), BlockRanges.first(1), 0));
            case "garbage" -> Segments.bytes(3, 2_100);
            default -> new byte[0];
        };
    }

    @Test
    void takesBlocksWithoutEncryptionOfExactlyTheirLength() throws Exception {
        HostedCache cache = start(settings());
        SegmentDescriptor segment = Segments.v2(1, 2_000);
        BlockResponse plain =
                new BlockResponse(segment.id(), 0, 0, CryptoAlgorithm.NONE, Segments.bytes(1, 2_000), new byte[0]);
        ScriptedPeer peer = scripted(request -> RetrievalCodec.encodeResponse(plain));

        OfferingClient.offer(cache.address(), LOCAL, peer.port(), segment);

        Await.until("pulled", () -> pulls("stored") == 1);
        assertThat(Await.result(client.getBlock(cache.address(), segment.id(), 0)))
                .isEqualTo(plain);
    }

    @Test
    void dropsWhatTheStoreHasNoPlaceFor() throws Exception {
        HostedCache cache = start(settings());
        SegmentDescriptor stored = Segments.v1(1, 2 * Segments.V1_BLOCK_BYTES);
        SegmentDescriptor otherwise =
                new SegmentDescriptor(100_000, 200_000, ContentTag.BITS, stored.algorithm(), stored.id());
        LivePeer first = peer("first").hold(stored, 0);
        LivePeer second = peer("second").holdAll(otherwise);
        OfferingClient.offer(cache.address(), LOCAL, first.listen(LOCAL), stored);
        Await.until("pulled", () -> pulls("partial") == 1);

        OfferingClient.offer(cache.address(), LOCAL, second.listen(LOCAL), otherwise);

        Await.until("dropped", () -> pulls("not_stored") == 1 && cache.isQuiet());
    }

    @Test
    void answersAnOfferBeforeAnythingIsPulled() throws Exception {
        HostedCache cache = start(settings());
        CountDownLatch go = new CountDownLatch(1);
        SegmentDescriptor segment = Segments.v2(1, 2_000);
        ScriptedPeer slow = scripted(request -> {
            awaitQuietly(go);
            return RetrievalCodec.encodeResponse(Segments.block(segment, 0));
        });

        assertThat(OfferingClient.offer(cache.address(), LOCAL, slow.port(), segment)
                        .status())
                .isEqualTo(200);
        assertThat(pulls("stored")).isZero();

        go.countDown();
        Await.until("pulled", () -> pulls("stored") == 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/0131501b-d67f-491b-9a40-c4bf27bcb4d4",
                "/0131501B-D67F-491B-9A40-C4BF27BCB4D4/",
                "http://cache/0131501b-d67f-491b-9a40-c4bf27bcb4d4/"
            })
    void takesOffersOnThePathInEveryForm(String path) throws Exception {
        HostedCache cache = start(settings());
        byte[] offer = new BatchedOffer(9, List.of(Segments.v2(1, 2_000))).encode();
        try (OfferingClient offering = new OfferingClient(cache.address(), LOCAL)) {
            assertThat(offering.send("POST " + path + " HTTP/1.1\nHost: cache\n", offer)
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void answersHttp10WithKeepAliveUnchunkedAsDotNetNeedsIt() throws Exception {
        HostedCache cache = start(settings());
        byte[] offer = new BatchedOffer(9, List.of(Segments.v2(1, 2_000))).encode();
        try (OfferingClient offering = new OfferingClient(cache.address(), LOCAL)) {
            for (int i = 0; i < 2; i++) {
                Response response = offering.send(
                        "POST /0131501b-d67f-491b-9a40-c4bf27bcb4d4 HTTP/1.0\nConnection: Keep-Alive\n", offer);

                assertThat(response.status()).isEqualTo(200);
                assertThat(response.headers())
                        .containsEntry("content-length", "5")
                        .containsEntry("connection", "keep-alive")
                        .doesNotContainKey("transfer-encoding");
                assertThat(response.body()).containsExactly(box(OK));
            }
        }
    }

    @Test
    void refusesWhatBreaksTheProtocolAndCloses() throws Exception {
        HostedCache cache = start(settings());
        byte[] offer = new BatchedOffer(9, List.of(Segments.v2(1, 2_000))).encode();
        byte[] tooMany = new byte[16 + 129 * (offer.length - 16)];
        System.arraycopy(offer, 0, tooMany, 0, 16);
        for (int i = 0; i < 129; i++) {
            System.arraycopy(offer, 16, tooMany, 16 + i * (offer.length - 16), offer.length - 16);
        }
        byte[] noPort = offer.clone();
        noPort[8] = 0;
        noPort[9] = 0;
        List<byte[]> broken = List.of(
                tooMany,
                noPort,
                java.util.Arrays.copyOf(offer, 16),
                java.util.Arrays.copyOf(offer, offer.length - 1),
                new byte[0],
                new InitialOffer(9, Segments.id(1)).encode(),
                new SegmentInfo(9, ContentTag.BITS, new byte[40]).encode());
        for (byte[] body : broken) {
            try (OfferingClient offering = new OfferingClient(cache.address(), LOCAL)) {
                assertThat(offering.post(body).status()).isEqualTo(400);
                assertThat(offering.isAtEnd()).isTrue();
            }
        }
        assertThat(registry.get("peerdist_malformed")
                        .tag("protocol", "MS-PCHC")
                        .counter()
                        .count())
                .isEqualTo(broken.size());
        assertThat(offers("queued")).isZero();
    }

    @Test
    void ignoresDescriptorsOfAnUnknownHashAlgorithm() throws Exception {
        HostedCache cache = start(settings());
        byte[] offer = new BatchedOffer(9, List.of(Segments.v2(1, 2_000))).encode();
        offer[16 + 26] = 2;
        try (OfferingClient offering = new OfferingClient(cache.address(), LOCAL)) {
            assertThat(offering.post(offer).body()).containsExactly(box(OK));
        }
        Await.until("ignored", () -> offers("ignored") == 1);
        assertThat(offers("queued")).isZero();
    }

    @Test
    void answersOtherMethodsAndPaths() throws Exception {
        HostedCache cache = start(settings());
        try (OfferingClient offering = new OfferingClient(cache.address(), LOCAL)) {
            Response response =
                    offering.send("PUT /0131501b-d67f-491b-9a40-c4bf27bcb4d4 HTTP/1.1\nHost: x\n", new byte[3]);
            assertThat(response.status()).isEqualTo(405);
            assertThat(response.headers()).containsEntry("allow", "POST");
            assertThat(offering.send("POST /C574AC30-5794-4AEE-B1BB-6651C5315029 HTTP/1.1\nHost: x\n", new byte[3])
                            .status())
                    .isEqualTo(404);
            RetrievalRequest request = GetBlocks.one(Segments.id(1), 0);
            assertThat(offering.send(
                                    "POST /116b50eb-ece2-41ac-8429-9f9e963361b7 HTTP/1.1\nHost: x\n",
                                    RetrievalCodec.encodeRequest(request))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void waitsForPullsUnderWayWhenItStops() throws Exception {
        HostedCache cache = start(settings());
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        SegmentDescriptor segment = Segments.v2(1, 2_000);
        ScriptedPeer slow = scripted(request -> {
            asked.countDown();
            awaitQuietly(go);
            return RetrievalCodec.encodeResponse(Segments.block(segment, 0));
        });
        OfferingClient.offer(cache.address(), LOCAL, slow.port(), segment, Segments.v2(2, 2_000));
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

        Thread stopping = new Thread(components::close);
        stopping.start();
        Await.until("what waits is given up", () -> pulls("stopped") == 1);
        go.countDown();
        stopping.join();

        assertThat(pulls("stored")).isEqualTo(1);
        components = new Components(Clock.system(), Duration.ofSeconds(20));
        loops = components.add("event loops", EventLoops.start("cache", 2));
        HostedCache again = HostedCache.start(settings(), components, loops, Clock.system(), new SimpleMeterRegistry());
        try (RetrievalClient other = new RetrievalClient(
                loops.group(),
                RetrievalClientSettings.DEFAULT.withRequestTimeout(Duration.ofSeconds(20)),
                new SimpleMeterRegistry())) {
            assertThat(Await.result(other.getBlock(again.address(), segment.id(), 0)))
                    .isEqualTo(Segments.block(segment, 0));
        }
    }

    private HostedCache start(HostedCacheSettings settings) {
        return HostedCache.start(settings, components, loops, Clock.system(), registry);
    }

    private HostedCacheSettings settings() {
        return settings(LOCAL);
    }

    private HostedCacheSettings settings(String address) {
        return RunningCache.settings(directory.resolve("cache"), Map.of("bind", address, "request-timeout", "30s"));
    }

    private LivePeer peer(String name) {
        LivePeer peer = new LivePeer(directory.resolve(name));
        toClose.add(peer);
        return peer;
    }

    private ScriptedPeer scripted(java.util.function.Function<RetrievalRequest, byte[]> script) throws IOException {
        ScriptedPeer peer = new ScriptedPeer(LOCAL, script);
        toClose.add(peer);
        return peer;
    }

    private double pulls(String result) {
        return registry.get("peerdist_pull_segments")
                .tag("result", result)
                .counter()
                .count();
    }

    private double offers(String result) {
        return registry.get("peerdist_offer_segments")
                .tag("result", result)
                .counter()
                .count();
    }

    private static Byte[] box(byte[] octets) {
        Byte[] boxed = new Byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            boxed[i] = octets[i];
        }
        return boxed;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
