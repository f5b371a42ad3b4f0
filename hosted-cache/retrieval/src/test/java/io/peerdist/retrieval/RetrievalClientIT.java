// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRange;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RequestId;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.RetrievalResponse;
import io.peerdist.codec.pccrr.SegmentList;
import io.peerdist.codec.pccrr.SegmentRange;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.conformance.Await;
import io.peerdist.retrieval.RetrievalException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetrievalClientIT {
    private static final SegmentId ID = Blocks.id(1);
    private static final BlockResponse BLOCK = new BlockResponse(
            ID, 3, 7, CryptoAlgorithm.AES_128, Blocks.bytes(3, Blocks.V2_CIPHERTEXT_BYTES), Blocks.iv(3));
    private static final byte[] ANSWER = RetrievalCodec.encodeResponse(BLOCK);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private EventLoopGroup group;

    @BeforeEach
    void open() {
        group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    }

    @AfterEach
    void close() throws Exception {
        for (int i = toClose.size() - 1; i >= 0; i--) {
            toClose.get(i).close();
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void exchangesEveryMessageWithTheServerRole(String address, @TempDir Path directory) throws Exception {
        FileSegmentSource source = new FileSegmentSource(directory);
        toClose.add(source);
        source.hold(ID, 3, CryptoAlgorithm.AES_128, BLOCK.initializationVector(), BLOCK.block());
        source.hold(ID, 7, CryptoAlgorithm.NONE, new byte[0], new byte[1]);
        HttpLoopback peer = new HttpLoopback(
                new RetrievalServer(source, RetrievalServerSettings.peer(), Runnable::run, registry), address);
        toClose.add(peer);
        RetrievalClient client = client(settings());

        assertThat(Await.result(client.negotiate(peer.address()))).isEqualTo(VersionRange.SUPPORTED);
        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(Await.result(client.getBlock(peer.address(), ID, 4)).isEmpty())
                .isTrue();
        assertThat(Await.result(client.getBlockList(peer.address(), ID, BlockRanges.first(5))))
                .isEqualTo(BlockRanges.of(List.of(new BlockRange(3, 1))));
        assertThat(Await.result(client.getSegmentList(peer.address(), List.of(Blocks.id(2), ID))).stream())
                .containsExactly(1);
        assertThat(requests("get_blocks", "ok")).isEqualTo(2);
        assertThat(registry.get("peerdist_retrieval_client_received_bytes")
                        .counter()
                        .count())
                .isGreaterThan(ANSWER.length);
    }

    @Test
    void asksNothingWhenNothingIsWanted() throws Exception {
        ScriptedPeer peer = peer(connection -> connection.hang());
        RetrievalClient client = client(settings());

        assertThat(Await.result(client.getBlockList(peer.address(), ID, BlockRanges.NONE)))
                .isEqualTo(BlockRanges.NONE);
        assertThat(Await.result(client.getSegmentList(peer.address(), List.of())))
                .isEqualTo(new BitSet());
        assertThat(peer.accepted).hasValue(0);
    }

    @Test
    void postsHttp11WithHostAndContentLengthToTheSpecifiedPath() throws Exception {
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            connection.ok(ANSWER);
        });

        Await.result(client(settings()).getBlock(peer.address(), ID, 3));

        String host = "127.0.0.1:" + peer.address().getPort();
        assertThat(peer.heads.get(0))
                .startsWith("POST /116B50EB-ECE2-41ac-8429-9F9E963361B7/ HTTP/1.1\r\n")
                .containsIgnoringCase("\r\nhost: " + host + "\r\n")
                .containsIgnoringCase("\r\ncontent-length: 68\r\n")
                .doesNotContainIgnoringCase("upgrade")
                .doesNotContainIgnoringCase("expect");
    }

    @Test
    void takesChunkedAnswers() throws Exception {
        ScriptedPeer peer = peer(connection -> {
            while (true) {
                connection.receive();
                connection.send("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", new byte[0]);
                for (int from = 0; from < ANSWER.length; from += 10_000) {
                    byte[] chunk = Arrays.copyOfRange(ANSWER, from, Math.min(ANSWER.length, from + 10_000));
                    connection.send(Integer.toHexString(chunk.length) + "\n", chunk);
                    connection.send("\n", new byte[0]);
                }
                connection.send("0\n\n", new byte[0]);
            }
        });
        RetrievalClient client = client(settings());

        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(peer.accepted).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK\n\n",
                "HTTP/1.1 200 OK\nConnection: close\n\n",
                "HTTP/1.1 200 OK\n\n",
                "HTTP/1.1 206 Partial\n\n"
            })
    void takesAnswersThatEndWithTheConnection(String head) throws Exception {
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            connection.send(head, ANSWER);
        });
        RetrievalClient client = client(settings());

        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(peer.accepted).hasValue(2);
    }

    @Test
    void passesOverInterimAnswers() throws Exception {
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            connection.send("HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\nLink: x\n\n", new byte[0]);
            connection.ok(ANSWER);
        });

        assertThat(Await.result(client(settings()).getBlock(peer.address(), ID, 3)))
                .isEqualTo(BLOCK);
    }

    @Test
    void reusesOneConnectionForOneExchangeAfterTheOther() throws Exception {
        ScriptedPeer peer = peer(RetrievalClientIT::answerForever);
        RetrievalClient client = client(settings());

        for (int i = 0; i < 20; i++) {
            assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        }

        assertThat(peer.accepted).hasValue(1);
    }

    @Test
    void opensNoMoreConnectionsThanAllowedAndServesWhatWaits() throws Exception {
        ScriptedPeer peer = peer(RetrievalClientIT::answerForever);
        RetrievalClient client = client(settings().withMaxConnectionsPerPeer(3));
        List<CompletableFuture<BlockResponse>> blocks = new ArrayList<>();

        for (int i = 0; i < 100; i++) {
            blocks.add(client.getBlock(peer.address(), ID, 3));
        }

        for (CompletableFuture<BlockResponse> block : blocks) {
            assertThat(Await.result(block)).isEqualTo(BLOCK);
        }
        assertThat(peer.accepted).hasValueLessThanOrEqualTo(3);
    }

    @Test
    void refusesWhatTheQueueOfAPeerHasNoRoomFor() throws Exception {
        ScriptedPeer peer = peer(connection -> connection.hang());
        RetrievalClient client = client(settings().withMaxConnectionsPerPeer(1).withMaxWaitingPerPeer(1));
        CompletableFuture<BlockResponse> sent = client.getBlock(peer.address(), ID, 3);
        CompletableFuture<BlockResponse> waiting = client.getBlock(peer.address(), ID, 3);

        assertFailure(client.getBlock(peer.address(), ID, 3), Kind.BUSY);
        assertThat(sent).isNotDone();
        assertThat(waiting).isNotDone();
    }

    @Test
    void refusesPeersBeyondTheirLimitUntilOthersAreDoneWith() throws Exception {
        ScriptedPeer first = peer(connection -> {
            connection.receive();
            connection.ok(ANSWER);
        });
        ScriptedPeer second = peer(RetrievalClientIT::answerForever);
        RetrievalClient client = client(settings().withMaxPeers(1));
        ScriptedPeer silent = peer(connection -> connection.hang());
        CompletableFuture<BlockResponse> held = client.getBlock(silent.address(), ID, 3);

        assertFailure(client.getBlock(first.address(), ID, 3), Kind.BUSY);

        assertThat(held.cancel(true)).isTrue();
        Await.until("room for another peer", () -> {
            CompletableFuture<BlockResponse> block = client.getBlock(second.address(), ID, 3);
            return block.handle((answer, failure) -> failure == null).join();
        });
    }

    @Test
    void closesConnectionsThatIdle() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            connection.ok(ANSWER);
            connection.hang();
            closed.countDown();
        });

        Await.result(client(settings().withIdleTimeout(Duration.ofMillis(20))).getBlock(peer.address(), ID, 3));

        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void repeatsARequestOnceOnANewConnectionWhenThePeerHadClosedTheOldOne() throws Exception {
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            connection.ok(ANSWER);
            if (connection.number == 1) {
                connection.receive(); // and closes without an answer
            } else {
                answerForever(connection);
            }
        });
        RetrievalClient client = client(settings());

        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(peer.accepted).hasValue(2);
    }

    @Test
    void doesNotRepeatOnAFreshConnection() throws Exception {
        ScriptedPeer peer = peer(connection -> connection.receive());

        assertFailure(client(settings()).getBlock(peer.address(), ID, 3), Kind.CLOSED);
        assertThat(peer.accepted).hasValue(1);
    }

    @Test
    void doesNotRepeatOnceTheAnswerHasBegun() throws Exception {
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            connection.ok(ANSWER);
            connection.receive();
            connection.send("HTTP/1.1 200 OK\nContent-Length: 100\n\n", new byte[10]);
        });
        RetrievalClient client = client(settings());
        Await.result(client.getBlock(peer.address(), ID, 3));

        assertFailure(client.getBlock(peer.address(), ID, 3), Kind.CLOSED);
        assertThat(peer.accepted).hasValue(1);
    }

    @Test
    void givesUpWhenAPeerDoesNotAnswerInTimeAndClosesTheConnection() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        ScriptedPeer peer = peer(connection -> {
            connection.hang();
            closed.countDown();
        });

        assertFailure(
                client(settings().withRequestTimeout(Duration.ofMillis(50))).getBlock(peer.address(), ID, 3),
                Kind.TIMEOUT);
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(requests("get_blocks", "timeout")).isEqualTo(1);
    }

    @Test
    void givesUpOnAPeerThatTricklesItsAnswer() throws Exception {
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            connection.send("HTTP/1.1 200 OK\nContent-Length: " + ANSWER.length + "\n\n", new byte[0]);
            connection.send("", Arrays.copyOf(ANSWER, ANSWER.length - 1));
            connection.hang();
        });

        assertFailure(
                client(settings().withRequestTimeout(Duration.ofMillis(200))).getBlock(peer.address(), ID, 3),
                Kind.TIMEOUT);
    }

    @Test
    void aStalledExchangeLeavesItsPlaceToTheNextOne() throws Exception {
        ScriptedPeer peer = peer(connection -> {
            if (connection.number == 1) {
                connection.hang();
            } else {
                answerForever(connection);
            }
        });
        RetrievalClient client =
                client(settings().withMaxConnectionsPerPeer(1).withRequestTimeout(Duration.ofMillis(300)));
        CompletableFuture<BlockResponse> stalled = client.getBlock(peer.address(), ID, 3);
        CompletableFuture<BlockResponse> next = client.getBlock(peer.address(), ID, 3);

        assertFailure(stalled, Kind.TIMEOUT);
        assertThat(Await.result(next)).isEqualTo(BLOCK);
    }

    @Test
    void cancellingClosesTheConnectionOfTheExchange() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            asked.countDown();
            connection.hang();
            closed.countDown();
        });
        CompletableFuture<BlockResponse> block = client(settings()).getBlock(peer.address(), ID, 3);
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(block.cancel(true)).isTrue();

        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void saysWhenNobodyListens() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        assertFailure(client(settings()).getBlock(nobody, ID, 3), Kind.CONNECT);
    }

    @Test
    void wantsResolvedAddresses() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("cache.example", 80);

        assertThatThrownBy(() -> client(settings()).getBlock(unresolved, ID, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cache.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 302 Found\nLocation: http://127.0.0.1:1/\nContent-Length: 0\n\n",
                "HTTP/1.1 400 Bad Request\nContent-Length: 0\n\n",
                "HTTP/1.1 404 Not Found\nContent-Length: 0\n\n",
                "HTTP/1.1 503 Service Unavailable\nRetry-After: 3\nContent-Length: 0\n\n",
                "HTTP/1.1 101 Switching Protocols\nUpgrade: h2c\nConnection: upgrade\n\n",
            })
    void takesNoOtherStatus(String head) throws Exception {
        assertFailure(answering(head, new byte[0]), Kind.HTTP_STATUS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\n\n",
                "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\nContent-Length: 3\n\n###",
                "HTTP/1.1 200 OK\nContent-Length: abc\n\n",
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nxyz\n",
                "SSH-2.0-OpenSSH_9.2\n\n",
            })
    void takesNothingButAMessageOverHttp(String answer) throws Exception {
        assertFailure(answering(answer, new byte[0]), Kind.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\nContent-Length: 393221\n\n",
                "HTTP/1.1 200 OK\nContent-Length: 4294967320\n\n",
                "HTTP/1.1 200 OK\nContent-Length: 9223372036854775807\n\n",
            })
    void takesNoAnswerAnnouncedAsTooLarge(String head) throws Exception {
        assertFailure(answering(head, new byte[10]), Kind.TOO_LARGE);
    }

    @Test
    void takesNoAnswerThatTurnsOutTooLarge() throws Exception {
        assertFailure(answering("HTTP/1.1 200 OK\n\n", new byte[393_221]), Kind.TOO_LARGE);
        assertFailure(
                answering("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n70000\n", new byte[0x70000]), Kind.TOO_LARGE);
    }

    @Test
    void takesTheLargestAnswerThereIs() throws Exception {
        BlockResponse largest =
                new BlockResponse(ID, 3, 0, CryptoAlgorithm.NONE, Blocks.bytes(1, 393_144), new byte[0]);
        byte[] body = RetrievalCodec.encodeResponse(largest);
        assertThat(body).hasSize(393_220);
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            connection.ok(body);
        });

        assertThat(Await.result(client(settings()).getBlock(peer.address(), ID, 3)))
                .isEqualTo(largest);
    }

    @Test
    void takesNoEndlessHeader() throws Exception {
        assertFailure(answering("HTTP/1.1 200 OK\nX: " + "x".repeat(20_000), new byte[0]), Kind.TOO_LARGE);
        assertFailure(answering("HTTP/1.1 200 OK\n" + "X: y\n".repeat(20_000), new byte[0]), Kind.TOO_LARGE);
        assertFailure(answering("HTTP/1.1 200 " + "x".repeat(20_000), new byte[0]), Kind.TOO_LARGE);
    }

    @Test
    void takesNoAnswerCutShort() throws Exception {
        assertFailure(
                answeringAndClosing("HTTP/1.1 200 OK\nContent-Length: " + ANSWER.length + "\n\n", new byte[100]),
                Kind.CLOSED);
        assertFailure(
                answeringAndClosing("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n64\n", new byte[50]), Kind.CLOSED);
        assertFailure(answeringAndClosing("HTTP/1.1 20", new byte[0]), Kind.CLOSED);
        assertFailure(answeringAndClosing("HTTP/1.1 200 OK\n\n", Arrays.copyOf(ANSWER, 1_000)), Kind.MALFORMED);
    }

    @Test
    void takesNoBlockOfAnotherSegmentOrIndex() throws Exception {
        assertFailure(
                answered(new BlockResponse(Blocks.id(2), 3, 0, CryptoAlgorithm.AES_128, new byte[16], Blocks.iv(1))),
                Kind.MISMATCH);
        assertFailure(
                answered(new BlockResponse(ID, 4, 0, CryptoAlgorithm.AES_128, new byte[16], Blocks.iv(1))),
                Kind.MISMATCH);
        assertFailure(answered(BlockResponse.missing(ID, 2, 0)), Kind.MISMATCH);
    }

    @Test
    void takesNoOtherMessage() throws Exception {
        assertFailure(answered(new BlockList(ID, BlockRanges.NONE, 0)), Kind.MISMATCH);
        assertFailure(answered(new SegmentList(RequestId.of(new byte[16]), List.of(), null)), Kind.MISMATCH);
    }

    @Test
    void reportsAPeerOfOtherVersions() throws Exception {
        VersionRange future = new VersionRange(new ProtocolVersion(3, 0), new ProtocolVersion(4, 1));

        assertFailure(answered(new NegotiationResponse(future)), Kind.VERSION);
    }

    @Test
    void takesNoEncryptedBlockWithoutAnInitializationVector() throws Exception {
        byte[] noVector = RetrievalCodec.encodeResponse(
                new BlockResponse(ID, 3, 0, CryptoAlgorithm.NONE, Blocks.bytes(1, 32), new byte[0]));
        ByteBuffer.wrap(noVector).putInt(16, CryptoAlgorithm.AES_128.id());

        assertFailure(
                answering("HTTP/1.1 200 OK\nContent-Length: " + noVector.length + "\n\n", noVector), Kind.MALFORMED);
    }

    @Test
    void takesNoBlockListOfOtherBlocksOrSegments() throws Exception {
        BlockRanges wanted = BlockRanges.of(List.of(new BlockRange(2, 3)));

        assertFailure(blockList(wanted, new BlockList(ID, BlockRanges.first(4), 0)), Kind.MISMATCH);
        assertFailure(blockList(wanted, new BlockList(Blocks.id(2), wanted, 0)), Kind.MISMATCH);
        assertThat(Await.result(blockList(wanted, new BlockList(ID, BlockRanges.NONE, 0))))
                .isEqualTo(BlockRanges.NONE);
    }

    @Test
    void takesNoSegmentListOfAnotherRequestOrBeyondTheQuestion() throws Exception {
        assertFailure(
                segmentList(request -> new SegmentList(RequestId.of(Blocks.bytes(1, 16)), List.of(), null)),
                Kind.MISMATCH);
        assertFailure(
                segmentList(request -> new SegmentList(request.requestId(), List.of(new SegmentRange(1, 2)), null)),
                Kind.MISMATCH);
        assertThat(Await.result(segmentList(
                                request -> new SegmentList(request.requestId(), List.of(new SegmentRange(0, 2)), null)))
                        .cardinality())
                .isEqualTo(2);
    }

    @Test
    void doesNotUseAConnectionAgainThatBroughtAWrongAnswerOrUnaskedOctets() throws Exception {
        AtomicInteger answers = new AtomicInteger();
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            if (answers.getAndIncrement() == 0) {
                connection.ok(RetrievalCodec.encodeResponse(BlockResponse.missing(ID, 9, 0)));
            } else {
                connection.ok(ANSWER);
                connection.ok(ANSWER);
            }
            connection.hang();
        });
        RetrievalClient client = client(settings());

        assertFailure(client.getBlock(peer.address(), ID, 3), Kind.MISMATCH);
        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(peer.accepted).hasValue(3);
    }

    @Test
    void closingFailsWhatIsUnderWayAndWhatComesLater() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            asked.countDown();
            connection.hang();
        });
        RetrievalClient client = client(settings().withMaxConnectionsPerPeer(1));
        CompletableFuture<BlockResponse> sent = client.getBlock(peer.address(), ID, 3);
        CompletableFuture<BlockResponse> waiting = client.getBlock(peer.address(), ID, 3);
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

        client.close();

        assertFailure(sent, Kind.CLOSED);
        assertFailure(waiting, Kind.CLOSED);
        assertFailure(client.getBlock(peer.address(), ID, 3), Kind.CLOSED);
    }

    private CompletableFuture<BlockResponse> answered(RetrievalResponse answer) throws IOException {
        byte[] body = RetrievalCodec.encodeResponse(answer);
        return answering("HTTP/1.1 200 OK\nContent-Length: " + body.length + "\n\n", body);
    }

    private CompletableFuture<BlockResponse> answering(String head, byte[] body) throws IOException {
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            connection.send(head, body);
            connection.hang();
        });
        return client(settings()).getBlock(peer.address(), ID, 3);
    }

    private CompletableFuture<BlockResponse> answeringAndClosing(String head, byte[] body) throws IOException {
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            connection.send(head, body);
        });
        return client(settings()).getBlock(peer.address(), ID, 3);
    }

    private CompletableFuture<BlockRanges> blockList(BlockRanges wanted, RetrievalResponse answer) throws IOException {
        ScriptedPeer peer = peer(connection -> {
            connection.receive();
            connection.ok(RetrievalCodec.encodeResponse(answer));
        });
        return client(settings()).getBlockList(peer.address(), ID, wanted);
    }

    private CompletableFuture<BitSet> segmentList(java.util.function.Function<GetSegmentList, RetrievalResponse> answer)
            throws IOException {
        ScriptedPeer peer = peer(connection -> {
            RetrievalRequest request = RetrievalCodec.decodeRequest(ByteBuffer.wrap(connection.receive()));
            connection.ok(RetrievalCodec.encodeResponse(answer.apply((GetSegmentList) request)));
        });
        return client(settings()).getSegmentList(peer.address(), List.of(ID, Blocks.id(2)));
    }

    private static void answerForever(ScriptedPeer.Connection connection) throws IOException {
        while (true) {
            RetrievalRequest request = RetrievalCodec.decodeRequest(ByteBuffer.wrap(connection.receive()));
            assertThat(request).isEqualTo(GetBlocks.one(ID, 3));
            connection.ok(ANSWER);
        }
    }

    private static void assertFailure(CompletableFuture<?> future, Kind kind) {
        assertThat(Await.failure(future))
                .isInstanceOfSatisfying(
                        RetrievalException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
    }

    private static RetrievalClientSettings settings() {
        return RetrievalClientSettings.DEFAULT.withRequestTimeout(Duration.ofSeconds(20));
    }

    private RetrievalClient client(RetrievalClientSettings settings) {
        RetrievalClient client = new RetrievalClient(group, settings, registry);
        toClose.add(client);
        return client;
    }

    private ScriptedPeer peer(ScriptedPeer.Script script) throws IOException {
        ScriptedPeer peer = new ScriptedPeer(script);
        toClose.add(peer);
        return peer;
    }

    private double requests(String message, String result) {
        return registry.get("peerdist_retrieval_client_requests")
                .tag("message", message)
                .tag("result", result)
                .counter()
                .count();
    }
}
