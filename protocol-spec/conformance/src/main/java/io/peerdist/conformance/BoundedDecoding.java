// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs a decoder over an input of any kind and holds it to two rules: it refuses with one class of exception, and it takes
 * no more memory than the input excuses. What counts is what the calling thread allocates, garbage included, so a decoder
 * that believes a count in the input shows at once.
 *
 * @param refusal the one exception that may come out
 * @param baseBytes what may be allocated whatever the input: objects of fixed size, the exception and its stack trace
 * @param perInputByte what may be allocated besides for each octet or character of the input
 */
public record BoundedDecoding(Class<? extends RuntimeException> refusal, long baseBytes, int perInputByte) {
    /** The first runs also load classes and link string concatenations, which no input is to blame for. */
    private static final int TRIES = 4;

    /** Jazzer, while it fuzzes, notes every comparison, search and match of strings, on the same thread. */
    private static final int FUZZING_FACTOR_OF_TEXT = 32;

    /** For what takes any input. */
    public static BoundedDecoding withoutRefusal(long baseBytes, int perInputByte) {
        return new BoundedDecoding(NoRefusal.class, baseBytes, perInputByte);
    }

    /** The same for a decoder of text: while Jazzer fuzzes, the limits leave room for what it allocates itself. */
    public BoundedDecoding ofText() {
        boolean fuzzing = System.getenv("JAZZER_FUZZ") != null || System.getProperty("JAZZER_FUZZ") != null;
        int factor = fuzzing ? FUZZING_FACTOR_OF_TEXT : 1;
        return new BoundedDecoding(refusal, factor * baseBytes, factor * perInputByte);
    }

    /** Thrown by nobody. */
    private static final class NoRefusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** What {@code decoder} makes of {@code inputBytes} octets; nothing when it refuses or answers null. */
    public <T> Optional<T> of(int inputBytes, Supplier<T> decoder) {
        long limitBytes = baseBytes + (long) perInputByte * inputBytes;
        long leastBytes = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long before = currentThreadBytes();
            Optional<T> decoded = decodedOrRefused(decoder);
            leastBytes = Math.min(leastBytes, currentThreadBytes() - before);
            if (leastBytes <= limitBytes) {
                return decoded;
            }
        }
        throw new AssertionError("allocated " + leastBytes + " octets for an input of " + inputBytes
                + " (expected: at most " + limitBytes + ")");
    }

    private <T> Optional<T> decodedOrRefused(Supplier<T> decoder) {
        try {
            return Optional.ofNullable(decoder.get());
        } catch (RuntimeException e) {
            if (e.getClass() == refusal) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Octets that the calling thread has allocated since it started. */
    static long currentThreadBytes() {
        if (ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads) {
            return threads.getCurrentThreadAllocatedBytes();
        }
        throw new IllegalStateException("thread allocation counters: absent (expected: a HotSpot JVM)");
    }
}
