// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.BoundedDecoding;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

final class LeaseMessagesFuzzTest {
    private static final BoundedDecoding DECODING = new BoundedDecoding(MalformedMessageException.class, 32_768, 24);

    static Stream<byte[]> seeds() {
        return Stream.of(
                new LeaseRequest(7, List.of(SegmentId.of(new byte[32]), SegmentId.of(new byte[64]))).encode(),
                new LeaseResponse(List.of(LeaseAnswer.HELD, new LeaseAnswer(LeaseState.WAIT, 1))).encode());
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) {
        DECODING.of(input.length, () -> LeaseRequest.decode(ByteBuffer.wrap(input)))
                .ifPresent(request -> assertThat(request.encode()).isEqualTo(input));
        DECODING.of(input.length, () -> LeaseResponse.decode(ByteBuffer.wrap(input)))
                .ifPresent(response -> assertThat(response.encode()).isEqualTo(input));
    }
}
