// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** The cases {@code HostedCacheServer_PchcServer_*} of Microsoft's suite: the cache takes offers. */
@SuppressWarnings("MemberName") // the methods are named exactly like the suite's cases
class HostedCacheServerPchcIT extends HostedCacheServerFixture {
    private static final int HEADERS_BYTES = 16;
    /** Where fields stand in the first descriptor of a batched offer. */
    private static final int AT_SIZE_OF_CONTENT_TAG = HEADERS_BYTES + 8;

    private static final int AT_CONTENT_TAG = AT_SIZE_OF_CONTENT_TAG + 2;
    private static final int CONTENT_TAG_BYTES = 16;
    private static final int AT_HASH_ALGORITHM = AT_CONTENT_TAG + CONTENT_TAG_BYTES;

    private final SuiteContent v2 = SuiteContent.v2(1, BLOCK_BYTES);

    @Test
    void HostedCacheServer_PchcServer_BatchedOffer_SegmentDescriptorEmpty() throws Exception {
        ServerRolePeer peer = honestPeer(v2, AES_128);

        assertThat(client.offerV2(SuiteBytes.batchedOffer(peer.port(), Collections.emptyList()))
                        .isDrop())
                .isTrue();
        assertThat(peer.asked).isEmpty();
    }

    /** 129 of them, one more than MS-PCHC 2.2.1.5 allows. */
    @Test
    void HostedCacheServer_PchcServer_BatchedOffer_SegmentDescriptorTooMany() throws Exception {
        ServerRolePeer peer = honestPeer(v2, AES_128);

        assertThat(client.offerV2(SuiteBytes.batchedOffer(
                                peer.port(),
                                Collections.nCopies(129, v2.segments().get(0))))
                        .isDrop())
                .isTrue();

        pullAnother(SuiteContent.v2(2, 3_000));
        assertThat(peer.asked).isEmpty();
    }

    @Test
    void HostedCacheServer_PchcServer_BatchedOffer_ContentTagEmpty() throws Exception {
        byte[] offer = SuiteBytes.batchedOffer(1_000, v2.segments());
        byte[] withoutTag = ByteBuffer.allocate(offer.length - CONTENT_TAG_BYTES)
                .put(offer, 0, AT_CONTENT_TAG)
                .put(offer, AT_HASH_ALGORITHM, offer.length - AT_HASH_ALGORITHM)
                .array();

        assertThat(client.offerV2(SuiteBytes.withShort(withoutTag, AT_SIZE_OF_CONTENT_TAG, 0))
                        .isDrop())
                .isTrue();
    }

    /** The suite's design document would have the offer dropped; its code wants OK and no retrieval. */
    @Test
    void HostedCacheServer_PchcServer_BatchedOffer_HashAlgoInvalid() throws Exception {
        ServerRolePeer peer = honestPeer(v2, AES_128);
        byte[] offer = SuiteBytes.batchedOffer(peer.port(), v2.segments());
        offer[AT_HASH_ALGORITHM] = (byte) 0xFE;

        assertThat(client.offerV2(offer).responseCode()).isEqualTo(OK);

        pullAnother(SuiteContent.v2(2, 3_000));
        assertThat(peer.asked).isEmpty();
        assertNotCached(v2.segments().get(0));
    }

    /** OK too for what is held already, and nothing is asked for again. */
    @Test
    void HostedCacheServer_PchcServer_BatchedOffer_ContentRetrieved() throws Exception {
        SuiteContent content = SuiteContent.v2(3, BLOCK_BYTES, 1_234, BLOCK_BYTES * 2);
        ServerRolePeer peer = honestPeer(content, AES_128);
        byte[] offer = SuiteBytes.batchedOffer(peer.port(), content.segments());

        assertThat(client.offerV2(offer).responseCode()).isEqualTo(OK);
        for (SuiteContent.Segment segment : content.segments()) {
            awaitCached(segment);
        }
        assertThat(client.offerV2(offer).responseCode()).isEqualTo(OK);

        pullAnother(SuiteContent.v2(2, 3_000));
        for (SuiteContent.Segment segment : content.segments()) {
            assertThat(peer.blocksAsked(segment.id())).isEqualTo(segment.blockCount());
        }
    }
}
