// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.hostedcache.SuiteClient.Response;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases {@code HostedCacheServer_PccrrServer_*} of Microsoft's suite: the cache in the server role of MS-PCCRR. */
@SuppressWarnings("MemberName") // the methods are named exactly like the suite's cases
class HostedCacheServerPccrrServerIT extends HostedCacheServerFixture {
    private static final byte[] ID =
            SuiteContent.v1(1, BLOCK_BYTES).segments().get(0).id();
    private static final byte[] REQUEST_ID = "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    /** The suite builds this message, never sends it, and passes as nothing comes back. Here it is sent: dropped. */
    @Test
    void HostedCacheServer_PccrrServer_MessageHeader_MsgTypeInvalid() throws Exception {
        byte[] negotiation = SuiteBytes.negotiation(SuiteBytes.VERSION_1_0, SuiteBytes.VERSION_1_0, AES_128);

        assertThat(client.retrieve(SuiteBytes.with(negotiation, SuiteBytes.AT_TYPE, 0xFEFE))
                        .isDrop())
                .isTrue();
    }

    /**
     * Never sent by the suite either. It would have it dropped; MS-PCCRR 2.2.3 and 3.2.5.2 to 3.2.5.4 answer a request of an
     * unsupported version with the supported ones.
     */
    @Test
    void HostedCacheServer_PccrrServer_MessageHeader_VersionIncompatible() throws Exception {
        byte[] negotiation = SuiteBytes.negotiation(SuiteBytes.VERSION_1_0, SuiteBytes.VERSION_1_0, AES_128);
        byte[] blocks = SuiteBytes.getBlocks(ID, AES_128, 0, 1);

        for (byte[] request : List.of(negotiation, blocks)) {
            assertThat(client.ask(SuiteBytes.with(request, SuiteBytes.AT_VERSION, 0xFEFE_FEFE))
                            .negotiation())
                    .isEqualTo(new SuiteAnswer.Negotiation(SuiteBytes.VERSION_1_0, SuiteBytes.VERSION_2_0));
        }
    }

    /** Never sent by the suite either. Here it is sent: dropped. */
    @Test
    void HostedCacheServer_PccrrServer_MessageHeader_CryptoAlgoIdInvalid() throws Exception {
        byte[] negotiation = SuiteBytes.negotiation(SuiteBytes.VERSION_1_0, SuiteBytes.VERSION_1_0, AES_128);

        assertThat(client.retrieve(SuiteBytes.with(negotiation, SuiteBytes.AT_CRYPTO, 0xFEFE))
                        .isDrop())
                .isTrue();
    }

    /** In the suite this and the next are what the cases for the three other algorithms call. */
    @Test
    void HostedCacheServer_PccrrServer_MessageHeader_CryptoAlgoIdV2() throws Exception {
        servesWhatItPulled(AES_128);
    }

    @Test
    void HostedCacheServer_PccrrServer_MessageHeader_CryptoAlgoIdAES192V2() throws Exception {
        servesWhatItPulled(AES_192);
    }

    @Test
    void HostedCacheServer_PccrrServer_MessageHeader_CryptoAlgoIdAES256V2() throws Exception {
        servesWhatItPulled(AES_256);
    }

    @Test
    void HostedCacheServer_PccrrServer_MessageHeader_CryptoAlgoIdNoEncryptionV2() throws Exception {
        servesWhatItPulled(NONE);
    }

    /** The count says ten ranges where there is one: dropped. */
    @Test
    void HostedCacheServer_PccrrServer_GetBlockList_BlockRangeCountNotMatch() throws Exception {
        byte[] request = SuiteBytes.getBlockList(ID, AES_128, 0, 1);

        assertThat(client.retrieve(SuiteBytes.with(request, SuiteBytes.AT_RANGE_COUNT_BEHIND_ID, 10))
                        .isDrop())
                .isTrue();
    }

    /** MS-PCCRR 2.2.4.2 wants 1 to 256 ranges; the suite wants an empty list for none. */
    @Test
    void HostedCacheServer_PccrrServer_GetBlockList_BlockRangesEmpty() throws Exception {
        SuiteAnswer.BlockList list =
                client.ask(SuiteBytes.getBlockList(ID, AES_128)).blockList();

        assertThat(list.id()).isEqualTo(ID);
        assertThat(list.ranges()).isEmpty();
        assertThat(list.next()).isZero();
    }

    @Test
    void HostedCacheServer_PccrrServer_GetBlocks_BlockRangeCountNotMatch() throws Exception {
        byte[] request = SuiteBytes.getBlocks(ID, AES_128, 0, 1);

        assertThat(client.retrieve(SuiteBytes.with(request, SuiteBytes.AT_RANGE_COUNT_BEHIND_ID, 10))
                        .isDrop())
                .isTrue();
    }

    /** One range of no blocks: an empty block, although the segment is here. */
    @Test
    void HostedCacheServer_PccrrServer_GetBlocks_BlockRangesEmpty() throws Exception {
        SuiteContent content = SuiteContent.v2(2, 5_000);
        pullAnother(content);
        byte[] id = content.segments().get(0).id();

        SuiteAnswer.Block block =
                client.ask(SuiteBytes.getBlocks(id, AES_128, 0, 0)).block();

        assertThat(block.octets()).isEmpty();
        assertThat(block.id()).isEqualTo(id);
    }

    /** The count says two identifiers where there is one: dropped. */
    @Test
    void HostedCacheServer_PccrrServer_GetSegList_SegmentIDCountNotMatch() throws Exception {
        byte[] request = SuiteBytes.getSegmentList(REQUEST_ID, List.of(ID), new byte[0]);

        assertThat(client.retrieve(SuiteBytes.with(request, SuiteBytes.AT_COUNT_OF_SEGMENT_IDS, 2))
                        .isDrop())
                .isTrue();
    }

    @Test
    void HostedCacheServer_PccrrServer_GetSegList_SegmentIDEmpty() throws Exception {
        Response response = client.retrieve(SuiteBytes.getSegmentList(REQUEST_ID, List.of(), new byte[0]));

        assertThat(response.isDrop()).isTrue();
    }

    /** The suite is content with an answer; here it must also be the right one. */
    @Test
    void HostedCacheServer_PccrrServer_GetSegList_ExtensibleBlob() throws Exception {
        SuiteContent content = SuiteContent.v2(3, 5_000);
        byte[] id = content.segments().get(0).id();
        byte[] request = SuiteBytes.getSegmentList(REQUEST_ID, List.of(id), SuiteBytes.extensibleBlob());

        SuiteAnswer.SegmentList nothing = client.ask(request).segmentList();
        assertThat(nothing.requestId()).isEqualTo(REQUEST_ID);
        assertThat(nothing.ranges()).isEmpty();

        pullAnother(content);
        SuiteAnswer.SegmentList found = client.ask(request).segmentList();
        assertThat(found.ranges()).containsExactly(0, 1);
        assertThat(found.blob()).hasSize(8).startsWith(0, 1, 3, 1, 0);
    }

    /**
     * A content offered in version 2.0 is pulled and served with the octets that came. The suite gives .NET the whole segment
     * secret as key, which is AES-256 for every algorithm; here the key is its beginning, as iPXE takes it.
     */
    private void servesWhatItPulled(int crypto) throws Exception {
        SuiteContent content = SuiteContent.v2(crypto, BLOCK_BYTES);
        SuiteContent.Segment segment = content.segments().get(0);
        ServerRolePeer peer = honestPeer(content, crypto);

        assertThat(client.offerV2(SuiteBytes.batchedOffer(peer.port(), content.segments()))
                        .responseCode())
                .isEqualTo(OK);

        awaitCached(segment);
        assertThat(peer.blocksAsked(segment.id())).isEqualTo(1);
        peer.close();
        SuiteAnswer.Block block = block(segment, crypto, 0);
        assertThat(block.crypto()).isEqualTo(crypto);
        assertThat(SuiteContent.decrypt(crypto, segment.secret(), block.iv(), block.octets()))
                .isEqualTo(content.octets());
    }
}
