// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmallValuesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "1536, 1.5 KiB",
        "1048525, 1.0 MiB",
        "1073741824, 1.0 GiB",
        "9223372036854775807, 8192.0 PiB"
    })
    void formatsBytesForPeople(long bytes, String text) {
        assertThat(ByteCounts.format(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0:00", "59, 0:59", "61, 1:01", "3599, 59:59", "3600, 1:00:00", "36061, 10:01:01"})
    void formatsSecondsForPeople(long seconds, String text) {
        assertThat(ByteCounts.formatSeconds(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "http://h/a/b.iso, b.iso",
        "http://h/b.iso?x=/y, b.iso",
        "http://h/with%20space+plus.bin, with space+plus.bin",
        "http://h/%D1%84.bin, ф.bin",
        "http://h/.hidden, .hidden"
    })
    void namesTheTargetAfterTheUrl(URI url, String name) {
        assertThat(DownloadTarget.nameOf(url)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://h",
                "http://h/",
                "http://h/a/",
                "http://h/..",
                "http://h/%2e%2e",
                "http://h/a%2Fb",
                "http://h/a%5Cb",
                "http://h/a%00b",
                "http://h/a%0Ab"
            })
    void findsNoNameInUrlsThatNameNoFile(URI url) {
        assertThat(DownloadTarget.nameOf(url)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes 0-0/1, 0, 0, 1",
        "bytes 5-9/10, 5, 9, 10",
        "bytes 5-9/*, 5, 9, -1",
    })
    void readsContentRanges(String value, long first, long last, long fileBytes) {
        assertThat(ByteRange.parse(value)).isEqualTo(new ByteRange(first, last, fileBytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes 5-4/10",
                "bytes 5-10/10",
                "bytes */10",
                "lines 0-1/2",
                "bytes -1-2/3",
                "bytes 0-99999999999999999999/*"
            })
    void refusesContentRangesThatCannotBe(String value) {
        assertThat(ByteRange.parse(value)).isNull();
    }

    @Test
    void takesOnlyStrongTagsForConditions() {
        assertThat(new Validator("\"a\"", null).strongTag()).isEqualTo("\"a\"");
        assertThat(new Validator("W/\"a\"", null).strongTag()).isNull();
        assertThat(new Validator(null, null).strongTag()).isNull();
    }

    @Test
    void seesChangesByTagWithinOneEncodingAndByDateAcrossEncodings() {
        Validator one = new Validator("\"a\"", "Sun, 06 Nov 1994 08:49:37 GMT");
        Validator otherTag = new Validator("\"b\"", "Sun, 06 Nov 1994 08:49:37 GMT");
        Validator otherDate = new Validator("\"a\"", "Sun, 06 Nov 1994 08:49:38 GMT");

        assertThat(one.showsChange(otherTag, true)).isTrue();
        assertThat(one.showsChange(otherTag, false)).isFalse();
        assertThat(one.showsChange(otherDate, false)).isTrue();
        assertThat(one.showsChange(otherDate, true)).isFalse();
        assertThat(one.showsChange(new Validator(null, null), true)).isFalse();
    }

    @Test
    void readsDatesItKnowsAndPassesOverOthers() {
        assertThat(new Validator(null, "Sun, 06 Nov 1994 08:49:37 GMT").lastModifiedInstant())
                .isEqualTo(Instant.parse("1994-11-06T08:49:37Z"));
        assertThat(new Validator(null, "yesterday").lastModifiedInstant()).isNull();
    }

    @Test
    void measuresTheRateOfTheLastSeconds() {
        TransferRate rate = new TransferRate();
        assertThat(rate.bytesPerSecond()).isZero();
        for (int second = 0; second <= 20; second++) {
            rate.sample(second * 1_000_000_000L, second < 10 ? 0 : (second - 10) * 500L);
        }

        assertThat(rate.bytesPerSecond()).isEqualTo(500);
    }
}
