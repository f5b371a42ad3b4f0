// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.conformance.Await;
import io.peerdist.retrieval.RetrievalException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A client, peers that a test scripts, and what both exchange. */
abstract class RetrievalClientFixture {
    static final SegmentId ID = Blocks.id(1);
    static final BlockResponse BLOCK = new BlockResponse(
            ID, 3, 7, CryptoAlgorithm.AES_128, Blocks.bytes(3, Blocks.V2_CIPHERTEXT_BYTES), Blocks.iv(3));
    static final byte[] ANSWER = RetrievalCodec.encodeResponse(BLOCK);

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final List<AutoCloseable> toClose = new ArrayList<>();
    EventLoopGroup group;

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

    static void answerForever(ScriptedPeer.Connection connection) throws IOException {
        while (true) {
            RetrievalRequest request = RetrievalCodec.decodeRequest(ByteBuffer.wrap(connection.receive()));
            assertThat(request).isEqualTo(GetBlocks.one(ID, 3));
            connection.ok(ANSWER);
        }
    }

    static void assertFailure(CompletableFuture<?> future, Kind kind) {
        assertThat(Await.failure(future))
                .isInstanceOfSatisfying(
                        RetrievalException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
    }

    static RetrievalClientSettings settings() {
        return RetrievalClientSettings.DEFAULT.withRequestTimeout(Duration.ofSeconds(20));
    }

    RetrievalClient client(RetrievalClientSettings settings) {
        RetrievalClient client = new RetrievalClient(group, settings, registry);
        toClose.add(client);
        return client;
    }

    ScriptedPeer peer(ScriptedPeer.Script script) throws IOException {
        ScriptedPeer peer = new ScriptedPeer(script);
        toClose.add(peer);
        return peer;
    }

    double requests(String message, String result) {
        return registry.get("peerdist_retrieval_client_requests")
                .tag("message", message)
                .tag("result", result)
                .counter()
                .count();
    }
}
