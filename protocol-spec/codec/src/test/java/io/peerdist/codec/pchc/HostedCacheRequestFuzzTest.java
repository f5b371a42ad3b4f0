// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.BoundedDecoding;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

final class HostedCacheRequestFuzzTest {
    private static final BoundedDecoding DECODING = new BoundedDecoding(MalformedMessageException.class, 32_768, 24);

    private static final ContentTag TAG = ContentTag.of(new byte[ContentTag.BYTES]);

    static Stream<byte[]> seeds() {
        SegmentDescription segment = SegmentDescription.v1(
                HashAlgorithm.SHA_256,
                0,
                70_000,
                new byte[64],
                ServerSecret.derive(HashAlgorithm.SHA_256, SecretKey.of(new byte[] {1})));
        SegmentId id = SegmentId.of(new byte[32]);
        BatchedOffer offer = new BatchedOffer(
                80,
                List.of(
                        new SegmentDescriptor(65_536, 1 << 20, TAG, HashAlgorithm.SHA_256, id),
                        new SegmentDescriptor(3, 3, TAG, HashAlgorithm.TRUNCATED_SHA_512, id)));
        return Stream.of(
                new InitialOffer(1, id).encode(),
                new InitialOffer(65_535, SegmentId.of(new byte[64])).encode(),
                SegmentInfo.of(4711, TAG, segment).encode(),
                new SegmentInfo(4711, TAG, new byte[0]).encode(),
                offer.encode(),
                OfferResponse.INTERESTED.encode());
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) {
        DECODING.of(input.length, () -> HostedCacheRequest.decode(ByteBuffer.wrap(input)))
                .ifPresent(HostedCacheRequestFuzzTest::isUsable);
        DECODING.of(input.length, () -> OfferResponse.decode(ByteBuffer.wrap(input)))
                .ifPresent(response -> assertThat(OfferResponse.decode(ByteBuffer.wrap(response.encode())))
                        .isEqualTo(response));
    }

    private static void isUsable(HostedCacheRequest request) {
        if (request instanceof BatchedOffer offer) {
            offer.descriptors().forEach(HostedCacheRequestFuzzTest::blocksAddUp);
            if (offer.descriptors().isEmpty() || offer.ignoredDescriptors() > 0) {
                return; // nothing or not all of it can be written again
            }
        }
        assertThat(HostedCacheRequest.decode(ByteBuffer.wrap(request.encode()))).isEqualTo(request);
        if (request instanceof SegmentInfo info) {
            DECODING.of(info.segmentInformation().length, info::segment)
                    .ifPresent(segment -> assertThat(SegmentInfo.of(info.port(), info.contentTag(), segment)
                                    .segment())
                            .isEqualTo(segment));
        }
    }

    private static void blocksAddUp(SegmentDescriptor descriptor) {
        long sum = 0;
        for (int i = 0; i < descriptor.blockCount(); i++) {
            sum += descriptor.blockLength(i);
        }
        assertThat(sum).isEqualTo(descriptor.segmentBytes());
        assertThat(descriptor.blockCount()).isBetween(1, 512);
    }
}
