// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.manifest.ManifestCodec;
import io.peerdist.codec.pccrc.BlockHash;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.ContentInformationV1;
import io.peerdist.codec.pccrc.ContentInformationV2;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InformationSlicesTest {
    /** Room for one version 1.0 segment, with the hashes of its 512 blocks, and not for two. */
    private static final int SMALL = 20_000;

    @Test
    void leavesAloneWhatFits() {
        byte[] octets = v2(Gen.ofSeed(1), 10).encode();

        assertThat(InformationSlices.of(octets, octets.length)).containsExactly(octets);
        assertThat(InformationSlices.of(octets)).hasSize(1);
    }

    @Test
    void cutsTheInformationOfALargeFileAtAMebibyte() {
        byte[] octets = v2(Gen.ofSeed(2), 40_000).encode();

        List<byte[]> slices = InformationSlices.of(octets);

        assertThat(slices.size()).isEqualTo(3);
        assertThat(slices).extracting(slice -> slice.length).allMatch(bytes -> bytes <= ManifestCodec.MAX_ENTRY_BYTES);
    }

    @RandomizedTest(tries = 30)
    void hasEverySegmentOnceWithAllItsHashesInVersion1(Gen gen) {
        assertSlicesAgree(v1(gen, gen.intBetween(2, 6)));
    }

    @RandomizedTest(tries = 30)
    void hasEverySegmentOnceInVersion2(Gen gen) {
        assertSlicesAgree(v2(gen, gen.intBetween(1, 1500)));
    }

    private static void assertSlicesAgree(ContentInformation whole) {
        List<SegmentDescription> seen = new ArrayList<>();
        long at = whole.range().offset();
        for (byte[] slice : InformationSlices.of(whole.encode(), SMALL)) {
            assertThat(slice.length).isLessThanOrEqualTo(SMALL);
            ContentInformation part = ContentInformation.decode(ByteBuffer.wrap(slice));
            assertThat(part.version()).isEqualTo(whole.version());
            assertThat(part.range().offset()).isEqualTo(at);
            at = part.range().end();
            seen.addAll(part.segments());
        }
        assertThat(at).isEqualTo(whole.range().end());
        assertThat(seen).isEqualTo(whole.segments());
        assertThat(seen)
                .allSatisfy(segment -> assertThat(segment.provesHashOfData()).isTrue());
    }

    private static ContentInformation v1(Gen gen, int segments) {
        ServerSecret secret = ServerSecret.derive(HashAlgorithm.SHA_256, SecretKey.of(gen.bytes(8)));
        List<SegmentDescription> descriptions = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < segments; i++) {
            int bytes = i < segments - 1
                    ? ContentInformation.V1_SEGMENT_BYTES
                    : gen.intBetween(1, ContentInformation.V1_SEGMENT_BYTES);
            int blocks = (bytes + ContentInformation.V1_BLOCK_BYTES - 1) / ContentInformation.V1_BLOCK_BYTES;
            List<BlockHash> hashes = gen.list(blocks, each -> BlockHash.of(each.bytes(32)));
            descriptions.add(SegmentDescription.v1(HashAlgorithm.SHA_256, offset, bytes, hashes, secret));
            offset += bytes;
        }
        return ContentInformationV1.of(HashAlgorithm.SHA_256, new ContentRange(0, offset), descriptions);
    }

    private static ContentInformation v2(Gen gen, int segments) {
        ServerSecret secret = ServerSecret.derive(HashAlgorithm.TRUNCATED_SHA_512, SecretKey.of(gen.bytes(8)));
        List<SegmentDescription> descriptions = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < segments; i++) {
            int bytes = gen.intBetween(1, ContentInformation.V2_MAX_SEGMENT_BYTES);
            descriptions.add(SegmentDescription.v2(offset, bytes, HashOfData.of(gen.bytes(32)), secret));
            offset += bytes;
        }
        return ContentInformationV2.of(new ContentRange(0, offset), 0, descriptions);
    }
}
