// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
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
}
