// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentInformationV2Test {
    private static final ContentInformationV2 WHOLE = ExampleContent.v2(1000, 2000, 131_072, 1);

    private static final int ALGORITHM_AT = 2;
    private static final int START_AT = 3;
    private static final int INDEX_AT = 11;
    private static final int OFFSET_IN_FIRST_AT = 19;
    private static final int LENGTH_OF_RANGE_AT = 23;
    private static final int CHUNK_TYPE_AT = 31;
    private static final int CHUNK_LENGTH_AT = 32;
    private static final int FIRST_SEGMENT_AT = 36;
    private static final int STRIDE = 68;

    private static ByteBuffer whole() {
        return ByteBuffer.wrap(WHOLE.encode());
    }

    private static ContentInformationV2 decode(ByteBuffer input) {
        return (ContentInformationV2) ContentInformation.decode(input);
    }

    private static void refuses(ByteBuffer input, String field, int offset) {
        assertThatThrownBy(() -> decode(input)).isInstanceOfSatisfying(MalformedMessageException.class, e -> {
            assertThat(e.field()).isEqualTo(field);
            assertThat(e.offset()).isEqualTo(offset);
        });
    }

    /** The four segments of {@link #WHOLE} as chunks of one, two and one. */
    private static byte[] threeChunks() {
        byte[] octets = WHOLE.encode();
        ByteBuffer target = ByteBuffer.allocate(octets.length + 10);
        target.put(octets, 0, CHUNK_TYPE_AT);
        int from = FIRST_SEGMENT_AT;
        for (int segments : new int[] {1, 2, 1}) {
            target.put((byte) 0).putInt(segments * STRIDE).put(octets, from, segments * STRIDE);
            from += segments * STRIDE;
        }
        return target.array();
    }

    @Test
    void isMadeOfDescriptionsAsTheyStandOnTheWire() {
        byte[] encoded = WHOLE.encode();
        byte[] descriptions = Arrays.copyOfRange(encoded, FIRST_SEGMENT_AT, encoded.length);

        ContentInformationV2 wrapped = ContentInformationV2.wrap(descriptions);

        assertThat(wrapped.encode()).isEqualTo(encoded);
        assertThat(wrapped.segments()).isEqualTo(WHOLE.segments());
        assertThat(wrapped.range()).isEqualTo(WHOLE.range());
    }

    @Test
    void refusesDescriptionsThatAreNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContentInformationV2.wrap(new byte[0]))
                .withMessageContaining("0 octets");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContentInformationV2.wrap(new byte[STRIDE - 1]))
                .withMessageContaining("multiple of 68");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContentInformationV2.wrap(new byte[STRIDE]))
                .withMessageContaining("segment bytes: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContentInformationV2.wrap(
                        ByteBuffer.allocate(STRIDE).putInt(131_073).array()))
                .withMessageContaining("segment bytes: 131073");
    }

    @Test
    void readsSeveralChunksAndWritesOne() {
        ContentInformationV2 information = decode(ByteBuffer.wrap(threeChunks()));

        assertThat(information.segments()).isEqualTo(WHOLE.segments());
        assertThat(information.encode()).isEqualTo(WHOLE.encode());
    }

    @Test
    void refusesTruncationExceptBehindAChunk() {
        int firstChunkEnd = FIRST_SEGMENT_AT + STRIDE;
        int secondChunkEnd = firstChunkEnd + 5 + 2 * STRIDE;

        DecoderChecks.truncationAtEveryLength(
                WHOLE.encode(), MalformedMessageException.class, ContentInformation::decode);
        DecoderChecks.truncationAtEveryLength(
                threeChunks(),
                MalformedMessageException.class,
                ContentInformation::decode,
                Set.of(firstChunkEnd, secondChunkEnd));
        DecoderChecks.trailingOctets(WHOLE.encode(), MalformedMessageException.class, ContentInformation::decode);
    }

    @Test
    void refusesTruncationBehindAChunkWhenTheLengthIsStated() {
        byte[] octets = threeChunks();
        ByteBuffer.wrap(octets).putLong(LENGTH_OF_RANGE_AT, WHOLE.range().length());

        assertThat(decode(ByteBuffer.wrap(octets)).range()).isEqualTo(WHOLE.range());
        DecoderChecks.truncationAtEveryLength(octets, MalformedMessageException.class, ContentInformation::decode);
    }

    @Test
    void standsEveryBitFlip() {
        int accepted =
                DecoderChecks.bitFlips(WHOLE.encode(), MalformedMessageException.class, ContentInformation::decode);

        assertThat(accepted).isGreaterThan(4 * 64 * Byte.SIZE).isLessThan(whole().capacity() * Byte.SIZE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 0x0C, 0xFF})
    void refusesOtherHashAlgorithms(int id) {
        refuses(whole().put(ALGORITHM_AT, (byte) id), "bHashAlgo", ALGORITHM_AT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 0xFF})
    void refusesOtherChunkTypes(int type) {
        refuses(whole().put(CHUNK_TYPE_AT, (byte) type), "bChunkType", CHUNK_TYPE_AT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 67, 69, 340, 0x44000000, 0x7FFFFFFC, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF})
    void refusesChunkLengthsThatDoNotFit(int length) {
        byte[] input = whole().putInt(CHUNK_LENGTH_AT, length).array();

        refuses(ByteBuffer.wrap(input), "dwChunkDataLength", CHUNK_LENGTH_AT);
        DecoderChecks.refusesWithoutAllocating(
                20_000, input, MalformedMessageException.class, ContentInformation::decode);
    }

    @Test
    void refusesAChunkThatSwallowsTheNextHeader() {
        byte[] octets = threeChunks();
        ByteBuffer.wrap(octets).putInt(CHUNK_LENGTH_AT, 2 * STRIDE);

        assertThatThrownBy(() -> decode(ByteBuffer.wrap(octets))).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void refusesAHeaderWithoutChunks() {
        assertThatThrownBy(() -> decode(whole().limit(CHUNK_TYPE_AT)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("bChunkType");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 131_073, 0x01000000, 0x80000000, 0xFFFFFFFF})
    void refusesOtherSegmentLengths(int bytes) {
        refuses(whole().putInt(FIRST_SEGMENT_AT, bytes), "cbSegment", FIRST_SEGMENT_AT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 0x80000000, 0xFFFFFFFF})
    void refusesAnOffsetBeyondTheFirstSegment(int offset) {
        refuses(whole().putInt(OFFSET_IN_FIRST_AT, offset), "dwOffsetInFirstSegment", OFFSET_IN_FIRST_AT);
    }

    @ParameterizedTest
    @CsvSource({"0, 134074", "999, 133075", "0, 9223372036854775807", "0, -1"})
    void refusesALengthBeyondTheSegments(int offset, long length) {
        ByteBuffer input = whole().putInt(OFFSET_IN_FIRST_AT, offset).putLong(LENGTH_OF_RANGE_AT, length);

        refuses(input, "ullLengthOfRange", LENGTH_OF_RANGE_AT);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0, 134073", "0, 134073, 0, 134073", "999, 0, 999, 133074", "999, 5, 999, 5", "10, 10, 10, 10"})
    void readsTheRange(int offsetInFirst, long lengthOfRange, long offset, long length) {
        ByteBuffer input = whole().putInt(OFFSET_IN_FIRST_AT, offsetInFirst).putLong(LENGTH_OF_RANGE_AT, lengthOfRange);

        assertThat(decode(input).range()).isEqualTo(new ContentRange(offset, length));
        assertThat(ByteBuffer.wrap(decode(input).encode())).isEqualTo(input);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, Long.MAX_VALUE, Long.MAX_VALUE - 134_072})
    void refusesAContentThatEndsBeyond63Bits(long start) {
        refuses(whole().putLong(START_AT, start), "ullStartInContent", START_AT);
    }

    @Test
    void refusesANegativeIndex() {
        refuses(whole().putLong(INDEX_AT, -1), "ullIndexOfFirstSegment", INDEX_AT);
        refuses(whole().putLong(INDEX_AT, Long.MAX_VALUE), "ullIndexOfFirstSegment", INDEX_AT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContentInformationV2.of(WHOLE.range(), -1, WHOLE.segments()));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0, 1",
        "999, 1, 0, 1",
        "999, 2, 0, 2",
        "1000, 2000, 1, 1",
        "2999, 2, 1, 2",
        "3000, 131072, 2, 1",
        "134072, 1, 3, 1",
        "1, 134072, 0, 4",
        "0, 3000, 0, 2"
    })
    void cutsRangesAtSegmentBorders(long offset, long length, long index, int segments) {
        ContentRange range = new ContentRange(offset, length);
        ContentInformationV2 part = WHOLE.forRange(range);
        ContentInformationV2 read = decode(ByteBuffer.wrap(part.encode()));

        assertThat(part.range()).isEqualTo(range);
        assertThat(part.segments()).hasSize(segments);
        assertThat(read.indexOfFirstSegment()).isEqualTo(index).isEqualTo(part.indexOfFirstSegment());
        assertThat(read.range()).isEqualTo(range);
        assertThat(read.segments()).isEqualTo(part.segments());
        assertThat(ByteBuffer.wrap(part.encode()).getLong(LENGTH_OF_RANGE_AT)).isEqualTo(length);
    }

    @Test
    void writesNoLengthForTheWholeContentOnly() {
        assertThat(whole().getLong(LENGTH_OF_RANGE_AT)).isZero();
        assertThat(WHOLE.forRange(WHOLE.range()).encode()).isEqualTo(WHOLE.encode());
    }

    @Test
    void takesSegmentsBehindTheRange() {
        ByteBuffer input = whole().putLong(LENGTH_OF_RANGE_AT, 10);

        assertThat(decode(input).segments()).hasSize(4);
        assertThat(ByteBuffer.wrap(
                        decode(input).forRange(new ContentRange(0, 10)).encode()))
                .isEqualTo(input);
        assertThat(decode(input).forRange(new ContentRange(1, 9)).segments()).hasSize(1);
    }

    @Test
    void refusesToBuildFromSegmentsThatDoNotFit() {
        List<SegmentDescription> segments = WHOLE.segments();
        ContentRange range = WHOLE.range();

        assertThatIllegalArgumentException().isThrownBy(() -> ContentInformationV2.of(range, 0, List.of()));
        assertThatIllegalArgumentException()
                .as("the last segment missing")
                .isThrownBy(() -> ContentInformationV2.of(range, 0, segments.subList(0, 3)));
        assertThatIllegalArgumentException()
                .as("the first segment missing")
                .isThrownBy(() -> ContentInformationV2.of(range, 0, segments.subList(1, 4)));
        assertThatIllegalArgumentException()
                .as("a gap")
                .isThrownBy(() ->
                        ContentInformationV2.of(new ContentRange(0, 10), 0, List.of(segments.get(0), segments.get(2))));
        assertThatIllegalArgumentException()
                .as("version 1.0 segments")
                .isThrownBy(() -> ContentInformationV2.of(
                        new ContentRange(0, 10), 0, ExampleContent.v1Segments(HashAlgorithm.SHA_256, 10)));
    }
}
