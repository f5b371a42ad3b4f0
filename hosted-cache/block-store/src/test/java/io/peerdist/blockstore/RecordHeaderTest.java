// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordHeaderTest {
    private static final long SALT = 0x0123456789abcdefL;
    private static final int OFFSET = 8192;

    private static RecordHeader header(TestSegment segment, int index) {
        RecordHeader.Body body = new RecordHeader.Body(segment.crypto(), segment.ciphertext(index).length, 0xdeadbeef);
        return new RecordHeader(
                SALT, OFFSET, 42, new BlockKey(segment.attributes(), index), 1_700_000_000_000L, body, true);
    }

    private static ByteBuffer encode(RecordHeader header) {
        ByteBuffer octets = ByteBuffer.allocate(RecordHeader.BYTES);
        header.encode(octets);
        assertThat(octets.hasRemaining()).isFalse();
        return octets.flip();
    }

    static Stream<RecordHeader> headers() {
        return Stream.of(
                header(TestSegment.ofOneBlock(1, 1), 0),
                header(TestSegment.ofOneBlock(2, SegmentAttributes.MAX_BLOCK_BYTES), 0),
                header(TestSegment.ofManyBlocks(3, 32 << 20), 511),
                header(TestSegment.of(4, 65536, 100_000, CryptoAlgorithm.NONE), 1),
                header(TestSegment.of(5, 65536, 100_000, CryptoAlgorithm.AES_192), 0));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void readsWhatItWrites(RecordHeader header) {
        assertThat(RecordHeader.decode(encode(header), SALT, OFFSET)).isEqualTo(header);
    }

    /** Laid out by hand from the table in the Javadoc; the checksums are computed with another program. */
    @Test
    void keepsItsLayout() {
        byte[] id = new byte[32];
        byte[] tag = new byte[16];
        for (int i = 0; i < 32; i++) {
            id[i] = (byte) i;
            tag[i % 16] = (byte) (0xA0 + i % 16);
        }
        SegmentAttributes attributes = new SegmentAttributes(SegmentId.of(id), 65536, 0x30000, tag);
        RecordHeader header = new RecordHeader(
                SALT,
                OFFSET,
                7,
                new BlockKey(attributes, 2),
                0x018BCFE56800L,
                new RecordHeader.Body(CryptoAlgorithm.AES_128, 65552, 0x11223344),
                true);
        String expected = "50444252" + "0002" + "00a0" + "0123456789abcdef" + "0000000000000007" + "00002000" + "0002"
                + "20" + "01" + "00010000" + "00030000" + "00010010" + "0010" + "0018" + "0000018bcfe56800"
                + "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
                + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" + "00".repeat(32)
                + "00".repeat(16) + "11223344" + "27d456f4";
        assertThat(HexFormat.of().formatHex(encode(header).array())).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("headers")
    void refusesEveryTruncation(RecordHeader header) {
        for (int bytes = 0; bytes < RecordHeader.BYTES; bytes++) {
            assertThat(RecordHeader.decode(encode(header).limit(bytes), SALT, OFFSET))
                    .isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("headers")
    void refusesEveryFlippedBit(RecordHeader header) {
        for (int bit = 0; bit < RecordHeader.BYTES * 8; bit++) {
            ByteBuffer octets = encode(header);
            octets.put(bit / 8, (byte) (octets.get(bit / 8) ^ (1 << bit % 8)));
            assertThat(RecordHeader.decode(octets, SALT, OFFSET))
                    .as("bit %s", bit)
                    .isNull();
        }
    }

    @Test
    void refusesARecordOfAnotherExtentOrPlace() {
        ByteBuffer octets = encode(header(TestSegment.ofOneBlock(1, 1000), 0));
        assertThat(RecordHeader.decode(octets, SALT + 1, OFFSET)).isNull();
        assertThat(RecordHeader.decode(octets, SALT, OFFSET + 64)).isNull();
        assertThat(RecordHeader.decode(octets, SALT, OFFSET)).isNotNull();
    }

    @Test
    void knowsARemovedRecordAndWhereItEnds() {
        RecordHeader header = header(TestSegment.ofOneBlock(1, 1000), 0);
        ByteBuffer octets = encode(header).putInt(0, RecordHeader.MAGIC_DEAD);
        RecordHeader removed = Objects.requireNonNull(RecordHeader.decode(octets, SALT, OFFSET));
        assertThat(removed.live()).isFalse();
        assertThat(removed.recordBytes()).isEqualTo(header.recordBytes());
    }

    @Test
    void recordsFillWholeUnits() {
        assertThat(RecordHeader.recordBytes(CryptoAlgorithm.NONE, 1)).isEqualTo(192);
        assertThat(RecordHeader.recordBytes(CryptoAlgorithm.NONE, 24)).isEqualTo(192);
        assertThat(RecordHeader.recordBytes(CryptoAlgorithm.NONE, 25)).isEqualTo(256);
        assertThat(RecordHeader.recordBytes(CryptoAlgorithm.AES_128, 16)).isEqualTo(256);
        assertThat(RecordHeader.recordBytes(CryptoAlgorithm.AES_128, 64)).isEqualTo(256);
        assertThat(RecordHeader.recordBytes(CryptoAlgorithm.AES_128, 80)).isEqualTo(320);
        assertThat(RecordHeader.MAX_RECORD_BYTES)
                .isEqualTo(RecordHeader.recordBytes(CryptoAlgorithm.AES_256, RecordHeader.MAX_CIPHERTEXT_BYTES));
    }
}
