// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.conformance.BoundedDecoding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The input, as text, is given to everything that reads a short text. */
final class ValuesFuzzTest {
    /** JSON of small values makes an object and an entry of three characters. */
    private static final BoundedDecoding DECODING =
            new BoundedDecoding(IllegalArgumentException.class, 65_536, 256).ofText();

    private static final List<String> NAMES = List.of("cache-size", "http-port", "data-dir");

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "4096",
                        "512 MiB",
                        "9TB",
                        "250ms",
                        "28d",
                        "999999999999d",
                        "cache.branch.example:8080",
                        "[::1]:80",
                        "[fe80:0:0:0:1:0:0:1%eth0]:0",
                        "chache-size",
                        "{\"a\":[1,-2.5e3,true,null,\"\\u0041\\n\"],\"b\":{}}",
                        "{\"s\":\"\ud83d\ude00\"}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        DECODING.of(input.length, () -> DataSize.parse(text))
                .ifPresent(size -> assertThat(DataSize.parse(size.toString())).isEqualTo(size));
        DECODING.of(input.length, () -> Durations.parse(text))
                .ifPresent(time ->
                        assertThat(Durations.parse(Durations.format(time))).isEqualTo(time));
        DECODING.of(input.length, () -> HostPort.parse(text))
                .ifPresent(address ->
                        assertThat(HostPort.parse(address.toString())).hasToString(address.toString()));
        DECODING.of(input.length, () -> NearestName.hint(text, NAMES));
        DECODING.of(input.length, () -> JsonReader.object(text));

        String written = new JsonObject().put(text, text).toString();
        assertThat(JsonReader.object(written).get(text)).isEqualTo(text);
    }
}
