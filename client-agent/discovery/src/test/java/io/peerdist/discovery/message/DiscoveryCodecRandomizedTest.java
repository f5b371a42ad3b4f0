// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.DecoderChecks;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;

/** Any message survives writing and reading; any octets are read or refused. */
final class DiscoveryCodecRandomizedTest {
    private final DiscoveryDecoder decoder = new DiscoveryDecoder();

    @RandomizedTest(tries = 300)
    void readsEveryMessageItWrites(Gen gen) {
        DiscoveryMessage message = SampleMessages.message(gen);

        assertThat(decoder.decode(ByteBuffer.wrap(DiscoveryEncoder.encode(message))))
                .contains(message);
    }

    @RandomizedTest(tries = 500)
    void readsOrRefusesMutatedMessages(Gen gen) {
        byte[] octets = DiscoveryEncoder.encode(SampleMessages.message(gen));

        DecoderChecks.mutations(gen, octets, MalformedMessageException.class, decoder::decode);
    }

    @RandomizedTest
    void readsOrRefusesRandomOctets(Gen gen) {
        DecoderChecks.randomOctets(gen, 4_096, MalformedMessageException.class, decoder::decode);
    }
}
