// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.GoldenVector;
import io.peerdist.conformance.Hex;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of MS-PCCRC 3.1 to 3.7, with hash values that openssl computed. */
final class WorkedExamplesTest {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final int READ_BYTES_IN_LAST_SEGMENT_AT = 10;
    private static final int LENGTH_OF_RANGE_AT = 23;

    @Test
    void buildsThe125KilobyteExample() {
        byte[] built = ExampleContent.v1(HashAlgorithm.SHA_256, 125 * KIB).encode();

        assertThat(built).isEqualTo(golden("pccrc-3.2"));
    }

    @ParameterizedTest
    @EnumSource(names = {"SHA_384", "SHA_512"})
    void buildsThe125KilobyteExampleWithOtherHashes(HashAlgorithm hashAlgorithm) {
        byte[] built = ExampleContent.v1(hashAlgorithm, 125 * KIB).encode();

        assertThat(built)
                .isEqualTo(golden(
                        "pccrc-3.2-" + hashAlgorithm.name().replace("_", "").toLowerCase(Locale.ROOT)));
    }

    @Test
    void buildsTheRangeOfThe125KilobyteExampleWithItsLeadingBlockListed() {
        ContentInformation whole = ExampleContent.v1(HashAlgorithm.SHA_256, 125 * KIB);

        assertThat(whole.forRange(new ContentRange(100 * KIB, 25 * KIB)).encode())
                .isEqualTo(golden("pccrc-3.3"));
    }

    @Test
    void buildsThe125MegabyteExamples() {
        ContentInformation whole = ExampleContent.v1(HashAlgorithm.SHA_256, 125 * MIB);

        // The example states the last segment's length; Windows, and so this builder, writes 0.
        assertThat(whole.encode()).isEqualTo(withoutLength(golden("pccrc-3.4"), READ_BYTES_IN_LAST_SEGMENT_AT, 4));
        assertThat(whole.forRange(new ContentRange(100 * KIB, 126_876 * KIB)).encode())
                .isEqualTo(golden("pccrc-3.5"));
    }

    @Test
    void buildsTheVersion2Examples() {
        ContentInformation whole = ExampleContent.v2(60 * KIB, 85 * KIB, 44 * KIB);

        // The example states the content's length; Windows, and so this builder, writes 0.
        assertThat(whole.encode()).isEqualTo(withoutLength(golden("pccrc-3.6"), LENGTH_OF_RANGE_AT, 8));
        assertThat(whole.forRange(new ContentRange(100 * KIB, 10 * KIB)).encode())
                .isEqualTo(golden("pccrc-3.7"));
    }

    @ParameterizedTest
    @CsvSource({
        "pccrc-3.1, 166, 0, 128000, 1, 2",
        "pccrc-3.2, 166, 0, 128000, 1, 2",
        "pccrc-3.3, 166, 102400, 25600, 1, 2",
        "pccrc-3.4, 64354, 0, 131072000, 4, 464",
        "pccrc-3.5, 63842, 102400, 129921024, 4, 448",
        "pccrc-3.6, 240, 0, 193536, 3, 1",
        "pccrc-3.7, 104, 102400, 10240, 1, 1"
    })
    void readsEachExampleAndWritesItAgain(
            String name, int bytes, long offset, long length, int segments, int blocksListedOfLast) {
        byte[] example = golden(name);
        ContentInformation information = ContentInformation.decode(ByteBuffer.wrap(example));

        assertThat(information.encodedBytes()).isEqualTo(bytes).isEqualTo(example.length);
        assertThat(information.range()).isEqualTo(new ContentRange(offset, length));
        assertThat(information.segments()).hasSize(segments);
        assertThat(information.segments().get(segments - 1).listedBlockCount()).isEqualTo(blocksListedOfLast);
        assertThat(information.encode()).isEqualTo(example);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pccrc-3.1",
                "pccrc-3.2-sha384",
                "pccrc-3.2-sha512",
                "pccrc-3.3",
                "pccrc-3.4",
                "pccrc-3.5",
                "pccrc-3.6",
                "pccrc-3.7"
            })
    void derivesTheSegmentIds(String name) {
        ContentInformation information = ContentInformation.decode(ByteBuffer.wrap(golden(name)));
        StringBuilder ids = new StringBuilder();
        information.segments().forEach(segment -> ids.append(segment.id()));

        assertThat(ids).hasToString(Hex.of(golden(name + "-ids")));
    }

    @Test
    void placesTheFieldsWhereTheTablesPutThem() {
        ByteBuffer v1 = ByteBuffer.wrap(golden("pccrc-3.4")).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(v1.getShort(0)).isEqualTo((short) 0x100);
        assertThat(v1.getInt(2)).isEqualTo(0x800C);
        assertThat(v1.getInt(READ_BYTES_IN_LAST_SEGMENT_AT)).isEqualTo(0x1D00000);
        assertThat(v1.getInt(14)).isEqualTo(4);
        assertThat(v1.getLong(258)).isEqualTo(0x6000000);
        assertThat(v1.getInt(338)).isEqualTo(512);
        assertThat(v1.getInt(49_502)).isEqualTo(464);

        ByteBuffer v2 = ByteBuffer.wrap(golden("pccrc-3.7"));
        assertThat(v2.getLong(3)).isEqualTo(0xF000);
        assertThat(v2.getLong(11)).isEqualTo(1);
        assertThat(v2.getInt(19)).isEqualTo(0xA000);
        assertThat(v2.getLong(LENGTH_OF_RANGE_AT)).isEqualTo(0x2800);
        assertThat(v2.getInt(32)).isEqualTo(0x44);
        assertThat(v2.getInt(36)).isEqualTo(0x15400);
    }

    @Test
    void checksTheContentAgainstEveryExampleBlock() {
        byte[] content = ExampleContent.octets(125 * KIB);
        SegmentDescription segment = ContentInformation.decode(ByteBuffer.wrap(golden("pccrc-3.1")))
                .segments()
                .get(0);

        assertThat(segment.matches(0, content, 0, 64 * KIB)).isTrue();
        assertThat(segment.matches(1, content, 64 * KIB, 62_464)).isTrue();
        assertThat(segment.matches(0, content, 1, 64 * KIB)).isFalse();
        assertThat(segment.matches(1, content, 64 * KIB, 62_463)).isFalse();
    }

    private static byte[] golden(String name) {
        return GoldenVector.load(name).octets();
    }

    private static byte[] withoutLength(byte[] example, int from, int bytes) {
        Arrays.fill(example, from, from + bytes, (byte) 0);
        return example;
    }
}
