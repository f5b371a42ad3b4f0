// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.Hex;
import java.util.ArrayList;
import java.util.List;

/** Messages of every type, fixed and random. */
final class SampleMessages {
    static final String ID_HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    static final SegmentId ID = SegmentId.ofHex(ID_HEX);
    static final String REQUEST_ID_HEX = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
    static final RequestId REQUEST_ID = RequestId.of(Hex.parse(REQUEST_ID_HEX));

    private SampleMessages() {}

    /** One request of every type, with every list filled. */
    static List<RetrievalRequest> requests() {
        return List.of(
                new NegotiationRequest(VersionRange.SUPPORTED),
                new GetBlockList(
                        SegmentId.of(new byte[48]),
                        List.of(new BlockRange(42, 7), new BlockRange(0, 512)),
                        CryptoAlgorithm.AES_256),
                GetBlocks.one(SegmentId.of(new byte[64]), 511),
                new GetSegmentList(
                        REQUEST_ID,
                        List.of(ID, SegmentId.of(new byte[48])),
                        new SegmentAges(AgeUnit.SECONDS, List.of(new EncodedSegmentAge(1, 2)))));
    }

    /** One response of every type, with every list filled, and the forms a block may take. */
    static List<RetrievalResponse> responses() {
        return List.of(
                new NegotiationResponse(VersionRange.SUPPORTED),
                new BlockList(ID, BlockRanges.of(List.of(new BlockRange(0, 2), new BlockRange(5, 1))), 9),
                new BlockResponse(ID, 3, 4, CryptoAlgorithm.AES_128, new byte[32], new byte[16]),
                new BlockResponse(ID, 3, 4, CryptoAlgorithm.NONE, new byte[5], new byte[0]),
                BlockResponse.missing(ID, 3, 4),
                new SegmentList(
                        REQUEST_ID,
                        List.of(new SegmentRange(0, 3), new SegmentRange(7, 1)),
                        new SegmentAges(AgeUnit.HUNDREDTHS, List.of(new EncodedSegmentAge(0, 1)))));
    }

    static RetrievalRequest request(Gen gen) {
        return switch (gen.intBetween(0, 3)) {
            case 0 -> new NegotiationRequest(versionRange(gen));
            case 1 -> new GetBlockList(segmentId(gen), blockRanges(gen, 0), gen.oneOf(CryptoAlgorithm.values()));
            case 2 -> new GetBlocks(segmentId(gen), blockRanges(gen, 0), gen.oneOf(CryptoAlgorithm.values()));
            default ->
                new GetSegmentList(
                        RequestId.random(gen.random()),
                        gen.list(1 + gen.lengthUpTo(300), SampleMessages::segmentId),
                        gen.bool() ? null : segmentAges(gen));
        };
    }

    static RetrievalResponse response(Gen gen) {
        return switch (gen.intBetween(0, 3)) {
            case 0 -> new NegotiationResponse(versionRange(gen));
            case 1 -> new BlockList(segmentId(gen), BlockRanges.of(blockRanges(gen, 0)), gen.intBetween(0, 511));
            case 2 -> block(gen);
            default ->
                new SegmentList(
                        RequestId.random(gen.random()),
                        gen.list(gen.lengthUpTo(300), SampleMessages::segmentRange),
                        gen.bool() ? null : segmentAges(gen));
        };
    }

    static BlockResponse block(Gen gen) {
        int index = gen.intBetween(0, 511);
        int next = gen.intBetween(0, 511);
        if (gen.intBetween(0, 4) == 0) {
            return BlockResponse.missing(segmentId(gen), index, next);
        }
        CryptoAlgorithm algorithm = gen.oneOf(CryptoAlgorithm.values());
        boolean encrypted = algorithm != CryptoAlgorithm.NONE;
        byte[] block = gen.bytes(encrypted ? 16 * (1 + gen.lengthUpTo(8_192)) : 1 + gen.lengthUpTo(131_071));
        return new BlockResponse(segmentId(gen), index, next, algorithm, block, gen.bytes(encrypted ? 16 : 0));
    }

    private static SegmentId segmentId(Gen gen) {
        return SegmentId.of(gen.bytes(gen.oneOf(32, 48, 64)));
    }

    static List<BlockRange> blockRanges(Gen gen, int minRanges) {
        List<BlockRange> ranges = new ArrayList<>();
        for (int i = minRanges + gen.lengthUpTo(256 - minRanges); i > 0; i--) {
            int index = gen.intBetween(0, 511);
            ranges.add(new BlockRange(index, gen.intBetween(1, 512 - index)));
        }
        return ranges;
    }

    private static SegmentRange segmentRange(Gen gen) {
        int index = gen.intBetween(0, GetSegmentList.MAX_SEGMENTS - 1);
        return new SegmentRange(index, gen.intBetween(1, GetSegmentList.MAX_SEGMENTS - index));
    }

    private static SegmentAges segmentAges(Gen gen) {
        return new SegmentAges(
                gen.oneOf(AgeUnit.values()),
                gen.list(
                        gen.lengthUpTo(255),
                        g -> new EncodedSegmentAge(g.intBetween(0, 255), g.intBetween(0, EncodedSegmentAge.MAX_AGE))));
    }

    private static VersionRange versionRange(Gen gen) {
        ProtocolVersion one = new ProtocolVersion(gen.intBetween(0, 65_535), gen.intBetween(0, 65_535));
        ProtocolVersion other = new ProtocolVersion(gen.intBetween(0, 65_535), gen.intBetween(0, 65_535));
        return one.compareTo(other) < 0 ? new VersionRange(one, other) : new VersionRange(other, one);
    }
}
