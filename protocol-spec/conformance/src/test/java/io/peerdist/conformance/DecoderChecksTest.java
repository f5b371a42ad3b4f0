// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The checks must catch the decoders they are there to catch. */
final class DecoderChecksTest {
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** One octet of length, and so many octets. */
    private static final byte[] MESSAGE = {3, 7, 7, 7};

    private static void sound(ByteBuffer input) {
        if (!input.hasRemaining() || input.get() != input.remaining()) {
            throw new Refused();
        }
    }

    private static void careless(ByteBuffer input) {
        input.get(new byte[input.get()]);
    }

    private static void lenient(ByteBuffer input) {
        assertThat(input.isReadOnly()).isTrue();
    }

    private static void greedy(ByteBuffer input) {
        byte[] allocated = new byte[1 << 20];
        if (allocated.length > input.remaining()) {
            throw new Refused();
        }
    }

    private static void fails(Runnable check) {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(check::run);
    }

    @Test
    void passASoundDecoder() {
        Consumer<ByteBuffer> decoder = DecoderChecksTest::sound;

        DecoderChecks.truncationAtEveryLength(MESSAGE, Refused.class, decoder);
        DecoderChecks.trailingOctets(MESSAGE, Refused.class, decoder);
        assertThat(DecoderChecks.bitFlips(MESSAGE, Refused.class, decoder)).isEqualTo(3 * Byte.SIZE);
        DecoderChecks.mutations(Gen.ofSeed(1), MESSAGE, Refused.class, decoder);
        DecoderChecks.randomOctets(Gen.ofSeed(1), 10, Refused.class, decoder);
        DecoderChecks.refusesWithoutAllocating(10_000, new byte[] {9}, Refused.class, decoder);
        DecoderChecks.truncationAtEveryLength(new byte[] {0, 9}, Refused.class, decoder, Set.of(1));
    }

    @Test
    void catchAnotherException() {
        fails(() -> DecoderChecks.truncationAtEveryLength(MESSAGE, Refused.class, DecoderChecksTest::careless));
        fails(() -> DecoderChecks.bitFlips(MESSAGE, Refused.class, DecoderChecksTest::careless));
        fails(() -> DecoderChecks.refusesWithoutAllocating(
                10_000, new byte[] {9}, Refused.class, DecoderChecksTest::careless));
    }

    @Test
    void catchASubclassOfTheRightException() {
        fails(() -> DecoderChecks.randomOctets(Gen.ofSeed(1), 10, RuntimeException.class, DecoderChecksTest::sound));
    }

    @Test
    void catchAcceptanceOfACutOrLengthenedMessage() {
        fails(() -> DecoderChecks.truncationAtEveryLength(MESSAGE, Refused.class, DecoderChecksTest::lenient));
        fails(() -> DecoderChecks.trailingOctets(MESSAGE, Refused.class, DecoderChecksTest::lenient));
        fails(() -> DecoderChecks.refusesWithoutAllocating(10_000, MESSAGE, Refused.class, DecoderChecksTest::lenient));
    }

    @Test
    void catchRefusalOfACompleteMessage() {
        fails(() -> DecoderChecks.truncationAtEveryLength(MESSAGE, Refused.class, DecoderChecksTest::sound, Set.of(2)));
    }

    @Test
    void catchAllocationBeyondTheInput() {
        fails(() -> DecoderChecks.refusesWithoutAllocating(100_000, MESSAGE, Refused.class, DecoderChecksTest::greedy));
    }
}
