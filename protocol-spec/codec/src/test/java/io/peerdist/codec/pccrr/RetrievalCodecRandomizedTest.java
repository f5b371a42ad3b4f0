// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;

/** Any message survives writing and reading; any octets are read or refused. */
final class RetrievalCodecRandomizedTest {
    private static final int TRANSPORT_HEADER_BYTES = 4;
    private static final int SIZE_AT = 8;

    @RandomizedTest(tries = 300)
    void readsEveryRequestItWrites(Gen gen) {
        RetrievalRequest request = SampleMessages.request(gen);

        RetrievalRequest read = RetrievalCodec.decodeRequest(ByteBuffer.wrap(RetrievalCodec.encodeRequest(request)));

        assertThat(read).isEqualTo(request);
    }

    @RandomizedTest(tries = 300)
    void readsEveryResponseItWrites(Gen gen) {
        RetrievalResponse response = SampleMessages.response(gen);

        assertThat(RetrievalCodec.decodeResponse(ByteBuffer.wrap(RetrievalCodec.encodeResponse(response))))
                .isEqualTo(response);
    }

    @RandomizedTest(tries = 200)
    void readsAtAnyPositionOfBufferAndLeavesItThere(Gen gen) {
        RetrievalResponse response = SampleMessages.response(gen);
        byte[] octets = RetrievalCodec.encodeResponse(response);
        ByteBuffer buffer = ByteBuffer.allocateDirect(octets.length + 20)
                .position(7)
                .put(octets)
                .flip()
                .position(7);

        assertThat(RetrievalCodec.decodeResponse(buffer)).isEqualTo(response);
        assertThat(buffer.position()).isEqualTo(7);
    }

    @RandomizedTest(tries = 2_000)
    void readsOrRefusesMutatedRequests(Gen gen) {
        byte[] octets = RetrievalCodec.encodeRequest(SampleMessages.request(gen));

        DecoderChecks.mutations(gen, octets, MalformedMessageException.class, RetrievalCodec::decodeRequest);
        DecoderChecks.mutations(
                gen, octets, MalformedMessageException.class, body -> RetrievalCodec.decodeRequest(withSize(body, 0)));
    }

    @RandomizedTest(tries = 2_000)
    void readsOrRefusesMutatedResponses(Gen gen) {
        byte[] octets = RetrievalCodec.encodeResponse(SampleMessages.response(gen));

        DecoderChecks.mutations(gen, octets, MalformedMessageException.class, RetrievalCodec::decodeResponse);
        DecoderChecks.mutations(
                gen,
                octets,
                MalformedMessageException.class,
                body -> RetrievalCodec.decodeResponse(withSize(body, TRANSPORT_HEADER_BYTES)));
    }

    @RandomizedTest(tries = 500)
    void readsOrRefusesRandomOctets(Gen gen) {
        DecoderChecks.randomOctets(
                gen, 300, MalformedMessageException.class, body -> RetrievalCodec.decodeRequest(withSize(body, 0)));
        DecoderChecks.randomOctets(
                gen,
                300,
                MalformedMessageException.class,
                body -> RetrievalCodec.decodeResponse(withSize(body, TRANSPORT_HEADER_BYTES)));
    }

    /** A copy with {@code MsgSize} corrected, so that a wrong size does not hide what lies behind it. */
    static ByteBuffer withSize(ByteBuffer body, int headerAt) {
        ByteBuffer copy =
                ByteBuffer.allocate(body.remaining()).put(body.duplicate()).flip();
        if (copy.remaining() >= headerAt + SIZE_AT + Integer.BYTES) {
            copy.putInt(headerAt + SIZE_AT, copy.remaining() - headerAt);
        }
        return copy;
    }
}
