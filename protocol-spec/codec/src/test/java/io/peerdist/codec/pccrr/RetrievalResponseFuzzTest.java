// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.BoundedDecoding;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

final class RetrievalResponseFuzzTest {
    private static final BoundedDecoding DECODING = new BoundedDecoding(MalformedMessageException.class, 32_768, 24);

    static Stream<byte[]> seeds() {
        return SampleMessages.responses().stream().map(RetrievalCodec::encodeResponse);
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrRefuses(byte[] input) {
        Optional<RetrievalResponse> copied =
                DECODING.of(input.length, () -> RetrievalCodec.decodeResponse(ByteBuffer.wrap(input)));
        copied.ifPresent(RetrievalResponseFuzzTest::writesTheSame);
        assertThat(DECODING.of(input.length, () -> RetrievalCodec.decodeResponseIn(input)))
                .isEqualTo(copied);
    }

    private static void writesTheSame(RetrievalResponse response) {
        byte[] written = RetrievalCodec.encodeResponse(response);
        assertThat(RetrievalCodec.decodeResponse(ByteBuffer.wrap(written))).isEqualTo(response);
        if (response instanceof BlockResponse block) {
            assertThat(writtenInParts(block)).isEqualTo(written);
        }
    }

    /** As a server writes it whose ciphertext comes from a file. */
    private static byte[] writtenInParts(BlockResponse block) {
        byte[] ciphertext = block.block();
        byte[] iv = block.initializationVector();
        ByteBuffer preamble = RetrievalCodec.blockPreamble(
                ProtocolVersion.V1_0,
                block.segmentId(),
                block.blockIndex(),
                block.nextBlockIndex(),
                block.cryptoAlgorithm(),
                ciphertext.length,
                iv.length);
        ByteBuffer trailer = RetrievalCodec.blockTrailer(ciphertext.length, iv);
        return ByteBuffer.allocate(preamble.remaining() + ciphertext.length + trailer.remaining())
                .put(preamble)
                .put(ciphertext)
                .put(trailer)
                .array();
    }
}
