// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.conformance.Await;
import io.peerdist.retrieval.RetrievalException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MS-PCCRR 3.1.5.1: what the client does with the versions that a peer supports. */
class RetrievalClientNegotiationIT extends RetrievalClientFixture {
    private final List<ProtocolVersion> asked = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @CsvSource({"1, 0, 1, 0, 1, 0", "1, 0, 2, 0, 2, 0", "2, 5, 2, 9, 2, 0", "2, 0, 9, 0, 2, 0", "1, 7, 1, 9, 1, 0"})
    void findsTheHighestCommonVersionWithItsOwnMinorOne(
            int minMajor, int minMinor, int maxMajor, int maxMinor, int major, int minor) throws Exception {
        ScriptedPeer peer = versions(range(minMajor, minMinor, maxMajor, maxMinor));

        assertThat(Await.result(client(settings()).negotiate(peer.address())))
                .isEqualTo(new ProtocolVersion(major, minor));
        assertThat(asked).containsExactly(ProtocolVersion.V1_0);
    }

    @Test
    void failsANegotiationWithoutACommonVersion() throws Exception {
        assertFailure(client(settings()).negotiate(versions(range(3, 0, 4, 1)).address()), Kind.VERSION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\n",
                "HTTP/1.1 200 OK\nConnection: close\n",
                "HTTP/1.0 200 OK\n",
            })
    void asksAgainInTheHighestCommonVersion(String statusLine) throws Exception {
        ScriptedPeer peer = peer(connection -> {
            while (true) {
                RetrievalRequest request = read(connection);
                byte[] answer = lastAsked().major() == 1 ? negotiation(range(2, 0, 3, 0)) : answer(request);
                connection.send(statusLine + "Content-Length: " + answer.length + "\n\n", answer);
                if (!statusLine.equals("HTTP/1.1 200 OK\n")) {
                    return;
                }
            }
        });
        RetrievalClient client = client(settings());

        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(asked).containsExactly(ProtocolVersion.V1_0, ProtocolVersion.V2_0);
        assertThat(Await.result(client.getBlockList(peer.address(), ID, BlockRanges.first(4))))
                .isEqualTo(BlockRanges.first(4));
        assertThat(asked).containsExactly(ProtocolVersion.V1_0, ProtocolVersion.V2_0, ProtocolVersion.V2_0);
        Await.until("counted", () -> requests("get_blocks", "ok") == 1);
        assertThat(requests("get_blocks", "version")).isZero();
    }

    @Test
    void asksAnewWhenThePeerNoLongerTakesTheVersionItTook() throws Exception {
        AtomicBoolean changed = new AtomicBoolean();
        ScriptedPeer peer = peer(connection -> {
            while (true) {
                RetrievalRequest request = read(connection);
                ProtocolVersion taken = changed.get() ? ProtocolVersion.V1_0 : ProtocolVersion.V2_0;
                connection.ok(
                        lastAsked().equals(taken) ? answer(request) : negotiation(new VersionRange(taken, taken)));
            }
        });
        RetrievalClient client = client(settings());
        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        changed.set(true);
        asked.clear();

        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(Await.result(client.getBlock(peer.address(), ID, 3))).isEqualTo(BLOCK);
        assertThat(asked).containsExactly(ProtocolVersion.V2_0, ProtocolVersion.V1_0, ProtocolVersion.V1_0);
    }

    @Test
    void asksAgainOnce() throws Exception {
        ScriptedPeer peer = versions(range(1, 0, 2, 0));

        assertFailure(client(settings()).getBlock(peer.address(), ID, 3), Kind.VERSION);
        assertThat(asked).containsExactly(ProtocolVersion.V1_0, ProtocolVersion.V2_0);
    }

    @ParameterizedTest
    @CsvSource({"3, 0, 4, 1", "0, 1, 0, 9", "1, 0, 1, 5"})
    void givesUpWhenThereIsNoOtherVersionToAskIn(int minMajor, int minMinor, int maxMajor, int maxMinor)
            throws Exception {
        ScriptedPeer peer = versions(range(minMajor, minMinor, maxMajor, maxMinor));

        assertFailure(client(settings()).getBlock(peer.address(), ID, 3), Kind.VERSION);
        assertThat(asked).containsExactly(ProtocolVersion.V1_0);
        Await.until("counted", () -> requests("get_blocks", "version") == 1);
    }

    @Test
    void asksNoPeerOfVersion1ForSegments() throws Exception {
        ScriptedPeer peer = versions(range(1, 0, 1, 5));

        assertFailure(client(settings()).getSegmentList(peer.address(), List.of(ID)), Kind.VERSION);
        assertThat(asked).containsExactly(ProtocolVersion.V2_0);
    }

    @Test
    void doesNotGiveASecondQuestionMoreTime() throws Exception {
        ScriptedPeer peer = peer(connection -> {
            read(connection);
            connection.ok(negotiation(range(2, 0, 2, 0)));
            connection.hang();
        });

        assertFailure(
                client(settings().withRequestTimeout(Duration.ofMillis(200))).getBlock(peer.address(), ID, 3),
                Kind.TIMEOUT);
    }

    private ScriptedPeer versions(VersionRange supported) throws IOException {
        return peer(connection -> {
            while (true) {
                read(connection);
                connection.ok(negotiation(supported));
            }
        });
    }

    private RetrievalRequest read(ScriptedPeer.Connection connection) throws IOException {
        ByteBuffer body = ByteBuffer.wrap(connection.receive());
        asked.add(RetrievalCodec.versionOf(body));
        return RetrievalCodec.decodeRequest(body);
    }

    private ProtocolVersion lastAsked() {
        return asked.get(asked.size() - 1);
    }

    private static byte[] answer(RetrievalRequest request) {
        return RetrievalCodec.encodeResponse(
                request instanceof GetBlocks ? BLOCK : new BlockList(ID, BlockRanges.first(4), 0),
                ProtocolVersion.V2_0);
    }

    private static byte[] negotiation(VersionRange supported) {
        return RetrievalCodec.encodeResponse(new NegotiationResponse(supported));
    }

    private static VersionRange range(int minMajor, int minMinor, int maxMajor, int maxMinor) {
        return new VersionRange(new ProtocolVersion(minMajor, minMinor), new ProtocolVersion(maxMajor, maxMinor));
    }
}
