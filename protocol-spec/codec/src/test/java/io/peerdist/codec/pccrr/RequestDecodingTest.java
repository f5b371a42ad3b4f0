// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Hex;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where reading a request is strict and where it is tolerant. */
final class RequestDecodingTest {
    private static final String ID_FIELD = "00000020" + SampleMessages.ID_HEX;
    private static final int MAX_ALLOCATION_BYTES = 65_536;

    static Stream<RetrievalRequest> requests() {
        return SampleMessages.requests().stream();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void rejectsRequestCutAtAnyLength(RetrievalRequest request) {
        byte[] octets = RetrievalCodec.encodeRequest(request);

        DecoderChecks.truncationAtEveryLength(octets, MalformedMessageException.class, RetrievalCodec::decodeRequest);
        DecoderChecks.truncationAtEveryLength(
                octets,
                MalformedMessageException.class,
                body -> RetrievalCodec.decodeRequest(RetrievalCodecRandomizedTest.withSize(body, 0)));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void rejectsOctetsAfterTheEnd(RetrievalRequest request) {
        byte[] octets = RetrievalCodec.encodeRequest(request);

        DecoderChecks.trailingOctets(octets, MalformedMessageException.class, RetrievalCodec::decodeRequest);
        DecoderChecks.trailingOctets(
                octets,
                MalformedMessageException.class,
                body -> RetrievalCodec.decodeRequest(RetrievalCodecRandomizedTest.withSize(body, 0)));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void readsOrRejectsEverySingleWrongBit(RetrievalRequest request) {
        int accepted = DecoderChecks.bitFlips(
                RetrievalCodec.encodeRequest(request), MalformedMessageException.class, RetrievalCodec::decodeRequest);

        // Of the header's 128 bits only those of the version (32) and of the two low bits of the algorithm can pass.
        assertThat(accepted).isGreaterThanOrEqualTo(34);
    }

    @ParameterizedTest
    @EnumSource
    void readsEveryPreferredAlgorithm(CryptoAlgorithm algorithm) {
        GetBlocks request = new GetBlocks(SampleMessages.ID, List.of(new BlockRange(1, 1)), algorithm);

        assertThat(decode(RetrievalCodec.encodeRequest(request))).isEqualTo(request);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000004", "000000ff", "01000000", "ffffffff"})
    void rejectsUnknownAlgorithm(String algorithm) {
        assertMalformed("00000001 00000000 00000018" + algorithm + "00000001 00000002", "CryptoAlgoId", 12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000001", "00000004", "00000005", "00000007", "00000008", "80000003", "ffffffff"})
    void rejectsTypeThatIsNoRequest(String type) {
        assertMalformed("00000001" + type + "00000018 00000000 00000001 00000002", "MsgType", 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "00000010", "00000017", "00000019", "80000018", "ffffffff"})
    void rejectsSizeOtherThanTheOctetsPresent(String size) {
        assertMalformed("00000001 00000000" + size + "00000000 00000001 00000002", "MsgSize", 8);
    }

    @Test
    void rejectsRequestBeyondTheLimit() {
        byte[] octets = new byte[RetrievalCodec.MAX_REQUEST_BYTES + 1];
        ByteBuffer.wrap(octets).putInt(1).putInt(3).putInt(octets.length);

        assertThatThrownBy(() -> decode(octets))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("98305 octets (expected: 16 to 98304)");
    }

    @Test
    void readsRequestAtTheLimit() {
        int unusedBytes = RetrievalCodec.MAX_REQUEST_BYTES - 68;
        byte[] octets = new byte[RetrievalCodec.MAX_REQUEST_BYTES];
        ByteBuffer.wrap(octets)
                .put(RetrievalCodec.encodeRequest(GetBlocks.one(SampleMessages.ID, 7)))
                .putInt(8, octets.length)
                .putInt(64, unusedBytes);

        assertThat(decode(octets)).isEqualTo(GetBlocks.one(SampleMessages.ID, 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "0000001f", "00000021", "00000040", "7fffffff", "ffffffff"})
    void rejectsOtherSegmentIdLengths(String length) {
        // A length of 64 is fine in itself, but the octets that follow are not enough.
        assertMalformed(
                getBlocks(length + SampleMessages.ID_HEX, "00000001 00000000 00000001", "00000000"),
                length.equals("00000040") ? "SegmentID" : "SizeOfSegmentID",
                length.equals("00000040") ? 20 : 16);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 48, 64})
    void readsEverySegmentIdLength(int length) {
        GetBlocks request = GetBlocks.one(SegmentId.of(new byte[length]), 0);

        assertThat(decode(RetrievalCodec.encodeRequest(request))).isEqualTo(request);
    }

    @Test
    void takesBlockListRequestWithoutRangesAsEmpty() {
        byte[] octets = sized("00000001 00000002 00000000 00000001" + ID_FIELD + "00000000");

        GetBlockList request = new GetBlockList(SampleMessages.ID, List.of(), CryptoAlgorithm.AES_128);
        assertThat(decode(octets)).isEqualTo(request);
        assertThat(request.wanted().isEmpty()).isTrue();
    }

    @Test
    void takesBlockRequestForNoBlockAsEmpty() {
        byte[] octets = getBlocks(ID_FIELD, "00000001 00000000 00000000", "00000000");

        GetBlocks request = (GetBlocks) decode(octets);
        assertThat(request.isEmpty()).isTrue();
        assertThat(request.blockIndex()).isZero();
        assertThat(RetrievalCodec.encodeRequest(request)).isEqualTo(octets);
    }

    @Test
    void rejectsBlockRequestWithoutRanges() {
        assertMalformed(getBlocks(ID_FIELD, "00000000", "00000000"), "ReqBlockRangeCount", 52);
    }

    @Test
    void answersSmallestIndexOfSeveral() {
        byte[] octets =
                getBlocks(ID_FIELD, "00000003 00000009 00000001 00000005 00000002 00000006 00000100", "00000000");

        assertThat(((GetBlocks) decode(octets)).blockIndex()).isEqualTo(5);
    }

    @Test
    void readsRangesThatOverlapInAnyOrder() {
        byte[] octets = sized("00000001 00000002 00000000 00000001" + ID_FIELD
                + "00000004 00000008 00000002 00000000 00000004 00000002 00000003 00000005 00000000");

        assertThat(((GetBlockList) decode(octets)).wanted().ranges())
                .containsExactly(new BlockRange(0, 5), new BlockRange(8, 2));
    }

    @ParameterizedTest
    @CsvSource({
        "00000200, 00000001, Index, 56",
        "ffffffff, 00000001, Index, 56",
        "80000000, 00000001, Index, 56",
        "00000000, 00000201, Count, 60",
        "000001ff, 00000002, Count, 60",
        "00000001, ffffffff, Count, 60",
        "000001ff, 80000000, Count, 60"
    })
    void rejectsRangeBeyondTheSegment(String index, String count, String field, int offset) {
        assertMalformed(getBlocks(ID_FIELD, "00000001" + index + count, "00000000"), field, offset);
        assertMalformed(
                sized("00000001 00000002 00000000 00000001" + ID_FIELD + "00000001" + index + count), field, offset);
    }

    @Test
    void readsTheMostRanges() {
        String range = "0000000100000001";

        assertThat(decode(getBlocks(ID_FIELD, "00000100" + range.repeat(256), "00000000")))
                .isInstanceOfSatisfying(
                        GetBlocks.class, request -> assertThat(request.ranges()).hasSize(256));
        assertMalformed(getBlocks(ID_FIELD, "00000101" + range.repeat(257), "00000000"), "ReqBlockRangeCount", 52);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 100})
    void passesOverDataForVerificationBlock(int bytes) {
        String data = "ab".repeat(bytes);
        String size = "%08x".formatted(bytes);
        String padding = "cd".repeat(-bytes & 3);

        assertThat(decode(getBlocks(ID_FIELD, "00000001 00000007 00000001", size + data)))
                .isEqualTo(GetBlocks.one(SampleMessages.ID, 7));
        assertThat(decode(getBlocks(ID_FIELD, "00000001 00000007 00000001", size + data + padding)))
                .isEqualTo(GetBlocks.one(SampleMessages.ID, 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "00000aaa", "7fffffff", "80000000", "ffffffff"})
    void rejectsSegmentCountBeforeAllocating(String count) {
        byte[] octets = sized(
                "00000002 00000006 00000000 00000001" + SampleMessages.REQUEST_ID_HEX + count + ID_FIELD + "00000000");

        assertMalformed(octets, "CountOfSegmentIDs", 32);
        DecoderChecks.refusesWithoutAllocating(
                MAX_ALLOCATION_BYTES, octets, MalformedMessageException.class, RetrievalCodec::decodeRequest);
    }

    @Test
    void rejectsSegmentCountThatTheOctetsDoNotBack() {
        byte[] octets = sized("00000002 00000006 00000000 00000001" + SampleMessages.REQUEST_ID_HEX + "00000aa9"
                + ID_FIELD + "00000000");

        DecoderChecks.refusesWithoutAllocating(
                MAX_ALLOCATION_BYTES, octets, MalformedMessageException.class, RetrievalCodec::decodeRequest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"00", "0001", "0002", "000100", "00010000", "00010500", "00010301000000", "00020301000000ff"})
    void takesBlobToBeDiscardedAsNone(String blob) {
        String size = "%08x".formatted(blob.length() / 2);
        byte[] octets = sized("00000002 00000006 00000000 00000001" + SampleMessages.REQUEST_ID_HEX + "00000001"
                + ID_FIELD + size + blob);

        assertThat(decode(octets))
                .isEqualTo(new GetSegmentList(SampleMessages.REQUEST_ID, List.of(SampleMessages.ID), null));
    }

    @Test
    void readsSegmentListRequestOfVersion1() {
        // The version of the segment list is 2.0, yet the type alone tells what a message is.
        byte[] octets = sized("00000001 00000006 00000000 00000001" + SampleMessages.REQUEST_ID_HEX + "00000001"
                + ID_FIELD + "00000000");

        assertThat(decode(octets)).isInstanceOf(GetSegmentList.class);
    }

    @Test
    void rejectsVersionRangeThatDescends() {
        assertMalformed("00000001 00000000 00000018 00000000 00000002 00000001", "MaxSupportedProtocolVersion", 20);
    }

    @Test
    void refusesToWriteRequestOfUnknownVersion() {
        assertThatThrownBy(() -> RetrievalCodec.encodeRequest(new UnsupportedRequest(new ProtocolVersion(3, 0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3.0");
    }

    @Test
    void refusesToWriteRequestBeyondTheLimit() {
        GetSegmentList request = new GetSegmentList(
                SampleMessages.REQUEST_ID,
                Collections.nCopies(GetSegmentList.MAX_SEGMENTS, SegmentId.of(new byte[64])),
                null);

        assertThatThrownBy(() -> RetrievalCodec.encodeRequest(request))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("98304");
    }

    private static byte[] getBlocks(String idField, String ranges, String verification) {
        return sized("00000001 00000003 00000000 00000001" + idField + ranges + verification);
    }

    /** The octets with {@code MsgSize} filled in. */
    private static byte[] sized(String hex) {
        byte[] octets = Hex.parse(hex);
        ByteBuffer.wrap(octets).putInt(8, octets.length);
        return octets;
    }

    private static void assertMalformed(String hex, String field, int offset) {
        assertMalformed(Hex.parse(hex), field, offset);
    }

    private static void assertMalformed(byte[] octets, String field, int offset) {
        assertThatThrownBy(() -> decode(octets)).isInstanceOfSatisfying(MalformedMessageException.class, e -> {
            assertThat(e.protocol()).isEqualTo("MS-PCCRR");
            assertThat(e.field()).isEqualTo(field);
            assertThat(e.offset()).isEqualTo(offset);
        });
    }

    private static RetrievalRequest decode(byte[] octets) {
        return RetrievalCodec.decodeRequest(ByteBuffer.wrap(octets));
    }
}
