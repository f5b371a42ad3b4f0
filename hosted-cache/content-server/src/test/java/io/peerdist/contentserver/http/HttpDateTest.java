// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpDateTest {
    @ParameterizedTest
    @ValueSource(
            strings = { // the three forms of RFC 9110 5.6.7, with its example
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994"
            })
    void readsAllThreeForms(String date) {
        assertThat(HttpDate.parse(date)).isEqualTo(OptionalLong.of(784111777));
    }

    @Test
    void writesTheFirstForm() {
        assertThat(HttpDate.format(784111777)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    }

    @RandomizedTest(tries = 200)
    void readsWhatItWrites(Gen gen) {
        long seconds = gen.longBetween(0, 253402300799L);

        assertThat(HttpDate.parse(HttpDate.format(seconds))).isEqualTo(OptionalLong.of(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Mon, 06 Nov 1994 08:49:37 GMT", "\"etag\""})
    void ignoresWhatIsNoDate(String date) {
        assertThat(HttpDate.parse(date)).isEmpty();
    }
}
