// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;

/** Any offer survives writing and reading; any octets are read or refused. */
final class HostedCacheRequestRandomizedTest {
    @RandomizedTest(tries = 300)
    void readsEveryRequestItWrites(Gen gen) {
        HostedCacheRequest request = request(gen);
        byte[] octets = request.encode();
        ByteBuffer buffer = ByteBuffer.allocateDirect(octets.length + 9)
                .position(9)
                .put(octets)
                .position(9);

        assertThat(HostedCacheRequest.decode(buffer)).isEqualTo(request);
        assertThat(buffer.position()).isEqualTo(9);
    }

    @RandomizedTest(tries = 2_000)
    void readsOrRefusesMutatedRequests(Gen gen) {
        DecoderChecks.mutations(
                gen, request(gen).encode(), MalformedMessageException.class, HostedCacheRequestRandomizedTest::readAll);
    }

    @RandomizedTest(tries = 1_000)
    void readsOrRefusesRandomBodies(Gen gen) {
        byte[] octets = request(gen).encode();
        ByteBuffer.wrap(octets).position(8).put(gen.bytes(octets.length - 8));

        DecoderChecks.mutations(
                gen, octets, MalformedMessageException.class, HostedCacheRequestRandomizedTest::readAll);
    }

    /** Whatever is accepted can be used: every descriptor's blocks add up to the segment. */
    private static void readAll(ByteBuffer body) {
        HostedCacheRequest request = HostedCacheRequest.decode(body);
        if (request instanceof SegmentInfo info) {
            info.segment();
        }
        if (request instanceof BatchedOffer offer) {
            offer.descriptors().forEach(HostedCacheRequestRandomizedTest::assertConsistent);
        }
    }

    private static void assertConsistent(SegmentDescriptor descriptor) {
        long sum = 0;
        for (int i = 0; i < descriptor.blockCount(); i++) {
            assertThat(descriptor.blockLength(i)).isBetween(1, SegmentDescriptor.MAX_BLOCK_BYTES);
            sum += descriptor.blockLength(i);
        }
        assertThat(sum).isEqualTo(descriptor.segmentBytes());
        assertThat(descriptor.blockCount()).isBetween(1, 512);
    }

    private static HostedCacheRequest request(Gen gen) {
        int port = gen.intBetween(1, 65_535);
        return switch (gen.intBetween(0, 2)) {
            case 0 -> new InitialOffer(port, SegmentId.of(gen.bytes(gen.oneOf(32, 48, 64))));
            case 1 -> new SegmentInfo(port, ContentTag.of(gen.bytes(16)), gen.bytesUpTo(1_000));
            default ->
                new BatchedOffer(port, gen.list(1 + gen.lengthUpTo(127), HostedCacheRequestRandomizedTest::descriptor));
        };
    }

    private static SegmentDescriptor descriptor(Gen gen) {
        int blockBytes = gen.intBetween(1, SegmentDescriptor.MAX_BLOCK_BYTES);
        int maxBytes = (int) Math.min(SegmentDescriptor.MAX_SEGMENT_BYTES, 512L * blockBytes);
        return new SegmentDescriptor(
                blockBytes,
                gen.intBetween(1, maxBytes),
                ContentTag.of(gen.bytes(16)),
                gen.oneOf(HashAlgorithm.SHA_256, HashAlgorithm.TRUNCATED_SHA_512),
                SegmentId.of(gen.bytes(32)));
    }
}
