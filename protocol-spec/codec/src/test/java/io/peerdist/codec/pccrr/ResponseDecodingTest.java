// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Hex;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where reading a response is strict and where it is tolerant. */
final class ResponseDecodingTest {
    private static final String ID_FIELD = "00000020" + SampleMessages.ID_HEX;
    private static final String IV_FIELD = "00000010 40414243444546474849616263646566";
    private static final String BLOCK = "30313233343536373839616263646566";
    private static final int MAX_ALLOCATION_BYTES = 65_536;

    static Stream<RetrievalResponse> responses() {
        return SampleMessages.responses().stream();
    }

    @ParameterizedTest
    @MethodSource("responses")
    void rejectsResponseCutAtAnyLength(RetrievalResponse response) {
        byte[] octets = RetrievalCodec.encodeResponse(response);

        DecoderChecks.truncationAtEveryLength(octets, MalformedMessageException.class, RetrievalCodec::decodeResponse);
        DecoderChecks.truncationAtEveryLength(
                octets,
                MalformedMessageException.class,
                body -> RetrievalCodec.decodeResponse(RetrievalCodecRandomizedTest.withSize(body, 4)));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void rejectsOctetsAfterTheEnd(RetrievalResponse response) {
        byte[] octets = RetrievalCodec.encodeResponse(response);

        DecoderChecks.trailingOctets(octets, MalformedMessageException.class, RetrievalCodec::decodeResponse);
        DecoderChecks.trailingOctets(
                octets,
                MalformedMessageException.class,
                body -> RetrievalCodec.decodeResponse(RetrievalCodecRandomizedTest.withSize(body, 4)));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void readsOrRejectsEverySingleWrongBit(RetrievalResponse response) {
        int accepted = DecoderChecks.bitFlips(
                RetrievalCodec.encodeResponse(response),
                MalformedMessageException.class,
                RetrievalCodec::decodeResponse);

        // At least the transport header's size and the minor version, 48 bits, are not looked at.
        assertThat(accepted).isGreaterThanOrEqualTo(48);
    }

    @Test
    void doesNotDependOnTransportSizeOrMinorVersion() {
        byte[] octets = RetrievalCodec.encodeResponse(BlockResponse.missing(SampleMessages.ID, 3, 4));
        ByteBuffer.wrap(octets).putInt(0).putInt(0x0009_0002);

        assertThat(decode(octets)).isEqualTo(BlockResponse.missing(SampleMessages.ID, 3, 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0000_0000, 0x0001_0000, 0x0000_0003, 0xFEFE_FEFE})
    void rejectsMajorVersionThatIsNotSpokenHere(int version) {
        byte[] octets = RetrievalCodec.encodeResponse(BlockResponse.missing(SampleMessages.ID, 3, 4));
        ByteBuffer.wrap(octets).putInt(4, version);

        assertMalformed(octets, "ProtVer", 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "00000002", "00000003", "00000006", "00000008", "ffffffff"})
    void rejectsTypeThatIsNoResponse(String type) {
        assertMalformed(sized("00000001" + type + "00000000 00000000 00000001 00000002"), "MsgType", 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000004", "ffffffff"})
    void rejectsUnknownAlgorithm(String algorithm) {
        assertMalformed(block(algorithm, "00000003 00000004", "00000000", "00000000", "00000000"), "CryptoAlgoId", 16);
    }

    @Test
    void rejectsResponseBeyondTheLimitAndReadsOneAtIt() {
        byte[] block = new byte[RetrievalCodec.MAX_RESPONSE_BYTES - 72];
        BlockResponse longest = new BlockResponse(SampleMessages.ID, 0, 0, CryptoAlgorithm.NONE, block, new byte[0]);
        byte[] octets = RetrievalCodec.encodeResponse(longest);

        assertThat(octets).hasSize(RetrievalCodec.MAX_RESPONSE_BYTES + 4);
        assertThat(decode(octets)).isEqualTo(longest);
        assertMalformed(new byte[octets.length + 1], "message", 4);
        BlockResponse tooLong = new BlockResponse(
                SampleMessages.ID, 0, 0, CryptoAlgorithm.NONE, new byte[block.length + 1], new byte[0]);
        assertThatThrownBy(() -> RetrievalCodec.encodeResponse(tooLong)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void readsEveryAlgorithm(CryptoAlgorithm algorithm) {
        byte[] octets =
                block("%08x".formatted(algorithm.id()), "00000003 00000004", "00000010" + BLOCK, "00000000", IV_FIELD);

        assertThat(decode(octets))
                .isEqualTo(new BlockResponse(
                        SampleMessages.ID,
                        3,
                        4,
                        algorithm,
                        Hex.parse(BLOCK),
                        Hex.parse("40414243444546474849616263646566")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "00000001 ab000000", "00000003 ababab ff", "00000008 0102030405060708"})
    void passesOverVerificationBlock(String verification) {
        byte[] octets = block("00000001", "00000003 00000004", "00000010" + BLOCK, verification, IV_FIELD);

        assertThat(((BlockResponse) decode(octets)).initializationVector())
                .isEqualTo(Hex.parse("40414243444546474849616263646566"));
    }

    @Test
    void doesNotLookAtPadding() {
        byte[] octets = block("00000000", "00000003 00000004", "00000001 30 ffffff", "00000000", "00000000");

        assertThat(((BlockResponse) decode(octets)).block()).containsExactly('0');
    }

    @Test
    void dropsVectorOfBlockThatNeedsNone() {
        byte[] plain = block("00000000", "00000003 00000004", "00000001 30 000000", "00000000", IV_FIELD);
        byte[] empty = block("00000001", "00000003 00000004", "00000000", "00000000", IV_FIELD);

        assertThat(((BlockResponse) decode(plain)).initializationVector()).isEmpty();
        assertThat(decode(empty)).isEqualTo(BlockResponse.missing(SampleMessages.ID, 3, 4));
    }

    @ParameterizedTest
    @CsvSource({
        "0000000f, SizeOfIVBlock",
        "00000011, SizeOfIVBlock",
        "00000000, SizeOfIVBlock",
        "ffffffff, SizeOfIVBlock"
    })
    void rejectsEncryptedBlockWithoutWholeVector(String size, String field) {
        assertMalformed(
                block("00000001", "00000003 00000004", "00000010" + BLOCK, "00000000", size + BLOCK), field, 88);
    }

    @Test
    void rejectsEncryptedBlockOfOddLength() {
        assertMalformed(
                block("00000001", "00000003 00000004", "0000000c" + BLOCK.substring(8), "00000000", IV_FIELD),
                "SizeOfBlock",
                64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000020", "00060000", "00060001", "7ffffff0", "fffffff0"})
    void rejectsBlockSizeThatTheOctetsDoNotBack(String size) {
        byte[] octets = block("00000001", "00000003 00000004", size + BLOCK, "00000000", "00000000");

        DecoderChecks.refusesWithoutAllocating(
                MAX_ALLOCATION_BYTES, octets, MalformedMessageException.class, RetrievalCodec::decodeResponse);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000200", "80000000", "ffffffff"})
    void rejectsBlockIndexBeyondTheSegment(String index) {
        assertMalformed(block("00000000", index + "00000000", "00000000", "00000000", "00000000"), "BlockIndex", 56);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000200", "80000000", "ffffffff"})
    void takesNextIndexBeyondTheSegmentAsNone(String next) {
        byte[] block = block("00000000", "000001ff" + next, "00000000", "00000000", "00000000");
        byte[] list = sized("00000001 00000004 00000000 00000000" + ID_FIELD + "00000000" + next);

        assertThat(decode(block)).isEqualTo(BlockResponse.missing(SampleMessages.ID, 511, 0));
        assertThat(decode(list)).isEqualTo(new BlockList(SampleMessages.ID, BlockRanges.NONE, 0));
    }

    @ParameterizedTest
    @CsvSource({"00000200, 00000001", "00000001, 00000200", "ffffffff, 00000001", "000001ff, ffffffff"})
    void rejectsBlockRangeBeyondTheSegment(String index, String count) {
        byte[] octets =
                sized("00000001 00000004 00000000 00000000" + ID_FIELD + "00000001" + index + count + "00000000");

        assertThatThrownBy(() -> decode(octets)).isInstanceOf(MalformedMessageException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "00000aa9, 00000001, Index",
        "ffffffff, 00000001, Index",
        "00000000, 00000aaa, Count",
        "00000aa8, 00000002, Count",
        "00000001, ffffffff, Count"
    })
    void rejectsSegmentRangeThatNoRequestReaches(String index, String count, String field) {
        assertMalformed(segmentList("00000001" + index + count), field, field.equals("Index") ? 40 : 44);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000aaa", "7fffffff", "ffffffff"})
    void rejectsSegmentRangeCountBeforeAllocating(String count) {
        assertMalformed(segmentList(count), "SegmentRangeCount", 36);
        DecoderChecks.refusesWithoutAllocating(
                MAX_ALLOCATION_BYTES,
                segmentList(count),
                MalformedMessageException.class,
                RetrievalCodec::decodeResponse);
    }

    @Test
    void readsSegmentRangesThatOverlapInAnyOrder() {
        byte[] octets = segmentList("00000003 00000005 00000002 00000000 00000001 00000006 00000002");
        BitSet expected = new BitSet();
        expected.set(0);
        expected.set(5, 8);

        SegmentList list = (SegmentList) decode(octets);

        assertThat(list.segments()).isEqualTo(expected);
        assertThat(list.segments().length()).isEqualTo(8);
        assertThat(SegmentList.of(list.requestId(), list.segments(), null).ranges())
                .containsExactly(new SegmentRange(0, 1), new SegmentRange(5, 3));
    }

    private static byte[] block(String algorithm, String indexes, String block, String verification, String vector) {
        return sized("00000001 00000005 00000000" + algorithm + ID_FIELD + indexes + block + verification + vector);
    }

    private static byte[] segmentList(String ranges) {
        return sized("00000002 00000007 00000000 00000000" + SampleMessages.REQUEST_ID_HEX + ranges + "00000000");
    }

    /** The octets behind a transport header, with both sizes filled in. */
    private static byte[] sized(String hex) {
        byte[] octets = Hex.parse("00000000" + hex);
        ByteBuffer.wrap(octets).putInt(0, octets.length - 4).putInt(12, octets.length - 4);
        return octets;
    }

    private static void assertMalformed(byte[] octets, String field, int offset) {
        assertThatThrownBy(() -> decode(octets)).isInstanceOfSatisfying(MalformedMessageException.class, e -> {
            assertThat(e.protocol()).isEqualTo("MS-PCCRR");
            assertThat(e.field()).isEqualTo(field);
            assertThat(e.offset()).isEqualTo(offset);
        });
    }

    private static RetrievalResponse decode(byte[] octets) {
        return RetrievalCodec.decodeResponse(ByteBuffer.wrap(octets));
    }
}
