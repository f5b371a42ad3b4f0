// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.BoundedDecoding;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

final class RetrievalRequestFuzzTest {
    private static final BoundedDecoding DECODING = new BoundedDecoding(MalformedMessageException.class, 32_768, 24);

    static Stream<byte[]> seeds() {
        return SampleMessages.requests().stream().map(RetrievalCodec::encodeRequest);
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) {
        DECODING.of(input.length, () -> RetrievalCodec.decodeRequest(ByteBuffer.wrap(input)))
                .filter(request -> !(request instanceof UnsupportedRequest)) // which is never sent
                .ifPresent(request -> assertThat(
                                RetrievalCodec.decodeRequest(ByteBuffer.wrap(RetrievalCodec.encodeRequest(request))))
                        .isEqualTo(request));
    }
}
