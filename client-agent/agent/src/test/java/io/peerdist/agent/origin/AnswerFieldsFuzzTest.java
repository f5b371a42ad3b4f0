// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.conformance.BoundedDecoding;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The input is the value of each header field of an origin's answer that the agent reads itself. */
final class AnswerFieldsFuzzTest {
    private static final BoundedDecoding DECODING =
            BoundedDecoding.withoutRefusal(65_536, 256).ofText();

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "bytes 0-99/300000",
                        "bytes 61440-99999/*",
                        "bytes 5-4/10",
                        "bytes */300000",
                        "bytes 0-999999999999999999/999999999999999999",
                        "\"a-p1\"",
                        "W/\"weak\"",
                        "Sun, 06 Nov 1994 08:49:37 GMT",
                        "Thu, 31 Dec 999999999 23:59:59 +1800")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrIgnores(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        DECODING.of(input.length, () -> ByteRange.parse(text)).ifPresent(range -> {
            assertThat(range.first()).isBetween(0L, range.last());
            assertThat(range.fileBytes() == -1 || range.last() < range.fileBytes())
                    .isTrue();
        });
        Validator validator = Validator.of(
                HttpHeaders.of(Map.of("ETag", List.of(text), "Last-Modified", List.of(text)), (name, value) -> true));
        DECODING.of(input.length, validator::lastModifiedInstant);
        DECODING.of(input.length, validator::strongTag)
                .ifPresent(tag -> assertThat(tag).startsWith("\"").isEqualTo(validator.entityTag()));
        assertThat(validator.showsChange(Validator.of(HttpHeaders.of(Map.of(), (name, value) -> true)), true))
                .isFalse();
        assertThat(validator.showsChange(validator, false)).isFalse();
    }
}
