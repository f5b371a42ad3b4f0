// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Gen;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentInformationV1Test {
    private static final int SEGMENT = ContentInformation.V1_SEGMENT_BYTES;
    private static final int BLOCK = ContentInformation.V1_BLOCK_BYTES;
    private static final HashAlgorithm ALGORITHM = HashAlgorithm.SHA_256;

    // Where the fields stand with SHA-256.
    private static final int ALGORITHM_AT = 2;
    private static final int OFFSET_IN_FIRST_AT = 6;
    private static final int READ_IN_LAST_AT = 10;
    private static final int SEGMENTS_AT = 14;
    private static final int OFFSET_IN_CONTENT_AT = 18;
    private static final int SEGMENT_BYTES_AT = 26;
    private static final int BLOCK_BYTES_AT = 30;
    private static final int SEGMENT_STRIDE = 80;
    private static final int BLOCKS_AT = 98;

    private static ByteBuffer small() {
        return ByteBuffer.wrap(ExampleContent.v1(ALGORITHM, 128_000).encode()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static SegmentDescription segment(long offset, int bytes) {
        byte[] hashes = Gen.ofSeed(offset).bytes(SegmentDescription.blocksIn(bytes, BLOCK) * ALGORITHM.digestBytes());
        return SegmentDescription.v1(ALGORITHM, offset, bytes, hashes, ExampleContent.serverSecret(ALGORITHM));
    }

    private static ContentInformation decode(ByteBuffer input) {
        return ContentInformation.decode(input);
    }

    private static void refuses(ByteBuffer input, String field, int offset) {
        assertThatThrownBy(() -> decode(input)).isInstanceOfSatisfying(MalformedMessageException.class, e -> {
            assertThat(e.protocol()).isEqualTo("MS-PCCRC");
            assertThat(e.field()).isEqualTo(field);
            assertThat(e.offset()).isEqualTo(offset);
        });
    }

    @Test
    void leavesTheInputsPositionAndReadsFromIt() {
        byte[] octets = ExampleContent.v1(ALGORITHM, 10).encode();
        ByteBuffer input = ByteBuffer.allocate(octets.length + 8).put(3, octets);
        input.position(3).limit(3 + octets.length);

        assertThat(decode(input.asReadOnlyBuffer()).encode()).isEqualTo(octets);
        assertThat(input.position()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0000, 0x0101, 0x0102, 0x0003, 0x0010, 0x0200, 0xFFFF})
    void refusesOtherVersions(int minorMajor) {
        refuses(small().order(ByteOrder.BIG_ENDIAN).putShort(0, (short) minorMajor), "Version", 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 0x8004, 0x800B, 0x800F, 0x0C80, 0x0C800000, 0xFFFF800C})
    void refusesOtherHashAlgorithms(int id) {
        refuses(small().putInt(ALGORITHM_AT, id), "dwHashAlgo", ALGORITHM_AT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 512, 0x01000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF})
    void refusesSegmentCountsThatDoNotFit(int count) {
        byte[] input = small().putInt(SEGMENTS_AT, count).array();

        refuses(ByteBuffer.wrap(input), "cSegments", SEGMENTS_AT);
        DecoderChecks.refusesWithoutAllocating(
                20_000, input, MalformedMessageException.class, ContentInformation::decode);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 512, 0x08000000, 0x20000000, 0x40000000, 0x80000000, 0xFFFFFFFF})
    void refusesBlockCountsThatDoNotFit(int count) {
        byte[] input = small().putInt(BLOCKS_AT, count).array();

        refuses(ByteBuffer.wrap(input), "cBlocks", BLOCKS_AT);
        DecoderChecks.refusesWithoutAllocating(
                20_000, input, MalformedMessageException.class, ContentInformation::decode);
    }

    @ParameterizedTest
    @ValueSource(ints = {128_000, 128_001, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF})
    void refusesAnOffsetBeyondTheFirstSegment(int offset) {
        refuses(small().putInt(OFFSET_IN_FIRST_AT, offset), "dwOffsetInFirstSegment", OFFSET_IN_FIRST_AT);
    }

    @ParameterizedTest
    @CsvSource({"0, 128001", "0, -1", "100000, 28001", "127999, 2"})
    void refusesToReadBeyondTheLastSegment(int offset, int readBytes) {
        ByteBuffer input = small().putInt(OFFSET_IN_FIRST_AT, offset).putInt(READ_IN_LAST_AT, readBytes);

        refuses(input, "dwReadBytesInLastSegment", READ_IN_LAST_AT);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 128000",
        "0, 128000, 0, 128000",
        "0, 1, 0, 1",
        "100, 0, 100, 127900",
        "100, 50, 100, 50",
        "127999, 1, 127999, 1",
        "127999, 0, 127999, 1"
    })
    void readsTheRangeOfASingleSegment(int offsetInFirst, int readInLast, long offset, long length) {
        ByteBuffer input = small().putInt(OFFSET_IN_FIRST_AT, offsetInFirst).putInt(READ_IN_LAST_AT, readInLast);

        assertThat(decode(input).range()).isEqualTo(new ContentRange(offset, length));
        assertThat(ByteBuffer.wrap(decode(input).encode())).isEqualTo(input);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65_536, 131_073, SEGMENT, SEGMENT + 1, 0xFFFFFFFF})
    void refusesASegmentLengthThatTheBlocksDoNotFill(int bytes) {
        ByteBuffer input = small().putInt(SEGMENT_BYTES_AT, bytes);

        assertThatThrownBy(() -> decode(input)).isInstanceOf(MalformedMessageException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_537, 131_072, 0xFFFFFFFF})
    void refusesOtherBlockLengths(int bytes) {
        refuses(small().putInt(BLOCK_BYTES_AT, bytes), "cbBlockSize", BLOCK_BYTES_AT);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, Long.MAX_VALUE, Long.MAX_VALUE - 127_999})
    void refusesAContentThatEndsBeyond63Bits(long offset) {
        refuses(small().putLong(OFFSET_IN_CONTENT_AT, offset), "ullOffsetInContent", OFFSET_IN_CONTENT_AT);
    }

    @Test
    void readsASegmentFarInsideAContent() {
        long offset = Long.MAX_VALUE - 128_000;

        assertThat(decode(small().putLong(OFFSET_IN_CONTENT_AT, offset)).range())
                .isEqualTo(new ContentRange(offset, 128_000));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, SEGMENT - 1, SEGMENT + 1, 2L * SEGMENT})
    void refusesSegmentsWithGapsOrOverlaps(long secondOffset) {
        byte[] octets = ExampleContentOfTwo.encode();
        int at = OFFSET_IN_CONTENT_AT + SEGMENT_STRIDE;

        refuses(
                ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN).putLong(at, secondOffset),
                "ullOffsetInContent",
                at);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, SEGMENT - 1, SEGMENT + 1})
    void refusesAShortSegmentBeforeTheLast(int bytes) {
        ByteBuffer input = ByteBuffer.wrap(ExampleContentOfTwo.encode()).order(ByteOrder.LITTLE_ENDIAN);

        refuses(input.putInt(SEGMENT_BYTES_AT, bytes), "cbSegment", SEGMENT_BYTES_AT);
    }

    @Test
    void takesMoreHashesThanTheRangeNeeds() {
        ByteBuffer input = small().putInt(READ_IN_LAST_AT, 10);
        ContentInformation information = decode(input);

        assertThat(information.range()).isEqualTo(new ContentRange(0, 10));
        assertThat(information.segments().get(0).listedBlockCount()).isEqualTo(2);
        assertThat(ByteBuffer.wrap(information.encode())).isEqualTo(input);
    }

    @Test
    void refusesEveryTruncationAndEveryExtension() {
        for (HashAlgorithm algorithm : List.of(ALGORITHM, HashAlgorithm.SHA_384, HashAlgorithm.SHA_512)) {
            byte[] octets = ExampleContent.v1(algorithm, 200_000).encode();
            DecoderChecks.truncationAtEveryLength(
                    octets, MalformedMessageException.class, ContentInformation::decode, Set.of());
            DecoderChecks.trailingOctets(octets, MalformedMessageException.class, ContentInformation::decode);
        }
    }

    @Test
    void standsEveryBitFlip() {
        int hashBits = 4 * 32 * Byte.SIZE;
        int offsetInContentBits = Long.SIZE - 1; // all but the sign
        int offsetAndLengthBits = 2 * 17; // those below the segment's 128,000 octets
        int segmentBytesBits = 16; // 128,000 keeps two blocks without any of its low 16 bits

        assertThat(DecoderChecks.bitFlips(small().array(), MalformedMessageException.class, ContentInformation::decode))
                .isEqualTo(hashBits + offsetInContentBits + offsetAndLengthBits + segmentBytesBits);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, 1",
        "0, 65536, 1, 1",
        "0, 65537, 1, 2",
        "65535, 1, 1, 1",
        "65536, 1, 1, 2",
        "33554431, 1, 1, 512",
        "33554431, 2, 2, 1",
        "33554432, 1, 1, 1",
        "0, 33554432, 1, 512",
        "33554432, 100000, 1, 2",
        "0, 33654432, 2, 2"
    })
    void cutsRangesAtSegmentAndBlockBorders(long offset, long length, int segments, int listedOfLast) {
        ContentInformationV1 whole = ExampleContentOfTwo.INFORMATION;
        ContentInformationV1 part = whole.forRange(new ContentRange(offset, length));

        assertThat(part.range()).isEqualTo(new ContentRange(offset, length));
        assertThat(part.segments()).hasSize(segments);
        assertThat(part.segments().get(segments - 1).listedBlockCount()).isEqualTo(listedOfLast);
        assertThat(decode(ByteBuffer.wrap(part.encode())).range()).isEqualTo(part.range());
        assertThat(decode(ByteBuffer.wrap(part.encode())).segments()).isEqualTo(part.segments());
        assertThat(part.encodedBytes()).isEqualTo(part.encode().length);
    }

    @ParameterizedTest
    @CsvSource({"33654431, 2", "33654432, 1", "0, 33654433", "9223372036854775800, 1"})
    void refusesARangeOutsideTheContent(long offset, long length) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ExampleContentOfTwo.INFORMATION.forRange(new ContentRange(offset, length)));
    }

    @Test
    void refusesToWidenACutRange() {
        ContentInformationV1 part = ExampleContentOfTwo.INFORMATION.forRange(new ContentRange(10, 100));

        assertThatIllegalArgumentException().isThrownBy(() -> part.forRange(new ContentRange(9, 50)));
        assertThatIllegalArgumentException().isThrownBy(() -> part.forRange(new ContentRange(10, 101)));
    }

    @Test
    void refusesToBuildFromSegmentsThatDoNotFit() {
        SegmentDescription first = segment(0, SEGMENT);
        SegmentDescription second = segment(SEGMENT, 100_000);
        ContentRange inFirst = new ContentRange(0, 10);
        ContentRange both = new ContentRange(0, SEGMENT + 1L);
        SegmentDescription cut = first.withListedBlocks(1);

        assertThatIllegalArgumentException().isThrownBy(() -> ContentInformationV1.of(ALGORITHM, inFirst, List.of()));
        assertThatIllegalArgumentException()
                .as("a segment behind the range")
                .isThrownBy(() -> ContentInformationV1.of(ALGORITHM, inFirst, List.of(first, second)));
        assertThatIllegalArgumentException()
                .as("a segment missing")
                .isThrownBy(() -> ContentInformationV1.of(ALGORITHM, both, List.of(first)));
        assertThatIllegalArgumentException()
                .as("the wrong order")
                .isThrownBy(() -> ContentInformationV1.of(ALGORITHM, both, List.of(second, first)));
        assertThatIllegalArgumentException()
                .as("another algorithm")
                .isThrownBy(() -> ContentInformationV1.of(HashAlgorithm.SHA_384, inFirst, List.of(first)));
        assertThatIllegalArgumentException()
                .as("a short segment before the last")
                .isThrownBy(() -> ContentInformationV1.of(
                        ALGORITHM,
                        new ContentRange(0, 200_000),
                        List.of(segment(0, 150_000), segment(150_000, 60_000))));
        assertThatIllegalArgumentException()
                .as("hashes missing before the last segment")
                .isThrownBy(() -> ContentInformationV1.of(ALGORITHM, both, List.of(cut, second)));
        assertThatIllegalArgumentException()
                .as("hashes missing in the last segment")
                .isThrownBy(() -> ContentInformationV1.of(ALGORITHM, new ContentRange(0, 65_537), List.of(cut)));
    }

    @Test
    void keepsItsOwnListOfSegments() {
        List<SegmentDescription> segments = new ArrayList<>(List.of(segment(0, 10)));
        ContentInformationV1 information = ContentInformationV1.of(ALGORITHM, new ContentRange(0, 10), segments);
        segments.clear();

        assertThat(information.segments()).hasSize(1);
    }

    /** Two segments, the second of 100,000 octets. */
    private static final class ExampleContentOfTwo {
        static final ContentInformationV1 INFORMATION = ContentInformationV1.of(
                ALGORITHM,
                new ContentRange(0, SEGMENT + 100_000L),
                List.of(segment(0, SEGMENT), segment(SEGMENT, 100_000)));

        static byte[] encode() {
            return INFORMATION.encode();
        }
    }
}
