// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.peerdist.conformance.BoundedDecoding;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The input is a request target, and the query of one. */
final class ManifestRequestFuzzTest {
    private static final BoundedDecoding DECODING =
            BoundedDecoding.withoutRefusal(65_536, 512).ofText();

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "/manifest/v1",
                        "feed=000102030405060708090a0b0c0d0e0f&after=42",
                        "feed=000102030405060708090A0B0C0D0E0F&after=9223372036854775807",
                        "after=99999999999999999999",
                        "after=1&after=2;x=%zz#fragment")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        read(text);
        read("/manifest/v1?" + text);
    }

    private static void read(String target) {
        DECODING.of(target.length(), () -> ManifestRequest.parse(new QueryStringDecoder(target)))
                .orElseThrow()
                .ifPresent(request -> assertThat(request.after()).isNotNegative());
    }
}
