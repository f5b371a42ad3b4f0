// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PeerDistParamsTest {
    private static final long LONGEST = Long.MAX_VALUE;

    @Test
    void readsTheResponseOfTheDocumentsExample() {
        PeerDistParams params = PeerDistParams.parse("Version=1.1, ContentLength=184946");

        assertThat(params).isEqualTo(PeerDistParams.response(ContentEncodingVersion.V1_1, 184_946));
    }

    @Test
    void writesWhatTheDocumentsExamplesShow() {
        assertThat(PeerDistParams.request(ContentEncodingVersion.V1_0).toHeaderValue())
                .isEqualTo("Version=1.0");
        assertThat(PeerDistParams.response(ContentEncodingVersion.V1_0, 102_400).toHeaderValue())
                .isEqualTo("Version=1.0, ContentLength=102400");
        assertThat(PeerDistParams.missingDataRequest(ContentEncodingVersion.V1_1)
                        .toHeaderValue())
                .isEqualTo("Version=1.1, MissingDataRequest=true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Version=1.1,ContentLength=7",
                "ContentLength=7, Version=1.1",
                "  version = 1.1 ,\tCONTENTLENGTH\t=\t7  ",
                "VERSION=1.1 , contentlength=007",
                ",, Version=1.1,, ContentLength=7,",
                "Version=1.1, Flavour=\"a, Version=9.9\", ContentLength=7",
                "Version=1.1, Flavour=\"a \\\" b\", ContentLength=7",
                "Version=1.1, solo, ContentLength=7, Version=1.1",
                "Version=01.001, ContentLength=7"
            })
    void takesEveryWayToWriteTheSame(String value) {
        assertThat(PeerDistParams.parse(value)).isEqualTo(PeerDistParams.response(ContentEncodingVersion.V1_1, 7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                ",",
                "ContentLength=7",
                "Version",
                "Version=",
                "Version=1",
                "Version=1.",
                "Version=.1",
                "Version=1 .1",
                "Version=1. 1",
                "Version=1.1.1",
                "Version=-1.1",
                "Version=+1.1",
                "Version=1,1",
                "Version=\"1.1\"",
                "Version==1.1",
                "Version=1.1; ContentLength=7",
                "Version=1.1 ContentLength=7",
                "Version=1.0, Version=1.1",
                "Version=1.1, ContentLength=7, ContentLength=8",
                "Version=1.1, ContentLength=",
                "Version=1.1, ContentLength",
                "Version=1.1, ContentLength=-1",
                "Version=1.1, ContentLength=0x7",
                "Version=1.1, ContentLength=7.0",
                "Version=1.1, ContentLength=9223372036854775808",
                "Version=1.1, ContentLength=18446744073709551616",
                "Version=1.1, MissingDataRequest=true, MissingDataRequest=false",
                "Version=1.1, Flavour=\"open",
                "Version=\u0661.\u0661",
                "Version=1.1, ContentLength=\u0667",
                "Version\u00a0=1.1"
            })
    void refusesWhatBreaksTheGrammar(String value) {
        assertThatThrownBy(() -> PeerDistParams.parse(value))
                .isExactlyInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith("MS-PCCRTP");
    }

    @ParameterizedTest
    @CsvSource({"1.3, 1.23", "1.9, 1.10", "1.99, 2.0", "2.0, 10.0", "0.9, 1.0"})
    void comparesVersionsNumberByNumber(String lower, String higher) {
        ContentEncodingVersion low = PeerDistParams.parse("Version=" + lower).version();
        ContentEncodingVersion high = PeerDistParams.parse("Version=" + higher).version();

        assertThat(low).isLessThan(high);
    }

    @Test
    void boundsDigitStringsAndParameters() {
        assertThat(PeerDistParams.parse("Version=999999999.999999999").version())
                .isEqualTo(new ContentEncodingVersion(999_999_999, 999_999_999));
        assertThatThrownBy(() -> PeerDistParams.parse("Version=1.1234567890"))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> PeerDistParams.parse("Version=" + "1".repeat(3000) + ".1"))
                .isInstanceOf(MalformedMessageException.class)
                .satisfies(e -> assertThat(e.toString()).hasSizeLessThan(300));
        assertThatThrownBy(() -> PeerDistParams.parse("Version=1.1" + ", a=b".repeat(HeaderParameters.MAX_PARAMETERS)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("33 parameters");
        assertThatThrownBy(() -> PeerDistParams.parse("Version=1.1" + " ".repeat(HeaderParameters.MAX_VALUE_CHARS)))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void takesTheLongestContentLengthAndManyEmptyElements() {
        assertThat(PeerDistParams.parse("Version=1.1, ContentLength=" + LONGEST).contentLength())
                .isEqualTo(OptionalLong.of(LONGEST));
        assertThat(PeerDistParams.parse("Version=1.1" + ",".repeat(1000)).version())
                .isEqualTo(ContentEncodingVersion.V1_1);
    }

    @ParameterizedTest
    @CsvSource({"true, TRUE", "TRUE, TRUE", "false, FALSE", "False, FALSE", "yes, OTHER", "'', OTHER", "1, OTHER"})
    void tellsTheValuesOfMissingDataRequestApart(String value, MissingDataRequest expected) {
        assertThat(PeerDistParams.parse("Version=1.1, MissingDataRequest=" + value)
                        .missingDataRequest())
                .isEqualTo(expected);
    }

    @Test
    void namesFieldAndPlaceOfAProblem() {
        assertThatThrownBy(() -> PeerDistParams.parse("Version=1.1, ContentLength=x"))
                .isInstanceOfSatisfying(MalformedMessageException.class, e -> {
                    assertThat(e.field()).isEqualTo("ContentLength");
                    assertThat(e.offset()).isEqualTo(12);
                    assertThat(e).hasMessageContaining("\"x\" (expected: a number below 2^63)");
                });
    }

    @RandomizedTest
    void readsWhatItWrote(Gen gen) {
        PeerDistParams params = new PeerDistParams(
                new ContentEncodingVersion(gen.intBetween(0, 999_999_999), gen.intBetween(0, 999_999_999)),
                gen.bool() ? OptionalLong.empty() : OptionalLong.of(gen.longBetween(0, LONGEST)),
                gen.oneOf(MissingDataRequest.ABSENT, MissingDataRequest.TRUE));

        assertThat(PeerDistParams.parse(params.toHeaderValue())).isEqualTo(params);
    }

    @RandomizedTest(tries = 2000)
    void throwsNothingButMalformed(Gen gen) {
        String value = gen.oneOf("", "Version=1.1, ", "Version=")
                + gen.string("Versionv=1.,; \t\"\\ContentLengthMissingDataRequest\u0661\u0000", gen.lengthUpTo(60));
        try {
            PeerDistParams.parse(value);
            PeerDistExParams.parse(value);
        } catch (MalformedMessageException expected) {
            assertThat(expected.offset()).isBetween(0L, (long) value.length());
        }
    }
}
