// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRange;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.NegotiationRequest;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RequestId;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.RetrievalResponse;
import io.peerdist.codec.pccrr.SegmentList;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.conformance.Await;
import io.peerdist.conformance.Hex;
import io.peerdist.retrieval.RawConnection.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetrievalServerIT {
    private static final String PATH = "/116B50EB-ECE2-41ac-8429-9F9E963361B7/";
    private static final SegmentId ID = Blocks.id(1);
    private static final byte[] CIPHERTEXT = Blocks.bytes(5, Blocks.V2_CIPHERTEXT_BYTES);

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ExecutorService pool = new ThreadPoolExecutor(0, 2, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private FileSegmentSource source;

    @BeforeEach
    void open() throws Exception {
        source = new FileSegmentSource(directory);
        source.hold(ID, 3, CryptoAlgorithm.AES_128, Blocks.iv(3), CIPHERTEXT);
        source.hold(ID, 7, CryptoAlgorithm.AES_256, Blocks.iv(7), Blocks.bytes(7, 64));
    }

    @AfterEach
    void close() throws Exception {
        for (int i = toClose.size() - 1; i >= 0; i--) {
            toClose.get(i).close();
        }
        pool.shutdownNow();
        source.close();
        assertThat(source.open()).as("blocks left open").isZero();
        assertThat(source.closedTwice).hasValue(0);
        assertThat(registry.get("peerdist_upload_sessions").gauge().value()).isZero();
    }

    @Test
    void servesTheVeryOctetsThatIpxeSendsAndKeepsTheConnection() throws Exception {
        HttpLoopback listener = listen();
        byte[] request = Hex.parse("00000001 00000003 00000044 00000001 00000020" + Hex.of(ID.toByteArray())
                + "00000001 00000003 00000001 00000000");
        assertThat(request).hasSize(68);
        String head = """
                POST /116B50EB-ECE2-41ac-8429-9F9E963361B7/ HTTP/1.1
                Content-Length: 68
                Connection: keep-alive
                User-Agent: iPXE/2.0.0+
                Host: 10.0.2.2:18092

                """;

        try (RawConnection connection = new RawConnection(listener.address())) {
            for (int i = 0; i < 3; i++) {
                Response response = connection.send(head, request).receive();

                assertThat(response.statusLine()).startsWith("HTTP/1.1 200 ");
                assertThat(response.headers())
                        .containsEntry("content-length", "131180")
                        .doesNotContainKey("transfer-encoding");
                assertThat(RetrievalCodec.decodeResponse(ByteBuffer.wrap(response.body())))
                        .isEqualTo(new BlockResponse(ID, 3, 7, CryptoAlgorithm.AES_128, CIPHERTEXT, Blocks.iv(3)));
            }
        }
        Await.until("blocks closed", () -> source.closed.get() == 3);
        Await.until("counted", () -> requests("get_blocks", "served") == 3);
        Await.until(
                "octets counted",
                () -> registry.get("peerdist_served_bytes").counter().count() == 3.0 * CIPHERTEXT.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/116B50EB-ECE2-41ac-8429-9F9E963361B7",
                "/116b50eb-ece2-41ac-8429-9f9e963361b7/",
                "/116B50EB-ECE2-41AC-8429-9F9E963361B7",
                "http://whoever/116B50EB-ECE2-41ac-8429-9F9E963361B7/"
            })
    void acceptsThePathInEveryForm(String path) throws Exception {
        HttpLoopback listener = listen();
        try (RawConnection connection = new RawConnection(listener.address())) {
            byte[] body = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 7));

            assertThat(connection.post(path, body).receive().status()).isEqualTo(200);
        }
    }

    @Test
    void answersEveryMessageOverBothAddressFamilies() throws Exception {
        RetrievalServer server = server(settings());
        for (String address : List.of("127.0.0.1", "::1")) {
            HttpLoopback listener = listen(server, address);
            try (RawConnection connection = new RawConnection(listener.address())) {
                assertThat(ask(connection, new NegotiationRequest(VersionRange.SUPPORTED)))
                        .isEqualTo(new NegotiationResponse(VersionRange.SUPPORTED));
                assertThat(ask(
                                connection,
                                new GetBlockList(ID, List.of(new BlockRange(0, 5)), CryptoAlgorithm.AES_128)))
                        .isEqualTo(new BlockList(ID, BlockRanges.of(List.of(new BlockRange(3, 1))), 7));
                assertThat(ask(connection, GetBlocks.one(ID, 7)))
                        .isEqualTo(new BlockResponse(
                                ID, 7, 0, CryptoAlgorithm.AES_256, Blocks.bytes(7, 64), Blocks.iv(7)));
                assertThat(ask(connection, GetBlocks.one(ID, 4))).isEqualTo(BlockResponse.missing(ID, 4, 7));
                RequestId requestId = RequestId.of(Blocks.bytes(9, 16));
                assertThat(ask(connection, new GetSegmentList(requestId, List.of(Blocks.id(2), ID), null)))
                        .isInstanceOfSatisfying(SegmentList.class, list -> {
                            assertThat(list.requestId()).isEqualTo(requestId);
                            assertThat(list.segments().stream()).containsExactly(1);
                        });
            }
        }
    }

    @Test
    void answersAnUnsupportedVersionWithNegotiation() throws Exception {
        HttpLoopback listener = listen();
        byte[] request = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3));
        request[3] = 9;
        try (RawConnection connection = new RawConnection(listener.address())) {
            Response response = connection.post(PATH, request).receive();

            assertThat(RetrievalCodec.decodeResponse(ByteBuffer.wrap(response.body())))
                    .isEqualTo(new NegotiationResponse(VersionRange.SUPPORTED));
        }
        Await.until("counted", () -> requests("negotiation", "version") == 1);
    }

    @Test
    void answersARequestOfVersion2InVersion2() throws Exception {
        HttpLoopback listener = listen();
        GetBlockList blocks = new GetBlockList(ID, List.of(new BlockRange(0, 5)), CryptoAlgorithm.AES_128);
        try (RawConnection connection = new RawConnection(listener.address())) {
            for (RetrievalRequest request : List.of(GetBlocks.one(ID, 3), GetBlocks.one(ID, 4), blocks)) {
                byte[] body = RetrievalCodec.encodeRequest(request, ProtocolVersion.V2_0);
                byte[] answer = connection.post(PATH, body).receive().body();

                assertThat(ByteBuffer.wrap(answer).getInt(4)).as("%s", request).isEqualTo(2);
                assertThat(RetrievalCodec.decodeResponse(ByteBuffer.wrap(answer)))
                        .isEqualTo(ask(connection, request));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 40, 67})
    void refusesAMalformedMessageAndCloses(int length) throws Exception {
        HttpLoopback listener = listen();
        byte[] request = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3));
        try (RawConnection connection = new RawConnection(listener.address())) {
            Response response = connection
                    .post(PATH, java.util.Arrays.copyOf(request, length))
                    .receive();

            assertThat(response.status()).isEqualTo(400);
            assertThat(response.headers()).containsEntry("connection", "close");
            assertThat(connection.isAtEnd()).isTrue();
        }
        assertThat(registry.get("peerdist_malformed")
                        .tag("protocol", "MS-PCCRR")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT"})
    void refusesOtherMethodsOnItsPathAndKeepsTheConnection(String method) throws Exception {
        HttpLoopback listener = listen();
        try (RawConnection connection = new RawConnection(listener.address())) {
            Response response = connection
                    .send(method + " " + PATH + " HTTP/1.1\nHost: x\n\n", new byte[0])
                    .receive();

            assertThat(response.status()).isEqualTo(405);
            assertThat(response.headers()).containsEntry("allow", "POST");
            assertThat(ask(connection, GetBlocks.one(ID, 7))).isInstanceOf(BlockResponse.class);
        }
    }

    @Test
    void passesOtherPathsOn() throws Exception {
        HttpLoopback listener = listen();
        try (RawConnection connection = new RawConnection(listener.address())) {
            assertThat(connection.post("/other", new byte[100]).receive().status())
                    .isEqualTo(404);
            assertThat(connection.post(PATH + "x", new byte[100]).receive().status())
                    .isEqualTo(404);
        }
        assertThat(listener.passedOn).hasValue(2);
    }

    @Test
    void answersHttp10WithAContentLengthAndCloses() throws Exception {
        HttpLoopback listener = listen();
        byte[] body = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3));
        try (RawConnection connection = new RawConnection(listener.address())) {
            Response response = connection
                    .send("POST " + PATH + " HTTP/1.0\nContent-Length: " + body.length + "\n\n", body)
                    .receive();

            assertThat(response.body()).hasSize(131_180);
            assertThat(response.headers()).doesNotContainKey("transfer-encoding");
            assertThat(connection.isAtEnd()).isTrue();
        }
    }

    @Test
    void keepsAnHttp10ConnectionWhenAsked() throws Exception {
        HttpLoopback listener = listen();
        byte[] body = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3));
        String head = "POST " + PATH + " HTTP/1.0\nConnection: keep-alive\nContent-Length: " + body.length + "\n\n";
        try (RawConnection connection = new RawConnection(listener.address())) {
            for (int i = 0; i < 2; i++) {
                Response response = connection.send(head, body).receive();
                assertThat(response.headers()).containsEntry("connection", "keep-alive");
                assertThat(response.body()).hasSize(131_180);
            }
        }
    }

    @Test
    void closesAfterTheAnswerWhenAsked() throws Exception {
        HttpLoopback listener = listen();
        byte[] body = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3));
        try (RawConnection connection = new RawConnection(listener.address())) {
            Response response = connection
                    .send(
                            "POST " + PATH + " HTTP/1.1\nConnection: close\nContent-Length: " + body.length + "\n\n",
                            body)
                    .receive();

            assertThat(response.body()).hasSize(131_180);
            assertThat(response.headers()).containsEntry("connection", "close");
            assertThat(connection.isAtEnd()).isTrue();
        }
    }

    @Test
    void answersPipelinedRequestsInTheirOrderAlthoughTheFirstOnesNeedTheDisk() throws Exception {
        HttpLoopback listener = listen();
        source.unchecked = true;
        byte[] slow = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3));
        byte[] fast = RetrievalCodec.encodeRequest(GetBlocks.one(Blocks.id(2), 6));
        try (RawConnection connection = new RawConnection(listener.address())) {
            for (int i = 0; i < 5; i++) {
                connection.post(PATH, slow).post(PATH, fast).post("/elsewhere", fast);
            }
            for (int i = 0; i < 5; i++) {
                assertThat(decode(connection.receive())).isInstanceOfSatisfying(BlockResponse.class, block -> {
                    assertThat(block.blockIndex()).isEqualTo(3);
                    assertThat(block.block()).isEqualTo(CIPHERTEXT);
                });
                assertThat(decode(connection.receive())).isEqualTo(BlockResponse.missing(Blocks.id(2), 6, 0));
                assertThat(connection.receive().status()).isEqualTo(404);
            }
        }
    }

    @Test
    void answersAllOfManyPipelinedRequests() throws Exception {
        HttpLoopback listener = listen();
        CountDownLatch go = new CountDownLatch(1);
        source.forgetful = true;
        source.onDisk = () -> awaitQuietly(go);
        byte[] body = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 7));
        try (RawConnection connection = new RawConnection(listener.address())) {
            for (int i = 0; i < 60; i++) {
                connection.post(PATH, body);
            }
            go.countDown();

            for (int i = 0; i < 60; i++) {
                assertThat(decode(connection.receive())).isInstanceOf(BlockResponse.class);
            }
        }
    }

    @Test
    void answersEmptyAboveTheLimitOfSessions() throws Exception {
        RetrievalServer server = server(settings().withMaxSessions(1));
        HttpLoopback listener = listen(server, "127.0.0.1");
        byte[] body = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3));
        try (RawConnection stuck = new RawConnection(listener.address(), 4_096);
                RawConnection other = new RawConnection(listener.address())) {
            stuck.post(PATH, body);
            Await.until("session open", () -> sessions() == 1);

            assertThat(ask(other, GetBlocks.one(ID, 7))).isEqualTo(BlockResponse.missing(ID, 7, 0));
            assertThat(ask(other, new GetBlockList(ID, List.of(new BlockRange(0, 9)), CryptoAlgorithm.AES_128)))
                    .isEqualTo(new BlockList(ID, BlockRanges.NONE, 0));
            RequestId requestId = RequestId.of(Blocks.bytes(9, 16));
            assertThat(ask(other, new GetSegmentList(requestId, List.of(ID), null)))
                    .isEqualTo(new SegmentList(requestId, List.of(), null));
            assertThat(ask(other, new NegotiationRequest(VersionRange.SUPPORTED)))
                    .isEqualTo(new NegotiationResponse(VersionRange.SUPPORTED));

            assertThat(decode(stuck.receive())).isInstanceOf(BlockResponse.class);
            Await.until("session closed", () -> sessions() == 0);
            assertThat(ask(other, GetBlocks.one(ID, 7)))
                    .isInstanceOfSatisfying(
                            BlockResponse.class,
                            block -> assertThat(block.isEmpty()).isFalse());
        }
        for (String message : List.of("get_blocks", "get_block_list", "get_segment_list")) {
            assertThat(requests(message, "busy")).as(message).isEqualTo(1);
        }
    }

    @Test
    void abortsAnAnswerThatIsNotTakenInTime() throws Exception {
        HttpLoopback listener = listen(server(settings().withUploadTimeout(Duration.ofMillis(100))), "127.0.0.1");
        source.hold(ID, 9, CryptoAlgorithm.NONE, new byte[0], Blocks.bytes(9, 390_000));
        byte[] body = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 9));
        try (RawConnection stuck = new RawConnection(listener.address(), 4_096)) {
            stuck.post(PATH, body).post(PATH, body);

            Await.until("timed out", () -> requests("get_blocks", "timeout") == 1);
            Await.until("closed", () -> source.open() == 0 && sessions() == 0);
            assertThat(stuck.drain()).isLessThan(390_000);
        }
        assertThat(requests("get_blocks", "served")).isZero();
    }

    @Test
    void abortsARequestWhoseDiskDoesNotAnswerInTime() throws Exception {
        HttpLoopback listener = listen(server(settings().withUploadTimeout(Duration.ofMillis(100))), "127.0.0.1");
        CountDownLatch stop = new CountDownLatch(1);
        source.unchecked = true;
        source.onDisk = () -> awaitQuietly(stop);
        try (RawConnection connection = new RawConnection(listener.address())) {
            connection.post(PATH, RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3)));

            assertThat(connection.isAtEnd()).isTrue();
            Await.until("counted", () -> requests("get_blocks", "timeout") == 1);
        } finally {
            stop.countDown();
        }
        Await.until("late block closed", () -> source.opened.get() == 1 && source.open() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closesTheBlockWhenThePeerGoesAwayInTheMiddle(boolean fromDisk) throws Exception {
        HttpLoopback listener = listen();
        source.hold(ID, 9, CryptoAlgorithm.NONE, new byte[0], Blocks.bytes(9, 390_000));
        source.unchecked = fromDisk;
        RawConnection connection = new RawConnection(listener.address(), 4_096);
        connection.post(PATH, RetrievalCodec.encodeRequest(GetBlocks.one(ID, 9)));
        Await.until("block opened", () -> source.opened.get() == 1);

        connection.reset();

        Await.until("block closed", () -> source.open() == 0 && sessions() == 0);
        Await.until("counted", () -> requests("get_blocks", "closed") == 1);
    }

    @Test
    void closesTheBlockThatTheDiskBringsAfterThePeerWentAway() throws Exception {
        HttpLoopback listener = listen();
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        source.unchecked = true;
        source.onDisk = () -> {
            reading.countDown();
            awaitQuietly(go);
        };
        RawConnection connection = new RawConnection(listener.address());
        connection.post(PATH, RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3)));
        assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();

        connection.reset();
        Await.until("session closed", () -> sessions() == 0);
        go.countDown();

        Await.until("block closed", () -> source.opened.get() == 1 && source.open() == 0);
    }

    @Test
    void closesTheConnectionWhenTheFileIsShorterThanTheBlock() throws Exception {
        HttpLoopback listener = listen();
        source.truncate();
        try (RawConnection connection = new RawConnection(listener.address())) {
            connection.post(PATH, RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3)));

            assertThat(connection.drain()).isLessThan(131_180);
        }
        Await.until("block closed", () -> source.open() == 0 && sessions() == 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = RequestResult.class,
            names = {"FAILED", "OVERLOADED"})
    void answersEmptyWhenTheDiskCannotBeAsked(RequestResult why) throws Exception {
        source.forgetful = true;
        source.onDisk = () -> {
            throw new IllegalStateException("the disk is on fire");
        };
        java.util.concurrent.Executor executor = why == RequestResult.FAILED
                ? pool
                : task -> {
                    throw new RejectedExecutionException("full");
                };
        HttpLoopback listener = listen(new RetrievalServer(source, settings(), executor, registry), "127.0.0.1");
        try (RawConnection connection = new RawConnection(listener.address())) {
            assertThat(ask(connection, GetBlocks.one(ID, 3))).isEqualTo(BlockResponse.missing(ID, 3, 0));
        }
        Await.until("counted", () -> requests("get_blocks", why.label()) == 1);
    }

    @Test
    void answersEmptyWhomItDoesNotAdmit() throws Exception {
        AtomicBoolean admitted = new AtomicBoolean();
        List<InetSocketAddress> asked = new CopyOnWriteArrayList<>();
        UploadAdmission admission = (local, remote) -> {
            asked.add(local);
            return admitted.get();
        };
        HttpLoopback listener = listen(new RetrievalServer(source, settings(), admission, pool, registry), "127.0.0.1");
        try (RawConnection connection = new RawConnection(listener.address())) {
            assertThat(ask(connection, GetBlocks.one(ID, 3))).isEqualTo(BlockResponse.missing(ID, 3, 0));
            assertThat(ask(connection, new NegotiationRequest(VersionRange.SUPPORTED)))
                    .isEqualTo(new NegotiationResponse(VersionRange.SUPPORTED));
            Await.until("counted", () -> requests("get_blocks", "refused") == 1);
            assertThat(asked).containsExactly(listener.address());

            admitted.set(true);
            assertThat(ask(connection, GetBlocks.one(ID, 3)))
                    .isInstanceOfSatisfying(
                            BlockResponse.class,
                            block -> assertThat(block.isEmpty()).isFalse());
        }
    }

    @Test
    void tellsListenersOfBlocksThatLeftCompletely() throws Exception {
        RetrievalServer server = server(settings());
        List<String> served = new CopyOnWriteArrayList<>();
        server.addListener((remote, id, index) ->
                served.add(remote.getAddress().isLoopbackAddress() + " " + id.equals(ID) + " " + index));
        HttpLoopback listener = listen(server, "127.0.0.1");
        try (RawConnection connection = new RawConnection(listener.address())) {
            ask(connection, GetBlocks.one(ID, 3));
            ask(connection, GetBlocks.one(ID, 5));
            ask(connection, GetBlocks.one(ID, 7));
        }
        Await.until("told of two", () -> served.size() == 2);
        assertThat(served).containsExactly("true true 3", "true true 7");
    }

    @Test
    void servesManyConnectionsAtOnceWithoutMixingBlocks() throws Exception {
        for (int i = 0; i < 64; i++) {
            source.hold(Blocks.id(100 + i), 0, CryptoAlgorithm.AES_128, Blocks.iv(i), Blocks.bytes(100 + i, 65_552));
        }
        HttpLoopback listener = listen();
        List<RawConnection> connections = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            connections.add(new RawConnection(listener.address()));
        }
        for (int i = 0; i < 64; i++) {
            connections.get(i).post(PATH, RetrievalCodec.encodeRequest(GetBlocks.one(Blocks.id(100 + i), 0)));
        }
        for (int i = 0; i < 64; i++) {
            try (RawConnection connection = connections.get(i)) {
                BlockResponse block = (BlockResponse) decode(connection.receive());
                assertThat(block.block()).isEqualTo(Blocks.bytes(100 + i, 65_552));
            }
        }
    }

    private static RetrievalServerSettings settings() {
        return RetrievalServerSettings.hostedCache();
    }

    private RetrievalServer server(RetrievalServerSettings settings) {
        return new RetrievalServer(source, settings, pool, registry);
    }

    private HttpLoopback listen() {
        return listen(server(settings()), "127.0.0.1");
    }

    private HttpLoopback listen(RetrievalServer server, String address) {
        HttpLoopback listener = new HttpLoopback(server, address);
        toClose.add(listener);
        return listener;
    }

    private static RetrievalResponse ask(RawConnection connection, RetrievalRequest request) throws IOException {
        return decode(
                connection.post(PATH, RetrievalCodec.encodeRequest(request)).receive());
    }

    private static RetrievalResponse decode(Response response) {
        assertThat(response.status()).isEqualTo(200);
        return RetrievalCodec.decodeResponse(ByteBuffer.wrap(response.body()));
    }

    private double sessions() {
        return registry.get("peerdist_upload_sessions").gauge().value();
    }

    private double requests(String message, String result) {
        return registry.get("peerdist_block_requests")
                .tag("role", "hosted_cache")
                .tag("message", message)
                .tag("result", result)
                .counter()
                .count();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
