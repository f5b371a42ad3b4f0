// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestedRangeTest {
    private static final long LENGTH = 1000;

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0",
        "bytes=0-999, 0, 999",
        "bytes=10-19, 10, 19",
        "bytes=999-, 999, 999",
        "bytes=0-, 0, 999",
        "bytes=500-5000, 500, 999",
        "bytes=-1, 999, 999",
        "bytes=-1000, 0, 999",
        "bytes=-5000, 0, 999",
        "'bytes = 1 - 2 ', 1, 2",
        "BYTES=1-2, 1, 2",
        "bytes=0000000000000000000001-2, 1, 2",
        "bytes=5-99999999999999999999999999, 5, 999",
        "bytes=-99999999999999999999999999, 0, 999",
    })
    void takesOnePart(String field, long first, long last) {
        assertThat(RequestedRange.parse(field, LENGTH)).isEqualTo(new RequestedRange.Part(first, last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=99999999999999999999-"})
    void refusesWhatDoesNotExist(String field) {
        assertThat(RequestedRange.parse(field, LENGTH)).isEqualTo(new RequestedRange.Unsatisfiable());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=0-1,5-6",
                "bytes=0-0,-1",
                "bytes=",
                "bytes=-",
                "bytes",
                "",
                "bytes=5-4",
                "bytes=a-b",
                "bytes=1-2-3",
                "bytes=--1",
                "bytes=+1-2",
                "items=0-1",
                "bytes=0x1-2",
                "bytes=1 2-3",
                "bytes=\u0661-2"
            })
    void sendsTheWholeForEverythingElse(String field) {
        assertThat(RequestedRange.parse(field, LENGTH)).isEqualTo(new RequestedRange.Whole());
    }

    @Test
    void hasNoPartOfAnEmptyFile() {
        assertThat(RequestedRange.parse("bytes=0-", 0)).isEqualTo(new RequestedRange.Unsatisfiable());
        assertThat(RequestedRange.parse("bytes=-5", 0)).isEqualTo(new RequestedRange.Whole());
        assertThat(RequestedRange.parse(null, 0)).isEqualTo(new RequestedRange.Whole());
    }

    @RandomizedTest(tries = 3000)
    void neverReachesBeyondTheLength(Gen gen) {
        long length = gen.oneOf(0L, 1L, 2L, gen.longBetween(0, Long.MAX_VALUE));
        String field = "bytes=" + gen.string("0123456789-, =", gen.intBetween(0, 24));

        if (RequestedRange.parse(field, length) instanceof RequestedRange.Part part) {
            assertThat(part.firstByte()).isBetween(0L, part.lastByte());
            assertThat(part.lastByte()).isLessThan(length);
            assertThat(part.lengthBytes()).isPositive();
        }
    }
}
