// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.BoundedDecoding;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

final class DiscoveryMessageFuzzTest {
    /** The parser of the JDK takes buffers and tables of some 100 KiB for each document. */
    private static final BoundedDecoding DECODING =
            new BoundedDecoding(MalformedMessageException.class, 512 * 1024, 64).ofText();

    static Stream<byte[]> seeds() {
        return SampleMessages.files().stream();
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) {
        DiscoveryDecoder decoder = new DiscoveryDecoder();
        Optional<DiscoveryMessage> read = DECODING.of(
                input.length, () -> decoder.decode(ByteBuffer.wrap(input)).orElse(null));
        read.filter(message -> DiscoveryEncoder.encode(message).length <= DiscoveryDecoder.MAX_MESSAGE_BYTES)
                .ifPresent(message -> writesTheSame(decoder, message));
    }

    /** What the encoder puts in another order or leaves out is gone after the first time. */
    private static void writesTheSame(DiscoveryDecoder decoder, DiscoveryMessage message) {
        byte[] written = DiscoveryEncoder.encode(message);
        DiscoveryMessage again = decoder.decode(ByteBuffer.wrap(written)).orElseThrow();
        assertThat(DiscoveryEncoder.encode(again)).isEqualTo(written);
    }
}
