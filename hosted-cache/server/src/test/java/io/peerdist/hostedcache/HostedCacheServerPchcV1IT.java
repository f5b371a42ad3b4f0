// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.hostedcache.SuiteClient.Response;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The cases {@code HostedCacheServer_PchcServer_*} of Microsoft's suite that offer over HTTPS, in version 1.0. */
@SuppressWarnings("MemberName") // the methods are named exactly like the suite's cases
class HostedCacheServerPchcV1IT extends HostedCacheServerFixture {
    private static final int INTERESTED = 1;
    private static final int AT_VERSION = 0;
    private static final int AT_TYPE = 2;
    /** Where the content information of a {@code SEGMENT_INFO_MESSAGE} starts, and its fields in it. */
    private static final int AT_SEGMENT_INFORMATION = 32;

    private static final int AT_HASH_ALGORITHM = AT_SEGMENT_INFORMATION + 2;
    private static final int CONTENT_INFORMATION_HEADER_BYTES = 18;

    private final SuiteContent content = SuiteContent.v1(1, 2 * BLOCK_BYTES);
    private final SuiteContent.Segment segment = content.segments().get(0);

    /**
     * The suite's code wants INTERESTED for a segment that the cache holds; its own comment, its design document and MS-PCHC
     * 3.1.5.1 want OK.
     */
    @Test
    void HostedCacheServer_PchcServer_InitialOffer_ContentRereieved() throws Exception {
        ServerRolePeer peer = honestPeer(content, AES_128);
        assertThat(segmentInfo(peer).responseCode()).isEqualTo(OK);
        awaitCached(segment);
        assertThat(peer.blocksAsked(segment.id())).isEqualTo(segment.blockCount());

        assertThat(client.offerV1(SuiteBytes.initialOffer(peer.port(), segment.id()))
                        .responseCode())
                .isEqualTo(OK);
    }

    /** As above, when the cache has only the block hashes: it can pull, so OK. */
    @Test
    void HostedCacheServer_PchcServer_InitialOffer_SegmentInfoRetrieved() throws Exception {
        ServerRolePeer peer = peer(content, (asked, index) -> new byte[0]);
        byte[] offer = SuiteBytes.initialOffer(peer.port(), segment.id());

        assertThat(client.offerV1(offer).responseCode()).isEqualTo(INTERESTED);
        assertThat(segmentInfo(peer).responseCode()).isEqualTo(OK);
        assertThat(client.offerV1(offer).responseCode()).isEqualTo(OK);
    }

    @Test
    void HostedCacheServer_PchcServer_MessageHeader_VersionIncompatible() throws Exception {
        for (byte[] id : new byte[][] {segment.id(), new byte[0]}) {
            assertThat(client.offerV1(SuiteBytes.withShort(SuiteBytes.initialOffer(1_000, id), AT_VERSION, 0xFEFE))
                            .isDrop())
                    .isTrue();
        }
    }

    @Test
    void HostedCacheServer_PchcServer_MessageHeader_TypeInvalid() throws Exception {
        for (byte[] id : new byte[][] {segment.id(), new byte[0]}) {
            assertThat(client.offerV1(SuiteBytes.withShort(SuiteBytes.initialOffer(1_000, id), AT_TYPE, 0xFEFE))
                            .isDrop())
                    .isTrue();
        }
    }

    /** MS-PCHC 3.1.5.4 would have this and the next three dropped; the suite wants OK and no retrieval. */
    @Test
    void HostedCacheServer_PchcServer_SegmentInfo_VersionIncompatible() throws Exception {
        takesNoteOfNothing(
                port -> SuiteBytes.withLittleEndianShort(segmentInfo(port, 1), AT_SEGMENT_INFORMATION, 0xFEFE));
    }

    @Test
    void HostedCacheServer_PchcServer_SegmentInfo_HashAlgoInvalid() throws Exception {
        takesNoteOfNothing(port -> SuiteBytes.withLittleEndianShort(segmentInfo(port, 1), AT_HASH_ALGORITHM, 0xFEFE));
    }

    /** The suite leaves the count at one and the segments out; a count of none is tried too. */
    @Test
    void HostedCacheServer_PchcServer_SegmentInfo_SegmentsEmpty() throws Exception {
        takesNoteOfNothing(
                port -> Arrays.copyOf(segmentInfo(port, 1), AT_SEGMENT_INFORMATION + CONTENT_INFORMATION_HEADER_BYTES));
        takesNoteOfNothing(port -> segmentInfo(port, 0));
    }

    @Test
    void HostedCacheServer_PchcServer_SegmentInfo_SegmentsMultiple() throws Exception {
        takesNoteOfNothing(port -> segmentInfo(port, 2));
    }

    private void takesNoteOfNothing(java.util.function.IntFunction<byte[]> message) throws Exception {
        ServerRolePeer peer = honestPeer(content, AES_128);

        assertThat(client.offerV1(message.apply(peer.port())).responseCode()).isEqualTo(OK);

        pullAnother(SuiteContent.v2(2, 3_000));
        assertThat(peer.asked).isEmpty();
        assertNotCached(segment);
        peer.close();
    }

    private byte[] segmentInfo(int port, int segments) {
        return SuiteBytes.segmentInfo(port, content.contentInformationV1(segments));
    }

    private Response segmentInfo(ServerRolePeer peer) throws Exception {
        return client.offerV1(segmentInfo(peer.port(), 1));
    }
}
