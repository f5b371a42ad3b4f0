// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.BoundedDecoding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The input is the value of each of the three header fields, and of all three parted by a line feed. */
final class PeerDistHeadersFuzzTest {
    /** Splitting a value makes a string and a map entry of a comma and a letter. */
    private static final BoundedDecoding DECODING =
            new BoundedDecoding(MalformedMessageException.class, 32_768, 128).ofText();

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "Version=1.1",
                        "Version=1.1, ContentLength=184946",
                        "version = 1.0 ,, MissingDataRequest=TRUE",
                        "MinContentInformation=1.0, MaxContentInformation=2.0",
                        "MakeHashRequest=true",
                        "gzip, deflate;q=0.5, peerdist;q=1.000",
                        "peerdist\nVersion=1.1\nMinContentInformation=1.0, MaxContentInformation=2.0, HashRequest=true",
                        "identity, peerdist\nVersion=1.1",
                        "*;q=0, PeerDist;q=0.001\nVersion=1.23\nMinContentInformation=1.0, MaxContentInformation=999.999")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        DECODING.of(input.length, () -> PeerDistParams.parse(text))
                .ifPresent(params ->
                        assertThat(PeerDistParams.parse(params.toHeaderValue())).isEqualTo(understood(params)));
        DECODING.of(input.length, () -> PeerDistExParams.parse(text))
                .filter(params -> params.min() != null || params.makeHashRequest() || params.hashRequest())
                .ifPresent(params -> assertThat(PeerDistExParams.parse(params.toHeaderValue()))
                        .isEqualTo(params));
        DECODING.of(input.length, () -> ContentNegotiation.isPeerDist(text));
        String[] lines = text.split("\n", 3);
        assertThat(DECODING.of(
                        input.length,
                        () -> ContentNegotiation.decide(
                                List.of(lines[0]),
                                lines.length > 1 ? lines[1] : null,
                                lines.length > 2 ? lines[2] : null)))
                .isPresent(); // a decision is never refused
    }

    /** Of the answers to whether data is missing only a yes is ever written. */
    private static PeerDistParams understood(PeerDistParams params) {
        return params.missingDataRequest() == MissingDataRequest.TRUE
                ? params
                : new PeerDistParams(params.version(), params.contentLength(), MissingDataRequest.ABSENT);
    }
}
