// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.BlockHash;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.Gen;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The content information inside a SEGMENT_INFO message: little-endian, unlike the message around it. */
final class SegmentInfoTest {
    private static final int HASH_ALGORITHM_AT = 2;
    private static final int OFFSET_AT = 6;
    private static final int READ_BYTES_AT = 10;
    private static final int SEGMENT_COUNT_AT = 14;
    private static final int SEGMENT_BYTES_AT = 26;
    private static final int BLOCK_BYTES_AT = 30;
    private static final int SEGMENT_BYTES = 65_536 * 2 + 100;
    private static final SegmentDescription SEGMENT = segment(HashAlgorithm.SHA_256, SEGMENT_BYTES);

    @ParameterizedTest
    @EnumSource(names = "TRUNCATED_SHA_512", mode = EnumSource.Mode.EXCLUDE)
    void describesSegmentOfEveryAlgorithm(HashAlgorithm algorithm) {
        SegmentDescription segment = segment(algorithm, SEGMENT_BYTES);
        SegmentInfo info = SegmentInfo.of(80, ContentTag.WININET, segment);

        SegmentInfo read = (SegmentInfo) HostedCacheRequest.decode(ByteBuffer.wrap(info.encode()));

        assertThat(read).isEqualTo(info).hasSameHashCodeAs(info);
        assertThat(read.contentTag()).isEqualTo(ContentTag.WININET);
        assertThat(read.port()).isEqualTo(80);
        assertThat(read.segment()).isEqualTo(segment);
        assertThat(read.segment().id()).isEqualTo(segment.id());
    }

    @Test
    void writesTheSegmentsLengthLittleEndian() {
        byte[] information = SegmentInfo.of(80, ContentTag.WININET, SEGMENT).segmentInformation();

        assertThat(information).startsWith(0, 1, 0x0C, 0x80, 0, 0, 0, 0, 0, 0, 0x64, 0, 2, 0, 1, 0, 0, 0);
    }

    @Test
    void fitsTheLongestSegmentIntoTheLimit() {
        SegmentDescription longest = segment(HashAlgorithm.SHA_512, 32 << 20);

        byte[] octets = SegmentInfo.of(80, ContentTag.WININET, longest).encode();

        assertThat(octets).hasSizeBetween(32_768, 34_000);
        assertThat(((SegmentInfo) HostedCacheRequest.decode(ByteBuffer.wrap(octets))).segment())
                .isEqualTo(longest);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 65_537, SEGMENT_BYTES - 1, SEGMENT_BYTES})
    void readsAnyLengthUpToTheSegments(int readBytes) {
        assertThat(changed(READ_BYTES_AT, readBytes).segment()).isEqualTo(SEGMENT);
    }

    @ParameterizedTest
    @ValueSource(ints = {SEGMENT_BYTES + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void rejectsLengthBeyondTheSegments(int readBytes) {
        assertNotPullable(changed(READ_BYTES_AT, readBytes), "dwReadBytesInLastSegment");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, SEGMENT_BYTES - 1})
    void readsRangeThatStartsInsideTheSegment(int offset) {
        assertThat(changed(OFFSET_AT, offset).segment()).isEqualTo(SEGMENT);
    }

    @ParameterizedTest
    @ValueSource(ints = {SEGMENT_BYTES, Integer.MAX_VALUE, -1})
    void rejectsRangeThatStartsBehindTheSegment(int offset) {
        assertNotPullable(changed(OFFSET_AT, offset), "dwOffsetInFirstSegment");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, -1})
    void rejectsOtherSegmentCounts(int count) {
        assertNotPullable(changed(SEGMENT_COUNT_AT, count), "cSegments");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 0x800B, 0x800F, -1})
    void rejectsUnknownHashAlgorithm(int algorithm) {
        assertNotPullable(changed(HASH_ALGORITHM_AT, algorithm), "dwHashAlgo");
    }

    @Test
    void rejectsSizesThatNoSegmentHas() {
        assertNotPullable(changed(SEGMENT_BYTES_AT, 0), "cbSegment");
        assertNotPullable(changed(SEGMENT_BYTES_AT, (32 << 20) + 1), "cbSegment");
        assertNotPullable(changed(SEGMENT_BYTES_AT, -1), "cbSegment");
        assertNotPullable(changed(BLOCK_BYTES_AT, 0), "cbBlockSize");
        assertNotPullable(changed(BLOCK_BYTES_AT, 1), "cbBlockSize");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0000, 0x0101, 0x0200, 0x0001, 0xFFFF})
    void rejectsOtherVersionsOfContentInformation(int version) {
        byte[] information = SegmentInfo.of(80, ContentTag.BITS, SEGMENT).segmentInformation();
        ByteBuffer.wrap(information).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) version);

        assertNotPullable(new SegmentInfo(80, ContentTag.BITS, information), "Version");
    }

    @Test
    void readsListOfTheFirstBlocksAlone() {
        byte[] information = SegmentInfo.of(80, ContentTag.BITS, SEGMENT).segmentInformation();
        int blockCountAt = information.length - 3 * 32 - Integer.BYTES;
        byte[] firstBlocks = Arrays.copyOf(information, information.length - 32);
        ByteBuffer.wrap(firstBlocks).order(ByteOrder.LITTLE_ENDIAN).putInt(blockCountAt, 2);

        SegmentInfo info = new SegmentInfo(80, ContentTag.BITS, firstBlocks);

        assertThat(info.segment().listedBlockCount()).isEqualTo(2);
        assertThat(info.segment().blockCount()).isEqualTo(3);
        assertThat(info.segment().id()).isEqualTo(SEGMENT.id());
        assertThat(SegmentInfo.of(80, ContentTag.BITS, info.segment())).isEqualTo(info);
    }

    @Test
    void keepsDescriptionCutAtAnyLengthAndReportsIt() {
        byte[] information = SegmentInfo.of(80, ContentTag.BITS, SEGMENT).segmentInformation();
        for (int length = 0; length < information.length; length++) {
            SegmentInfo info = new SegmentInfo(80, ContentTag.BITS, Arrays.copyOf(information, length));

            assertThat(HostedCacheRequest.decode(ByteBuffer.wrap(info.encode())))
                    .isEqualTo(info);
            assertThatThrownBy(info::segment).isInstanceOf(MalformedMessageException.class);
        }
    }

    @Test
    void doesNotChangeWithTheOctetsItWasGiven() {
        byte[] information = {1, 2, 3};
        SegmentInfo info = new SegmentInfo(80, ContentTag.BITS, information);

        information[0] = 9;
        info.segmentInformation()[1] = 9;

        assertThat(info.segmentInformation()).containsExactly(1, 2, 3);
    }

    @Test
    void doesNotPrintTheSecret() {
        assertThat(SegmentInfo.of(80, ContentTag.BITS, SEGMENT).toString())
                .isEqualTo("SegmentInfo[port 80, BITS-4.0, 198 octets]");
    }

    @Test
    void refusesSegmentOfVersion2AndTooLongDescription() {
        SegmentDescription version2 = SegmentDescription.v2(
                0, 100, HashOfData.of(new byte[32]), serverSecret(HashAlgorithm.TRUNCATED_SHA_512));

        assertThatThrownBy(() -> SegmentInfo.of(80, ContentTag.BITS, version2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SegmentInfo(80, ContentTag.BITS, new byte[65_536 - 31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65505");
    }

    private static void assertNotPullable(SegmentInfo info, String field) {
        assertThatThrownBy(info::segment)
                .isInstanceOfSatisfying(
                        MalformedMessageException.class,
                        e -> assertThat(e.field()).isEqualTo(field));
    }

    private static SegmentInfo changed(int at, int value) {
        byte[] information = SegmentInfo.of(80, ContentTag.BITS, SEGMENT).segmentInformation();
        ByteBuffer.wrap(information).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return new SegmentInfo(80, ContentTag.BITS, information);
    }

    private static SegmentDescription segment(HashAlgorithm algorithm, int segmentBytes) {
        int blocks = (segmentBytes + 65_535) / 65_536;
        return SegmentDescription.v1(
                algorithm,
                0,
                segmentBytes,
                Collections.nCopies(blocks, BlockHash.of(Gen.ofSeed(1).bytes(algorithm.digestBytes()))),
                serverSecret(algorithm));
    }

    private static ServerSecret serverSecret(HashAlgorithm algorithm) {
        return ServerSecret.derive(algorithm, SecretKey.of(new byte[] {1, 2, 3}));
    }
}
