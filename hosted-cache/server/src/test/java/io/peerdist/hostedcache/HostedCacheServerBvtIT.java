// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases {@code HostedCacheServer_BVT_*} of Microsoft's suite: from the offer to the content. */
@SuppressWarnings("MemberName") // the methods are named exactly like the suite's cases
class HostedCacheServerBvtIT extends HostedCacheServerFixture {
    private static final int INTERESTED = 1;
    private static final byte[] REQUEST_ID = "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    /**
     * Nothing is there; the segment is offered, described and pulled; then versions are asked for, lists, and the content. The
     * suite's content server supplies the content information.
     */
    @Test
    void HostedCacheServer_BVT_CacheOfferingRetrieval_V1() throws Exception {
        SuiteContent content = SuiteContent.v1(1, 5 * BLOCK_BYTES + 4_321);
        SuiteContent.Segment segment = content.segments().get(0);
        assertThat(blockRanges(segment)).isEmpty();
        ServerRolePeer peer = honestPeer(content, AES_128);

        assertThat(client.offerV1(SuiteBytes.initialOffer(peer.port(), segment.id()))
                        .responseCode())
                .isEqualTo(INTERESTED);
        assertThat(client.offerV1(SuiteBytes.segmentInfo(peer.port(), content.contentInformationV1()))
                        .responseCode())
                .isEqualTo(OK);
        awaitCached(segment);
        assertThat(peer.blocksAsked(segment.id())).isEqualTo(segment.blockCount());
        peer.close();

        assertSupportsBothVersions();
        assertThat(blockRanges(segment)).containsExactly(0, segment.blockCount());
        ByteArrayOutputStream retrieved = new ByteArrayOutputStream();
        for (int i = 0; i < segment.blockCount(); i++) {
            retrieved.writeBytes(plain(segment, i));
        }
        assertThat(retrieved.toByteArray()).isEqualTo(content.octets());
    }

    /** Nothing is there; everything is offered at once and pulled; then versions are asked for, lists, and the content. */
    @Test
    void HostedCacheServer_BVT_CacheOfferingRetrieval_V2() throws Exception {
        SuiteContent content = SuiteContent.v2(1, 131_072, 40_000, 65_536, 1, 17);
        for (SuiteContent.Segment segment : content.segments()) {
            assertThat(segmentRanges(segment)).isEmpty();
        }
        ServerRolePeer peer = honestPeer(content, AES_128);

        assertThat(client.offerV2(SuiteBytes.batchedOffer(peer.port(), content.segments()))
                        .responseCode())
                .isEqualTo(OK);
        for (SuiteContent.Segment segment : content.segments()) {
            awaitCached(segment);
            assertThat(peer.blocksAsked(segment.id())).isEqualTo(1);
        }
        peer.close();

        assertSupportsBothVersions();
        ByteArrayOutputStream retrieved = new ByteArrayOutputStream();
        for (SuiteContent.Segment segment : content.segments()) {
            assertThat(segmentRanges(segment)).containsExactly(0, 1);
            retrieved.writeBytes(plain(segment, 0));
        }
        assertThat(retrieved.toByteArray()).isEqualTo(content.octets());
    }

    private byte[] plain(SuiteContent.Segment segment, int index) throws Exception {
        SuiteAnswer.Block block = block(segment, AES_128, index);
        return SuiteContent.decrypt(block.crypto(), segment.secret(), block.iv(), block.octets());
    }

    private List<Integer> blockRanges(SuiteContent.Segment segment) throws Exception {
        return client.ask(SuiteBytes.getBlockList(segment.id(), AES_128, 0, segment.blockCount()))
                .blockList()
                .ranges();
    }

    private List<Integer> segmentRanges(SuiteContent.Segment segment) throws Exception {
        SuiteAnswer.SegmentList list = client.ask(
                        SuiteBytes.getSegmentList(REQUEST_ID, List.of(segment.id()), new byte[0]))
                .segmentList();
        assertThat(list.requestId()).isEqualTo(REQUEST_ID);
        return list.ranges();
    }

    private void assertSupportsBothVersions() throws Exception {
        for (int maxVersion : new int[] {SuiteBytes.VERSION_1_0, 0xFFFF_0001}) {
            assertThat(client.ask(SuiteBytes.negotiation(SuiteBytes.VERSION_1_0, maxVersion, AES_128))
                            .negotiation())
                    .isEqualTo(new SuiteAnswer.Negotiation(SuiteBytes.VERSION_1_0, SuiteBytes.VERSION_2_0));
        }
    }
}
