// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRange;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.RequestId;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.RetrievalResponse;
import io.peerdist.codec.pccrr.SegmentList;
import io.peerdist.codec.pccrr.SegmentRange;
import io.peerdist.conformance.Await;
import io.peerdist.retrieval.RetrievalException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetrievalClientLyingPeersIT extends RetrievalClientFixture {
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
    void takesNoAnswerWithOctetsBehindItsMessage() throws Exception {
        byte[] longer = Arrays.copyOf(ANSWER, ANSWER.length + 4);

        assertFailure(answering("HTTP/1.1 200 OK\nContent-Length: " + longer.length + "\n\n", longer), Kind.MALFORMED);
    }

    @Test
    void takesNoAnswerOfAnUnknownVersionTypeOrAlgorithm() throws Exception {
        for (int offset : new int[] {4, 8, 16}) {
            byte[] wrong = ANSWER.clone();
            ByteBuffer.wrap(wrong).putInt(offset, 0xFEFE);

            assertFailure(
                    answering("HTTP/1.1 200 OK\nContent-Length: " + wrong.length + "\n\n", wrong), Kind.MALFORMED);
        }
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
}
