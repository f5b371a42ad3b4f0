// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteCountsTest {
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
        "0, 0 s",
        "59, 59 s",
        "60, 1 min",
        "3599, 59 min",
        "3600, 1 h",
        "86399, 23 h",
        "86400, 1 d",
        "3456000, 40 d"
    })
    void formatsAgesForPeople(long seconds, String text) {
        assertThat(ByteCounts.formatAge(seconds)).isEqualTo(text);
    }
}
