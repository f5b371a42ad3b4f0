// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/**
 * The cases of Microsoft's suite about MS-PCCRR in both roles whose content is offered in version 1.0. The cache then knows
 * secret and hashes, and verifies before it stores; the suite's hashes match nothing and its keys are too long, here they are
 * the true ones.
 */
@SuppressWarnings("MemberName") // the methods are named exactly like the suite's cases
class HostedCacheServerPccrrV1IT extends HostedCacheServerFixture {
    /** Where fields stand in a {@code MSG_BLK}, behind the transport header. */
    private static final int AT_VERSION = 4;

    private static final int AT_TYPE = 8;
    private static final int AT_SIZE_OF_BLOCK = 4 + 16 + 4 + 32 + 8;
    private static final int IV_FIELDS_BYTES = 4 + 16;

    private final SuiteContent content = SuiteContent.v1(1, BLOCK_BYTES);
    private final SuiteContent.Segment segment = content.segments().get(0);

    /** In the suite these are what the cases for the three other algorithms call. */
    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_CryptoAlgoId() throws Exception {
        pullsVerifiesAndServes(AES_128, AES_128);
    }

    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_CryptoAlgoIdAES192() throws Exception {
        pullsVerifiesAndServes(AES_192, AES_192);
    }

    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_CryptoAlgoIdAES256() throws Exception {
        pullsVerifiesAndServes(AES_256, AES_256);
    }

    /** A block without encryption is encrypted before it is kept: iPXE can use no other. Its header says so. */
    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_CryptoAlgoIdNoEncryption() throws Exception {
        pullsVerifiesAndServes(NONE, AES_128);
    }

    @Test
    void HostedCacheServer_PccrrServer_MessageHeader_CryptoAlgoId() throws Exception {
        pullsVerifiesAndServes(AES_128, AES_128);
    }

    @Test
    void HostedCacheServer_PccrrServer_MessageHeader_CryptoAlgoIdAES192() throws Exception {
        pullsVerifiesAndServes(AES_192, AES_192);
    }

    @Test
    void HostedCacheServer_PccrrServer_MessageHeader_CryptoAlgoIdAES256() throws Exception {
        pullsVerifiesAndServes(AES_256, AES_256);
    }

    @Test
    void HostedCacheServer_PccrrServer_MessageHeader_CryptoAlgoIdNoEncryption() throws Exception {
        pullsVerifiesAndServes(NONE, AES_128);
    }

    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_TypeInvalid() throws Exception {
        takesNoAnswer(answer -> answer.putInt(AT_TYPE, 0xFEFE));
    }

    /** The suite's peer sends an empty block besides; in this one's answer nothing is wrong but the version. */
    @Test
    void HostedCacheServer_PccrrClient_MessageHeader_ProtoVerIncompatible() throws Exception {
        takesNoAnswer(answer -> answer.putInt(AT_VERSION, 0xFEFE_FEFE));
    }

    /** {@code SizeOfBlock} says nothing, the octets are there. */
    @Test
    void HostedCacheServer_PchcServer_GetBlocks_SizeOfBlockNotMatch() throws Exception {
        takesNoAnswer(answer -> answer.putInt(AT_SIZE_OF_BLOCK, 0));
    }

    @Test
    void HostedCacheServer_PchcServer_GetBlocks_SizeOfIVBlockNotMatch() throws Exception {
        takesNoAnswer(answer -> answer.putInt(answer.capacity() - IV_FIELDS_BYTES, 0));
    }

    private void pullsVerifiesAndServes(int crypto, int servedCrypto) throws Exception {
        ServerRolePeer peer = honestPeer(content, crypto);

        assertThat(offer(peer)).isEqualTo(OK);

        awaitCached(segment);
        assertThat(peer.blocksAsked(segment.id())).isEqualTo(1);
        peer.close();
        SuiteAnswer.Block block = block(segment, crypto, 0);
        assertThat(block.crypto()).isEqualTo(servedCrypto);
        assertThat(SuiteContent.decrypt(block.crypto(), segment.secret(), block.iv(), block.octets()))
                .isEqualTo(content.octets());
    }

    private void takesNoAnswer(java.util.function.Consumer<ByteBuffer> lie) throws Exception {
        ServerRolePeer peer = peer(content, (asked, index) -> {
            byte[] answer = ServerRolePeer.block(asked, index, AES_128);
            lie.accept(ByteBuffer.wrap(answer));
            return answer;
        });

        assertThat(offer(peer)).isEqualTo(OK);

        peer.awaitBlocksAsked(segment.id(), 1);
        pullAnother(SuiteContent.v2(21, 3_000));
        assertNotCached(segment);
    }

    private int offer(ServerRolePeer peer) throws Exception {
        return client.offerV1(SuiteBytes.segmentInfo(peer.port(), content.contentInformationV1()))
                .responseCode();
    }
}
