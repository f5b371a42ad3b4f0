// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrr.BlockRange;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RequestId;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.SegmentList;
import io.peerdist.conformance.Await;
import io.peerdist.retrieval.RetrievalException.Kind;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetrievalClientIT extends RetrievalClientFixture {
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

        assertThat(Await.result(client.negotiate(peer.address()))).isEqualTo(ProtocolVersion.V2_0);
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
    void givesEachQuestionForSegmentsItsOwnIdentifier() throws Exception {
        List<RequestId> identifiers = new CopyOnWriteArrayList<>();
        ScriptedPeer peer = peer(connection -> {
            while (true) {
                GetSegmentList request =
                        (GetSegmentList) RetrievalCodec.decodeRequest(ByteBuffer.wrap(connection.receive()));
                identifiers.add(request.requestId());
                connection.ok(RetrievalCodec.encodeResponse(SegmentList.of(request.requestId(), new BitSet(), null)));
            }
        });
        RetrievalClient client = client(settings());

        for (int i = 0; i < 5; i++) {
            Await.result(client.getSegmentList(peer.address(), List.of(ID)));
        }

        assertThat(identifiers).hasSize(5).doesNotHaveDuplicates();
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
        ScriptedPeer peer = peer(RetrievalClientFixture::answerForever);
        RetrievalClient client = client(settings());

        for (int i = 0; i < 20; i++) {
            assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        }

        assertThat(peer.accepted).hasValue(1);
    }

    @Test
    void opensNoMoreConnectionsThanAllowedAndServesWhatWaits() throws Exception {
        ScriptedPeer peer = peer(RetrievalClientFixture::answerForever);
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
        ScriptedPeer second = peer(RetrievalClientFixture::answerForever);
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
}
