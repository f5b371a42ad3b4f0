// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Hex;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Offers as octets, counted out from MS-PCHC 2.2.1. */
final class HostedCacheRequestTest {
    private static final String ID_HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private static final SegmentId ID = SegmentId.ofHex(ID_HEX);
    private static final String BITS_HEX = "424954532d342e300000000000000000";

    @Test
    void readsAndWritesInitialOffer() {
        byte[] octets = hex("00 01 0001 00000000 0050 000000000000", ID_HEX);

        assertThat(decode(octets)).isEqualTo(new InitialOffer(80, ID));
        assertThat(new InitialOffer(80, ID).encode()).isEqualTo(octets);
        assertThat(decode(octets).majorVersion()).isEqualTo(1);
    }

    @Test
    void readsAndWritesBatchedOffer() {
        byte[] octets = hex(
                "00 02 0003 00000000 ffff 000000000000",
                "00010000 00020001 0010",
                BITS_HEX,
                "01",
                ID_HEX,
                "00010000 00010000 0010",
                BITS_HEX,
                "04",
                ID_HEX);
        BatchedOffer offer = new BatchedOffer(
                65_535,
                List.of(
                        new SegmentDescriptor(65_536, 131_073, ContentTag.BITS, HashAlgorithm.SHA_256, ID),
                        new SegmentDescriptor(65_536, 65_536, ContentTag.BITS, HashAlgorithm.TRUNCATED_SHA_512, ID)));

        assertThat(octets).hasSize(16 + 2 * 59);
        assertThat(decode(octets)).isEqualTo(offer);
        assertThat(offer.encode()).isEqualTo(octets);
        assertThat(offer.majorVersion()).isEqualTo(2);
        assertThat(offer.descriptors().get(0).blockCount()).isEqualTo(3);
        assertThat(offer.descriptors().get(0).blockLength(2)).isEqualTo(1);
    }

    @Test
    void readsAndWritesSegmentInfoWithoutJudgingIt() {
        byte[] octets = hex("00 01 0002 00000000 0050 000000000000", BITS_HEX, "c0ffee");
        SegmentInfo info = new SegmentInfo(80, ContentTag.BITS, hex("c0ffee"));

        assertThat(decode(octets)).isEqualTo(info);
        assertThat(info.encode()).isEqualTo(octets);
        assertThatThrownBy(info::segment).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void ignoresPadding() {
        byte[] octets = hex("00 01 0001 ffffffff 0050 ffffffffffff", ID_HEX);

        assertThat(decode(octets)).isEqualTo(new InitialOffer(80, ID));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0002 0001", "0002 0002", "0001 0003", "0101 0001", "0000 0001", "0003 0003", "0100 0001"})
    void rejectsVersionThatHasNoSuchMessage(String versionAndType) {
        byte[] octets =
                hex(versionAndType, "00000000 0050 000000000000", "00010000 00010000 0010", BITS_HEX, "01", ID_HEX);

        assertThatThrownBy(() -> decode(octets))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("MS-PCHC Version at offset 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000", "0004", "0100", "ffff"})
    void rejectsUnknownType(String type) {
        assertThatThrownBy(() -> decode(hex("0001", type, "00000000 0050 000000000000", ID_HEX)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("MS-PCHC Type at offset 2");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 65536",
        "65536, 0",
        "131073, 131073",
        "1, 513",
        "1, 4294967295",
        "4294967292, 4294967292",
        "65536, 33554433",
        "8, 536870912",
        "0, 0",
        "4294967295, 1"
    })
    void ignoresDescriptorOfSizesThatNoSegmentHas(long blockBytes, long segmentBytes) {
        String sizes = "%08x%08x".formatted(blockBytes, segmentBytes);
        byte[] octets = hex(
                "00 02 0003 00000000 0050 000000000000",
                sizes + "0010",
                BITS_HEX,
                "04",
                ID_HEX,
                "00010000 00010000 0010",
                BITS_HEX,
                "04",
                ID_HEX);

        assertThat(decode(octets))
                .isEqualTo(new BatchedOffer(
                        80,
                        List.of(new SegmentDescriptor(
                                65_536, 65_536, ContentTag.BITS, HashAlgorithm.TRUNCATED_SHA_512, ID)),
                        1));
    }

    @Test
    void takesUpToTheGreatestNumberOfDescriptors() {
        SegmentDescriptor descriptor =
                new SegmentDescriptor(131_072, 100, ContentTag.WEBIO, HashAlgorithm.TRUNCATED_SHA_512, ID);
        byte[] full = new BatchedOffer(80, Collections.nCopies(128, descriptor)).encode();
        byte[] tooLong = ByteBuffer.allocate(full.length + 59)
                .put(full)
                .put(full, 16, 59)
                .array();

        assertThat(((BatchedOffer) decode(full)).descriptors()).hasSize(128);
        assertThatThrownBy(() -> decode(tooLong))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("more than 128");
        assertThatThrownBy(() -> decode(hex("00 02 0003 00000000 0050 000000000000")))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void rejectsRequestCutAtAnyLengthButBetweenDescriptors() {
        SegmentDescriptor descriptor = new SegmentDescriptor(65_536, 100, ContentTag.SMB, HashAlgorithm.SHA_256, ID);

        DecoderChecks.truncationAtEveryLength(
                new InitialOffer(80, SegmentId.of(new byte[64])).encode(),
                MalformedMessageException.class,
                HostedCacheRequest::decode,
                Set.of(16 + 32, 16 + 48));
        DecoderChecks.truncationAtEveryLength(
                new SegmentInfo(80, ContentTag.SMB, new byte[0]).encode(),
                MalformedMessageException.class,
                HostedCacheRequest::decode);
        DecoderChecks.truncationAtEveryLength(
                new BatchedOffer(80, List.of(descriptor, descriptor)).encode(),
                MalformedMessageException.class,
                HostedCacheRequest::decode,
                Set.of(16 + 59));
    }

    @Test
    void readsOrRejectsEverySingleWrongBit() {
        SegmentDescriptor descriptor = new SegmentDescriptor(65_536, 65_536, ContentTag.SMB, HashAlgorithm.SHA_256, ID);
        byte[] octets = new BatchedOffer(80, List.of(descriptor)).encode();

        int accepted = DecoderChecks.bitFlips(octets, MalformedMessageException.class, HostedCacheRequest::decode);

        // Rejected: version and type (32 bits), the tag's size (16). No single bit makes port 80 zero.
        assertThat(accepted).isEqualTo(octets.length * 8 - 48);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33, 47, 49, 63, 65})
    void rejectsInitialOfferOfOtherSegmentIdLengths(int length) {
        byte[] octets = hex("00 01 0001 00000000 0050 000000000000", "ab".repeat(length));

        assertThatThrownBy(() -> decode(octets))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("MS-PCHC Hash at offset 16: " + length);
    }

    @Test
    void rejectsPortThatCannotBeDialled() {
        assertThatThrownBy(() -> decode(hex("00 01 0001 00000000 0000 000000000000", ID_HEX)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("MS-PCHC Port at offset 8");
        assertThatThrownBy(() -> new InitialOffer(0, ID)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InitialOffer(65_536, ID)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000", "000f", "0011", "1000", "ffff"})
    void rejectsOtherTagSizes(String size) {
        byte[] octets =
                hex("00 02 0003 00000000 0050 000000000000", "00010000 00010000" + size, BITS_HEX, "04", ID_HEX);

        assertThatThrownBy(() -> decode(octets))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("MS-PCHC SizeOfContentTag at offset 24");
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "02", "03", "05", "ff"})
    void countsDescriptorsOfUnknownAlgorithms(String algorithm) {
        String unknown = "00010000 00010000 0010" + BITS_HEX + algorithm + ID_HEX;
        byte[] octets = hex("00 02 0003 00000000 0050 000000000000", unknown, unknown);

        BatchedOffer offer = (BatchedOffer) decode(octets);

        assertThat(offer.descriptors()).isEmpty();
        assertThat(offer.ignoredDescriptors()).isEqualTo(2);
    }

    @Test
    void countsIgnoredDescriptorsTowardsTheGreatestNumber() {
        String ignored = "00000000 00000000 0010" + BITS_HEX + "01" + ID_HEX;
        byte[] octets = hex("00 02 0003 00000000 0050 000000000000", ignored.repeat(129));

        assertThatThrownBy(() -> decode(octets)).hasMessageContaining("more than 128");
    }

    @Test
    void rejectsRequestBeyondTheLimit() {
        byte[] octets = new byte[HostedCacheRequest.MAX_REQUEST_BYTES + 1];
        octets[1] = 1;
        octets[3] = 2;
        octets[9] = 80;

        assertThatThrownBy(() -> decode(octets))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("65537 octets");
        assertThat(decode(Arrays.copyOf(octets, octets.length - 1))).isInstanceOf(SegmentInfo.class);
    }

    @Test
    void refusesDescriptorsThatCannotBeWritten() {
        assertThatThrownBy(() -> new BatchedOffer(80, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SegmentDescriptor(0, 1, ContentTag.SMB, HashAlgorithm.SHA_256, ID))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SegmentDescriptor(1, 1, ContentTag.SMB, HashAlgorithm.SHA_384, ID))
                .hasMessageContaining("SHA_384");
        assertThatThrownBy(() ->
                        new SegmentDescriptor(1, 1, ContentTag.SMB, HashAlgorithm.SHA_256, SegmentId.of(new byte[48])))
                .hasMessageContaining("48");
    }

    @Test
    void knowsTheLengthOfEachBlock() {
        SegmentDescriptor largest = new SegmentDescriptor(65_536, 32 << 20, ContentTag.SMB, HashAlgorithm.SHA_256, ID);
        SegmentDescriptor shorterThanBlock =
                new SegmentDescriptor(131_072, 5, ContentTag.SMB, HashAlgorithm.TRUNCATED_SHA_512, ID);

        assertThat(largest.blockCount()).isEqualTo(512);
        assertThat(largest.blockLength(511)).isEqualTo(65_536);
        assertThat(shorterThanBlock.blockCount()).isEqualTo(1);
        assertThat(shorterThanBlock.blockLength(0)).isEqualTo(5);
        assertThatThrownBy(() -> shorterThanBlock.blockLength(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> shorterThanBlock.blockLength(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static HostedCacheRequest decode(byte[] octets) {
        return HostedCacheRequest.decode(ByteBuffer.wrap(octets));
    }

    private static byte[] hex(String... parts) {
        return Hex.parse(String.join("", parts));
    }
}
