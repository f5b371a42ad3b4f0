// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.SegmentId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages as octets. The octets are counted out from MS-PCCRR 2.2 unless a test names another source. */
final class RetrievalCodecTest {
    private static final String ID_HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private static final SegmentId ID = SegmentId.ofHex(ID_HEX);
    private static final String REQUEST_ID_HEX = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
    private static final RequestId REQUEST_ID = RequestId.of(HexFormat.of().parseHex(REQUEST_ID_HEX));

    @Test
    void readsAndWritesTheBlockRequestOfIpxe() {
        // iPXE 0ab2277: one block per request, no verification data, AES-128, 68 octets.
        byte[] octets =
                hex("00000001 00000003 00000044 00000001 00000020", ID_HEX, "00000001 00000007 00000001 00000000");

        assertThat(octets).hasSize(68);
        assertThat(request(octets)).isEqualTo(GetBlocks.one(ID, 7));
        assertThat(RetrievalCodec.encodeRequest(GetBlocks.one(ID, 7))).isEqualTo(octets);
    }

    @Test
    void readsAndWritesNegotiationRequest() {
        byte[] octets = hex("00000001 00000000 00000018 00000000 00020001 00050003");
        NegotiationRequest message =
                new NegotiationRequest(new VersionRange(new ProtocolVersion(1, 2), new ProtocolVersion(3, 5)));

        assertThat(request(octets)).isEqualTo(message);
        assertThat(RetrievalCodec.encodeRequest(message)).isEqualTo(octets);
    }

    @Test
    void readsAndWritesNegotiationResponse() {
        byte[] octets = hex("00000018 00000001 00000001 00000018 00000000 00000001 00000002");
        NegotiationResponse message = new NegotiationResponse(VersionRange.SUPPORTED);

        assertThat(response(octets)).isEqualTo(message);
        assertThat(RetrievalCodec.encodeResponse(message)).isEqualTo(octets);
    }

    @Test
    void readsAndWritesBlockListRequest() {
        byte[] octets = hex(
                "00000001 00000002 00000048 00000003 00000020", ID_HEX, "00000002 0000002a 00000007 00000000 00000200");
        GetBlockList message =
                new GetBlockList(ID, List.of(new BlockRange(42, 7), new BlockRange(0, 512)), CryptoAlgorithm.AES_256);

        assertThat(request(octets)).isEqualTo(message);
        assertThat(RetrievalCodec.encodeRequest(message)).isEqualTo(octets);
        assertThat(message.wanted()).isEqualTo(BlockRanges.first(512));
    }

    @Test
    void readsAndWritesBlockList() {
        byte[] octets = hex(
                "0000004c 00000001 00000004 0000004c 00000000 00000020",
                ID_HEX,
                "00000002 00000000 00000002 00000005 00000001 00000009");
        BlockList message = new BlockList(ID, BlockRanges.of(List.of(new BlockRange(0, 2), new BlockRange(5, 1))), 9);

        assertThat(response(octets)).isEqualTo(message);
        assertThat(RetrievalCodec.encodeResponse(message)).isEqualTo(octets);
    }

    @Test
    void writesBlockListInNormalForm() {
        BlockList message = new BlockList(
                ID, BlockRanges.of(List.of(new BlockRange(8, 2), new BlockRange(3, 2), new BlockRange(4, 4))), 0);

        assertThat(RetrievalCodec.encodeResponse(message)).endsWith(hex("00000001 00000003 00000007 00000000"));
    }

    @Test
    void readsAndWritesBlock() {
        byte[] octets = hex(
                "00000068 00000001 00000005 00000068 00000002 00000020",
                ID_HEX,
                "00000003 00000004 00000010",
                "30313233343536373839616263646566",
                "00000000 00000010",
                "40414243444546474849616263646566");
        BlockResponse message = new BlockResponse(
                ID,
                3,
                4,
                CryptoAlgorithm.AES_192,
                hex("30313233343536373839616263646566"),
                hex("40414243444546474849616263646566"));

        assertThat(response(octets)).isEqualTo(message);
        assertThat(RetrievalCodec.encodeResponse(message)).isEqualTo(octets);
    }

    @Test
    void readsAndWritesMissingBlock() {
        byte[] octets = hex(
                "00000048 00000001 00000005 00000048 00000000 00000020",
                ID_HEX,
                "00000003 00000004 00000000 00000000 00000000");
        BlockResponse message = BlockResponse.missing(ID, 3, 4);

        assertThat(response(octets)).isEqualTo(message);
        assertThat(((BlockResponse) response(octets)).isEmpty()).isTrue();
        assertThat(RetrievalCodec.encodeResponse(message)).isEqualTo(octets);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void padsPlainBlockToFourOctets(int blockBytes) {
        BlockResponse message = new BlockResponse(ID, 0, 0, CryptoAlgorithm.NONE, new byte[blockBytes], new byte[0]);

        byte[] octets = RetrievalCodec.encodeResponse(message);

        assertThat(octets).hasSize(68 + (blockBytes + 3) / 4 * 4 + 8);
        assertThat(response(octets)).isEqualTo(message);
    }

    @Test
    void readsAndWritesSegmentListRequest() {
        byte[] octets = hex(
                "00000002 00000006 0000007c 00000001",
                REQUEST_ID_HEX,
                "00000002 00000020",
                ID_HEX,
                "00000020",
                ID_HEX.replace("00", "ee"),
                "0000000c 0001 03 02 00 02 01 00 01 ff ff ff");
        GetSegmentList message = new GetSegmentList(
                REQUEST_ID,
                List.of(ID, SegmentId.ofHex(ID_HEX.replace("00", "ee"))),
                new SegmentAges(
                        AgeUnit.HUNDREDTHS,
                        List.of(new EncodedSegmentAge(0, 258), new EncodedSegmentAge(1, EncodedSegmentAge.MAX_AGE))));

        assertThat(request(octets)).isEqualTo(message);
        assertThat(RetrievalCodec.encodeRequest(message)).isEqualTo(octets);
    }

    @Test
    void readsAndWritesSegmentList() {
        byte[] octets = hex(
                "00000038 00000002 00000007 00000038 00000000",
                REQUEST_ID_HEX,
                "00000002 00000000 00000003 00000007 00000001 00000000");
        SegmentList message =
                new SegmentList(REQUEST_ID, List.of(new SegmentRange(0, 3), new SegmentRange(7, 1)), null);

        assertThat(response(octets)).isEqualTo(message);
        assertThat(RetrievalCodec.encodeResponse(message)).isEqualTo(octets);
        assertThat(SegmentList.of(REQUEST_ID, message.segments(), null)).isEqualTo(message);
    }

    @ParameterizedTest
    @EnumSource
    void putsTogetherFromFileWhatTheEncoderWrites(CryptoAlgorithm algorithm) {
        byte[] iv = algorithm == CryptoAlgorithm.NONE
                ? new byte[0]
                : new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        for (int plainBytes : new int[] {1, 65_535, 65_536, 131_072}) {
            byte[] ciphertext = new byte[BlockCipher.ciphertextBytes(algorithm, plainBytes)];
            ciphertext[0] = 42;
            ByteBuffer whole = ByteBuffer.allocate(200_000)
                    .put(RetrievalCodec.blockPreamble(
                            ProtocolVersion.V1_0, ID, 5, 6, algorithm, ciphertext.length, iv.length))
                    .put(ciphertext)
                    .put(RetrievalCodec.blockTrailer(ciphertext.length, iv))
                    .flip();
            assertThat(RetrievalCodec.blockTrailerBytes(ciphertext.length, iv.length))
                    .isEqualTo(
                            RetrievalCodec.blockTrailer(ciphertext.length, iv).remaining());

            assertThat(bytes(whole))
                    .isEqualTo(RetrievalCodec.encodeResponse(new BlockResponse(ID, 5, 6, algorithm, ciphertext, iv)));
        }
    }

    @Test
    void addsFixedOctetsToBlock() {
        byte[] version1 = new byte[BlockCipher.ciphertextBytes(CryptoAlgorithm.AES_128, 65_536)];
        byte[] version2 = new byte[BlockCipher.ciphertextBytes(CryptoAlgorithm.AES_128, 131_072)];
        byte[] iv = new byte[BlockCipher.IV_BYTES];

        // 68 octets up to the ciphertext and 24 after it: transport header 4, header 16, id 36, three integers 12;
        // then two sizes 8 and the vector 16.
        assertThat(version1).hasSize(65_552);
        assertThat(RetrievalCodec.encodeResponse(new BlockResponse(ID, 0, 0, CryptoAlgorithm.AES_128, version1, iv)))
                .hasSize(65_644);
        assertThat(RetrievalCodec.encodeResponse(new BlockResponse(ID, 0, 0, CryptoAlgorithm.AES_128, version2, iv)))
                .hasSize(131_180);
    }

    @Test
    void answersUnsupportedMajorVersionWithoutLookingFurther() {
        assertThat(request(hex("00050003 000000ff 00000010 000000ff")))
                .isEqualTo(new UnsupportedRequest(new ProtocolVersion(3, 5)));
        assertThat(request(hex("00000000 00000000 00000018 00000000 00000000 00000000")))
                .isEqualTo(new UnsupportedRequest(new ProtocolVersion(0, 0)));
    }

    @Test
    void ignoresMinorVersion() {
        byte[] octets = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 7));
        octets[1] = 9;

        assertThat(request(octets)).isEqualTo(GetBlocks.one(ID, 7));
    }

    @Test
    void readsNoSegmentPastTheLimit() {
        List<SegmentId> ids = new ArrayList<>();
        for (int i = 0; i < GetSegmentList.MAX_SEGMENTS; i++) {
            ids.add(ID);
        }
        GetSegmentList message = new GetSegmentList(REQUEST_ID, ids, null);
        byte[] octets = RetrievalCodec.encodeRequest(message);

        assertThat(GetSegmentList.MAX_SEGMENTS).isEqualTo(2729);
        assertThat(octets).hasSizeBetween(RetrievalCodec.MAX_REQUEST_BYTES - 35, RetrievalCodec.MAX_REQUEST_BYTES);
        assertThat(request(octets)).isEqualTo(message);
        ids.add(ID);
        assertThatThrownBy(() -> new GetSegmentList(REQUEST_ID, ids, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2730");
    }

    @Test
    void writesARequestInTheVersionThatWasNegotiated() {
        byte[] octets = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 7), ProtocolVersion.V2_0);

        assertThat(octets)
                .isEqualTo(hex(
                        "00000002 00000003 00000044 00000001 00000020", ID_HEX, "00000001 00000007 00000001 00000000"));
        assertThat(request(octets)).isEqualTo(GetBlocks.one(ID, 7));
        assertThat(RetrievalCodec.versionOf(ByteBuffer.wrap(octets))).isEqualTo(ProtocolVersion.V2_0);
    }

    @Test
    void writesNoRequestInAVersionThatHasNoSuchMessage() {
        GetSegmentList segments = new GetSegmentList(REQUEST_ID, List.of(ID), null);
        NegotiationRequest negotiation = new NegotiationRequest(VersionRange.SUPPORTED);

        assertThat(RetrievalCodec.isIn(segments, ProtocolVersion.V1_0)).isFalse();
        assertThat(RetrievalCodec.isIn(segments, ProtocolVersion.V2_0)).isTrue();
        assertThat(RetrievalCodec.isIn(negotiation, ProtocolVersion.V2_0)).isFalse();
        assertThat(RetrievalCodec.isIn(GetBlocks.one(ID, 7), new ProtocolVersion(3, 0)))
                .isFalse();
        assertThatThrownBy(() -> RetrievalCodec.encodeRequest(segments, ProtocolVersion.V1_0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GETSEGLIST");
    }

    @Test
    void answersInTheVersionOfTheQuestionUnlessTheTypeIsOfALaterOne() {
        BlockList blocks = new BlockList(ID, BlockRanges.NONE, 0);
        SegmentList segments = new SegmentList(REQUEST_ID, List.of(), null);
        NegotiationResponse negotiation = new NegotiationResponse(VersionRange.SUPPORTED);

        assertThat(majorVersion(RetrievalCodec.encodeResponse(blocks, ProtocolVersion.V1_0)))
                .isEqualTo(1);
        assertThat(majorVersion(RetrievalCodec.encodeResponse(blocks, new ProtocolVersion(2, 7))))
                .isEqualTo(2);
        assertThat(majorVersion(RetrievalCodec.encodeResponse(segments, ProtocolVersion.V1_0)))
                .isEqualTo(2);
        assertThat(majorVersion(RetrievalCodec.encodeResponse(negotiation, new ProtocolVersion(9, 9))))
                .isEqualTo(1);
        assertThat(RetrievalCodec.blockPreamble(ProtocolVersion.V2_0, ID, 5, 6, CryptoAlgorithm.AES_128, 16, 16)
                        .getInt(4))
                .isEqualTo(2);
    }

    private static int majorVersion(byte[] response) {
        return ByteBuffer.wrap(response).getInt(4);
    }

    private static RetrievalRequest request(byte[] octets) {
        return RetrievalCodec.decodeRequest(ByteBuffer.wrap(octets));
    }

    private static RetrievalResponse response(byte[] octets) {
        return RetrievalCodec.decodeResponse(ByteBuffer.wrap(octets));
    }

    private static byte[] hex(String... parts) {
        return HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
