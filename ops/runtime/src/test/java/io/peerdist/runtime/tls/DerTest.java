// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerTest {
    /** The first two are the examples of X.690 8.19; the others stand in RFC 5280, RFC 5480 and RFC 8410. */
    @ParameterizedTest
    @CsvSource({
        "2.999.3, 0603883703",
        "2.100.3, 0603813403",
        "2.5.29.17, 0603551d11",
        "1.2.840.10045.4.3.2, 06082a8648ce3d040302",
        "1.3.101.112, 06032b6570",
        "1.2.840.113549.1.1.1, 06092a864886f70d010101"
    })
    void encodesObjectIdentifiers(String dotted, String hex) {
        assertThat(hex(Der.objectIdentifier(dotted))).isEqualTo(hex);
    }

    /** X.690 8.3: as few octets as hold the sign. */
    @ParameterizedTest
    @CsvSource({"0, 020100", "127, 02017f", "128, 02020080", "255, 020200ff", "256, 02020100", "-1, 0201ff"})
    void encodesIntegers(int value, String hex) {
        assertThat(hex(Der.integer(BigInteger.valueOf(value)))).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource({"0, 0400", "1, 0401", "127, 047f", "128, 048180", "255, 0481ff", "256, 04820100", "65536, 0483010000"})
    void writesAndReadsLengths(int length, String head) {
        byte[] content = new byte[length];
        Arrays.fill(content, (byte) 7);
        byte[] element = Der.octetString(content);

        assertThat(hex(element)).startsWith(head);
        assertThat(element).hasSize(head.length() / 2 + length);
        ByteBuffer octets = ByteBuffer.wrap(element);
        assertThat(Der.bytes(Der.read(octets, Der.OCTET_STRING))).isEqualTo(content);
        assertThat(octets.hasRemaining()).isFalse();
    }

    /** RFC 5280 4.1.2.5. */
    @ParameterizedTest
    @CsvSource({
        "2026-11-23T01:02:03.9Z, 170d3236313132333031303230335a",
        "2049-12-31T23:59:59Z, 170d3439313233313233353935395a",
        "2050-01-01T00:00:00Z, 180f32303530303130313030303030305a"
    })
    void encodesTimes(String time, String hex) {
        assertThat(hex(Der.time(Instant.parse(time)))).isEqualTo(hex);
    }

    @Test
    void refusesWhatIsCutOffAtAnyLength() {
        byte[] element = Der.sequence(Der.octetString(new byte[200]));
        for (int length = 0; length < element.length; length++) {
            ByteBuffer part = ByteBuffer.wrap(element, 0, length);
            assertThatIllegalArgumentException().isThrownBy(() -> Der.read(part, Der.SEQUENCE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0401", "3001", "0480", "0484ffffffff00", "0483ffffff00", "04"})
    void refusesOtherTagsAndImpossibleLengths(String hex) {
        ByteBuffer octets = ByteBuffer.wrap(HexFormat.of().parseHex(hex));

        assertThatIllegalArgumentException().isThrownBy(() -> Der.read(octets, Der.OCTET_STRING));
    }

    @Test
    void tellsTaggedElementsApart() {
        ByteBuffer octets = ByteBuffer.wrap(Der.tagged(1, Der.bool(true)));

        assertThat(Der.isTagged(octets, 0)).isFalse();
        assertThat(Der.isTagged(octets, 1)).isTrue();
        assertThat(hex(Der.bytes(Der.readTagged(octets, 1)))).isEqualTo("0101ff");
        assertThat(Der.isTagged(octets, 1)).isFalse();
    }

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }
}
