// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The cases {@code HostedCacheServer_PccrrClient_*} of Microsoft's suite: the cache pulls, in the client role of MS-PCCRR. */
@SuppressWarnings("MemberName") // the methods are named exactly like the suite's cases
class HostedCacheServerPccrrClientIT extends HostedCacheServerFixture {
    /** Where fields stand in a response, behind the transport header. */
    private static final int AT_VERSION = 4;

    private static final int AT_TYPE = 8;

    /** In the suite this is what the cases for the three other algorithms call. */
    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_CryptoAlgoIdV2() throws Exception {
        pullsAndKeeps(AES_128);
    }

    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_CryptoAlgoIdAES192V2() throws Exception {
        pullsAndKeeps(AES_192);
    }

    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_CryptoAlgoIdAES256V2() throws Exception {
        pullsAndKeeps(AES_256);
    }

    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_CryptoAlgoIdNoEncryptionV2() throws Exception {
        pullsAndKeeps(NONE);
    }

    /** The suite's peer has no octets to send at all; this one sends the right ones behind the wrong type. */
    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_TypeInvalidV2() throws Exception {
        takesNoAnswerWith(AT_TYPE, 0xFEFE);
    }

    /** The suite's peer has the wrong type too, and no octets; in this one's answer nothing is wrong but the version. */
    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_ProtoVerIncompatibleV2() throws Exception {
        takesNoAnswerWith(AT_VERSION, 0xFEFE_FEFE);
    }

    /** Asked once, one block, in version 1.0 and with AES-128 preferred; what came is what is served. */
    private void pullsAndKeeps(int crypto) throws Exception {
        SuiteContent content = SuiteContent.v2(crypto + 10, BLOCK_BYTES, BLOCK_BYTES / 2 + 3);
        ServerRolePeer peer = honestPeer(content, crypto);

        client.offerV2(SuiteBytes.batchedOffer(peer.port(), content.segments()));

        for (SuiteContent.Segment segment : content.segments()) {
            awaitCached(segment);
            assertThat(peer.blocksAsked(segment.id())).isEqualTo(1);
            SuiteAnswer.Block block = block(segment, crypto, 0);
            assertThat(block.crypto()).isEqualTo(crypto);
            assertThat(block.iv()).isEqualTo(crypto == NONE ? new byte[0] : ServerRolePeer.IV);
            assertThat(SuiteContent.decrypt(crypto, segment.secret(), block.iv(), block.octets()))
                    .isEqualTo(segment.plain());
        }
    }

    private void takesNoAnswerWith(int at, int value) throws Exception {
        SuiteContent content = SuiteContent.v2(20, BLOCK_BYTES);
        SuiteContent.Segment segment = content.segments().get(0);
        ServerRolePeer peer = peer(content, (asked, index) -> {
            byte[] answer = ServerRolePeer.block(asked, index, AES_128);
            ByteBuffer.wrap(answer).putInt(at, value);
            return answer;
        });

        assertThat(client.offerV2(SuiteBytes.batchedOffer(peer.port(), content.segments()))
                        .responseCode())
                .isEqualTo(OK);

        peer.awaitBlocksAsked(segment.id(), 1);
        pullAnother(SuiteContent.v2(21, 3_000));
        assertNotCached(segment);
    }
}
