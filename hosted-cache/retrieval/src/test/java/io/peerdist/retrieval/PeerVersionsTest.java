// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.NegotiationRequest;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.VersionRange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class PeerVersionsTest {
    private static final RetrievalRequest REQUEST = GetBlocks.one(Blocks.id(1), 3);

    private final PeerVersions versions = new PeerVersions(2);

    @Test
    void asksAPeerAsItAnsweredLast() {
        versions.answered(peer(1), REQUEST, ProtocolVersion.V2_0);

        assertThat(asked(1)).isEqualTo(ProtocolVersion.V2_0);
        assertThat(asked(2)).isEqualTo(ProtocolVersion.V1_0);
    }

    @Test
    void forgetsAPeerThatTakesWhatAllTake() {
        versions.answered(peer(1), REQUEST, ProtocolVersion.V2_0);
        versions.answered(peer(1), REQUEST, ProtocolVersion.V1_0);

        assertThat(asked(1)).isEqualTo(ProtocolVersion.V1_0);
        assertThat(versions.size()).isZero();
    }

    @Test
    void sendsWhatTheVersionLacksAsEver() {
        RetrievalRequest negotiation = new NegotiationRequest(VersionRange.SUPPORTED);
        versions.answered(peer(1), REQUEST, ProtocolVersion.V2_0);

        assertThat(RetrievalCodec.decodeRequest(ByteBuffer.wrap(versions.encode(peer(1), negotiation))))
                .isEqualTo(negotiation);
    }

    @Test
    void remembersSoManyPeersAndNoMore() {
        for (int port = 1; port <= 5; port++) {
            versions.answered(peer(port), REQUEST, ProtocolVersion.V2_0);
            assertThat(asked(port)).isEqualTo(ProtocolVersion.V2_0);
        }

        assertThat(versions.size()).isEqualTo(2);
    }

    private ProtocolVersion asked(int port) {
        return RetrievalCodec.versionOf(ByteBuffer.wrap(versions.encode(peer(port), REQUEST)));
    }

    private static InetSocketAddress peer(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
