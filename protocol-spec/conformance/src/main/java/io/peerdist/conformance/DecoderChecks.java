// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What every decoder must stand: input that ends early, single wrong bits, random octets. A decoder may refuse with one
 * class of exception; any other one, or acceptance of a cut message, is a failure that names the input.
 */
public final class DecoderChecks {
    private DecoderChecks() {}

    /** Every shorter beginning of {@code message} is refused. */
    public static void truncationAtEveryLength(
            byte[] message, Class<? extends RuntimeException> refusal, Consumer<ByteBuffer> decoder) {
        truncationAtEveryLength(message, refusal, decoder, Set.of());
    }

    /** Every shorter beginning of {@code message} is refused, but those of {@code completeLengths}, which are accepted. */
    public static void truncationAtEveryLength(
            byte[] message,
            Class<? extends RuntimeException> refusal,
            Consumer<ByteBuffer> decoder,
            Set<Integer> completeLengths) {
        for (int length = 0; length < message.length; length++) {
            boolean accepted = accepts(Arrays.copyOf(message, length), refusal, decoder);
            if (accepted != completeLengths.contains(length)) {
                throw new AssertionError((accepted ? "accepted" : "refused") + " the first " + length + " of "
                        + message.length + " octets");
            }
        }
    }

    /** Octets after the end of {@code message} are refused. */
    public static void trailingOctets(
            byte[] message, Class<? extends RuntimeException> refusal, Consumer<ByteBuffer> decoder) {
        for (int extra : new int[] {1, 2, 3, 4, 16, 68}) {
            if (accepts(Arrays.copyOf(message, message.length + extra), refusal, decoder)) {
                throw new AssertionError("accepted " + extra + " octets after the end");
            }
        }
    }

    /** Each single bit of {@code message} inverted: accepted or refused, nothing else. Returns how many were accepted. */
    public static int bitFlips(
            byte[] message, Class<? extends RuntimeException> refusal, Consumer<ByteBuffer> decoder) {
        int accepted = 0;
        for (int bit = 0; bit < message.length * Byte.SIZE; bit++) {
            byte[] flipped = message.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            accepted += accepts(flipped, refusal, decoder) ? 1 : 0;
        }
        return accepted;
    }

    /** {@code message} with some octets overwritten, cut or repeated at random: accepted or refused, nothing else. */
    public static void mutations(
            Gen gen, byte[] message, Class<? extends RuntimeException> refusal, Consumer<ByteBuffer> decoder) {
        byte[] mutated = message.clone();
        for (int i = gen.intBetween(1, 8); i > 0 && mutated.length > 0; i--) {
            mutated[gen.intBetween(0, mutated.length - 1)] =
                    gen.oneOf((byte) 0, (byte) 0xFF, (byte) 0x80, gen.bytes(1)[0]);
        }
        accepts(Arrays.copyOf(mutated, gen.intBetween(0, mutated.length * 2)), refusal, decoder);
    }

    /** Random octets: accepted or refused, nothing else. */
    public static void randomOctets(
            Gen gen, int maxBytes, Class<? extends RuntimeException> refusal, Consumer<ByteBuffer> decoder) {
        accepts(gen.bytesUpTo(maxBytes), refusal, decoder);
    }

    /** Refuses {@code message}, and allocates no more than {@code maxBytes} before it does. */
    public static void refusesWithoutAllocating(
            long maxBytes, byte[] message, Class<? extends RuntimeException> refusal, Consumer<ByteBuffer> decoder) {
        accepts(message, refusal, decoder); // classes load and initialize outside the measurement
        long before = BoundedDecoding.currentThreadBytes();
        boolean accepted = accepts(message, refusal, decoder);
        long allocated = BoundedDecoding.currentThreadBytes() - before;
        if (accepted) {
            throw new AssertionError("accepted " + Hex.of(message));
        }
        if (allocated > maxBytes) {
            throw new AssertionError("allocated " + allocated + " octets (expected: at most " + maxBytes + ")");
        }
    }

    private static boolean accepts(
            byte[] input, Class<? extends RuntimeException> refusal, Consumer<ByteBuffer> decoder) {
        Optional<Throwable> thrown =
                thrownBy(() -> decoder.accept(ByteBuffer.wrap(input).asReadOnlyBuffer()));
        if (thrown.isPresent() && thrown.get().getClass() != refusal) {
            throw new AssertionError(
                    thrown.get() + " (expected: " + refusal.getSimpleName() + ") for " + Hex.of(input), thrown.get());
        }
        return thrown.isEmpty();
    }

    private static Optional<Throwable> thrownBy(Runnable action) {
        try {
            action.run();
            return Optional.empty();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return Optional.of(e);
        }
    }
}
