// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.Hex;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages as octets, counted out from fetch-leases.md, sections 3 and 4. */
final class LeaseMessagesTest {
    private static final String ID_HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private static final byte[] REQUEST = Hex.parse("5044464c 0001 0001 8000000000000001 20" + ID_HEX);
    private static final byte[] RESPONSE =
            Hex.parse("50444641 0001 0004 00 00000000 01 00002710 02 000000fa 03 00000000");

    @Test
    void readsAndWritesRequest() {
        LeaseRequest request = new LeaseRequest(0x8000_0000_0000_0001L, List.of(SegmentId.ofHex(ID_HEX)));

        assertThat(request.encode()).isEqualTo(REQUEST);
        assertThat(LeaseRequest.decode(ByteBuffer.wrap(REQUEST))).isEqualTo(request);
    }

    @Test
    void readsAndWritesResponse() {
        LeaseResponse response = new LeaseResponse(List.of(
                LeaseAnswer.HELD,
                new LeaseAnswer(LeaseState.GRANTED, 10_000),
                new LeaseAnswer(LeaseState.WAIT, 250),
                LeaseAnswer.UNLEASED));

        assertThat(response.encode()).isEqualTo(RESPONSE);
        assertThat(LeaseResponse.decode(ByteBuffer.wrap(RESPONSE))).isEqualTo(response);
    }

    @Test
    void refusesWhatIsCutOrTooLong() {
        DecoderChecks.truncationAtEveryLength(REQUEST, MalformedMessageException.class, LeaseRequest::decode);
        DecoderChecks.truncationAtEveryLength(RESPONSE, MalformedMessageException.class, LeaseResponse::decode);
        DecoderChecks.trailingOctets(REQUEST, MalformedMessageException.class, LeaseRequest::decode);
        DecoderChecks.trailingOctets(RESPONSE, MalformedMessageException.class, LeaseResponse::decode);
    }

    @Test
    void readsOrRefusesSingleWrongBits() {
        // Holder and identifier may be anything: 8 and 32 octets.
        assertThat(DecoderChecks.bitFlips(REQUEST, MalformedMessageException.class, LeaseRequest::decode))
                .isEqualTo(40 * Byte.SIZE);
        DecoderChecks.bitFlips(RESPONSE, MalformedMessageException.class, LeaseResponse::decode);
    }

    @Test
    void refusesCountsThatNothingBacks() {
        byte[] request = Hex.parse("5044464c 0001 ffff 0000000000000001 20" + ID_HEX);
        byte[] response = Hex.parse("50444641 0001 0200 00 00000000");

        DecoderChecks.refusesWithoutAllocating(8_192, request, MalformedMessageException.class, LeaseRequest::decode);
        DecoderChecks.refusesWithoutAllocating(8_192, response, MalformedMessageException.class, LeaseResponse::decode);
    }

    @Test
    void namesProtocolFieldAndOffset() {
        assertThatThrownBy(() -> LeaseRequest.decode(
                        ByteBuffer.wrap(Hex.parse("5044464c 0001 0001 0000000000000001 21" + ID_HEX + "00"))))
                .hasMessage("fetch-leases segment id length at offset 16: 33 (expected: 32, 48 or 64)");
        assertThatThrownBy(() -> LeaseResponse.decode(ByteBuffer.wrap(Hex.parse("50444641 0001 0001 04 00000000"))))
                .hasMessage("fetch-leases state at offset 8: 4 (expected: 0 to 3)");
        assertThatThrownBy(() -> LeaseResponse.decode(ByteBuffer.wrap(Hex.parse("50444641 0001 0001 02 00000000"))))
                .hasMessageContaining("milliseconds at offset 9: milliseconds of WAIT: 0 (expected: 1 to 300000)");
    }

    @Test
    void keepsTheNumberOfSegmentsInItsLimits() {
        SegmentId id = SegmentId.ofHex(ID_HEX);

        assertThatThrownBy(() -> new LeaseRequest(1, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LeaseRequest(1, Collections.nCopies(513, id)))
                .hasMessageContaining("513 (expected: 1 to 512)");
        byte[] most = new LeaseRequest(1, Collections.nCopies(512, id)).encode();
        assertThat(LeaseRequest.decode(ByteBuffer.wrap(most)).segments()).hasSize(512);
    }

    @RandomizedTest(tries = 200)
    void readsWhatItWrites(Gen gen) {
        LeaseRequest request = new LeaseRequest(
                gen.random().nextLong(),
                gen.list(1 + gen.lengthUpTo(511), each -> SegmentId.of(each.bytes(each.oneOf(32, 48, 64)))));
        LeaseResponse response = new LeaseResponse(gen.list(
                1 + gen.lengthUpTo(511),
                each -> each.oneOf(
                        LeaseAnswer.HELD,
                        LeaseAnswer.UNLEASED,
                        new LeaseAnswer(LeaseState.WAIT, each.intBetween(1, LeaseAnswer.MAX_MILLIS)))));

        assertThat(LeaseRequest.decode(ByteBuffer.wrap(request.encode()))).isEqualTo(request);
        assertThat(LeaseResponse.decode(ByteBuffer.wrap(response.encode()))).isEqualTo(response);
        DecoderChecks.mutations(gen, request.encode(), MalformedMessageException.class, LeaseRequest::decode);
        DecoderChecks.mutations(gen, response.encode(), MalformedMessageException.class, LeaseResponse::decode);
    }
}
