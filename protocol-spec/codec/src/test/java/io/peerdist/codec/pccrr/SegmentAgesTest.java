// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.conformance.Hex;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The extensible blob of MS-PCCRR 2.2.6. */
final class SegmentAgesTest {
    @ParameterizedTest
    @CsvSource({"01, SECONDS, 258000", "02, TENTHS, 25800", "03, HUNDREDTHS, 2580", "04, MILLISECONDS, 258"})
    void readsAndWritesAgesInEveryUnit(String unitHex, AgeUnit unit, long millis) {
        byte[] octets = Hex.parse("0001" + unitHex + "02 07020100 ff000001");
        SegmentAges ages =
                new SegmentAges(unit, List.of(new EncodedSegmentAge(7, 258), new EncodedSegmentAge(255, 65_536)));

        assertThat(decode(octets)).isEqualTo(ages);
        assertThat(encode(ages)).isEqualTo(octets);
        assertThat(ages.ages().get(0).ageMillis(unit)).isEqualTo(millis);
        assertThat(AgeUnit.ofId(unit.id())).isEqualTo(unit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "0001",
                "000103", // shorter than four octets
                "0000030100000000",
                "0002030100000000",
                "0100030100000000",
                "ffff030100000000", // other versions
                "0001000100000000",
                "0001050100000000",
                "0001ff0100000000", // unknown units
                "0001030100",
                "00010301000000",
                "000103ff00000000" // too short for the count
            })
    void discardsBlobThatFailsValidation(String hex) {
        assertThat(decode(Hex.parse(hex))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"00010300", "00010300ff", "000103000000000000000000"})
    void readsBlobWithoutAgesWhateverFollows(String hex) {
        assertThat(decode(Hex.parse(hex))).isEqualTo(new SegmentAges(AgeUnit.HUNDREDTHS, List.of()));
    }

    @Test
    void readsAndWritesTheMostAges() {
        SegmentAges ages = new SegmentAges(
                AgeUnit.MILLISECONDS, Collections.nCopies(255, new EncodedSegmentAge(255, EncodedSegmentAge.MAX_AGE)));

        assertThat(encode(ages)).hasSize(1024);
        assertThat(decode(encode(ages))).isEqualTo(ages);
        assertThatThrownBy(() ->
                        new SegmentAges(AgeUnit.MILLISECONDS, Collections.nCopies(256, new EncodedSegmentAge(0, 0))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0, HUNDREDTHS, 0",
        "19, HUNDREDTHS, 1",
        "-5, HUNDREDTHS, 0",
        "167772150, HUNDREDTHS, 16777215",
        "167772160, HUNDREDTHS, 16777215",
        "9223372036854775807, SECONDS, 16777215",
        "1999, SECONDS, 1"
    })
    void roundsAgeDownAndStopsAtTheLongest(long millis, AgeUnit unit, int age) {
        assertThat(EncodedSegmentAge.ofMillis(3, millis, unit)).isEqualTo(new EncodedSegmentAge(3, age));
    }

    @Test
    void refusesWhatTheOctetsCannotHold() {
        assertThatThrownBy(() -> new EncodedSegmentAge(256, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new EncodedSegmentAge(0, 1 << 24)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new EncodedSegmentAge(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static @Nullable SegmentAges decode(byte[] octets) {
        return SegmentAges.decodeOrDiscard(ByteBuffer.wrap(octets));
    }

    private static byte[] encode(SegmentAges ages) {
        byte[] octets = new byte[ages.encodedBytes()];
        ages.writeTo(ByteBuffer.wrap(octets));
        return octets;
    }
}
