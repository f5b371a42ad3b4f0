// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A source of random test values whose whole sequence follows from a seed, so that a failure can be replayed. The size,
 * 1 to {@link #MAX_SIZE}, scales the lengths a generator chooses; early tries are small. Not thread-safe: give each
 * thread its own {@link #split()}.
 */
public final class Gen {
    /** The size at which {@link #lengthUpTo} may return its maximum. */
    public static final int MAX_SIZE = 100;

    private final SplittableRandom random;
    private final long seed;
    private final int size;

    private Gen(SplittableRandom random, long seed, int size) {
        this.random = random;
        this.seed = seed;
        this.size = size;
    }

    /** The sequence of {@code seed} at full size. */
    public static Gen ofSeed(long seed) {
        return ofSeed(seed, MAX_SIZE);
    }

    /** The sequence of {@code seed}; {@code size} is 1 to {@link #MAX_SIZE}. */
    public static Gen ofSeed(long seed, int size) {
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("size: " + size + " (expected: 1 to " + MAX_SIZE + ")");
        }
        return new Gen(new SplittableRandom(seed), seed, size);
    }

    /** The seed this sequence, or the one it was split from, began with. */
    public long seed() {
        return seed;
    }

    /** An independent sequence that follows from this one's state. */
    public Gen split() {
        return new Gen(random.split(), seed, size);
    }

    /** The generator itself, for code under test that takes its randomness through a constructor. */
    public RandomGenerator random() {
        return random;
    }

    /** Any int from {@code min} to {@code max}, both included. */
    public int intBetween(int min, int max) {
        return (int) longBetween(min, max);
    }

    /** Any long from {@code min} to {@code max}, both included. */
    public long longBetween(long min, long max) {
        return max == Long.MAX_VALUE && min == Long.MIN_VALUE
                ? random.nextLong()
                : max == Long.MAX_VALUE ? random.nextLong(min - 1, max) + 1 : random.nextLong(min, max + 1);
    }

    /** Either value. */
    public boolean bool() {
        return random.nextBoolean();
    }

    /** A length from 0 to {@code max}, smaller in early tries. */
    public int lengthUpTo(int max) {
        return intBetween(0, (int) ((long) max * size / MAX_SIZE));
    }

    /** Exactly {@code count} octets. */
    public byte[] bytes(int count) {
        byte[] octets = new byte[count];
        random.nextBytes(octets);
        return octets;
    }

    /** 0 to {@code max} octets, fewer in early tries. */
    public byte[] bytesUpTo(int max) {
        return bytes(lengthUpTo(max));
    }

    /** One of {@code choices}. */
    @SafeVarargs
    public final <T> T oneOf(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** One element of {@code choices}. */
    public <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** {@code length} characters, each one of {@code alphabet}. */
    public String string(String alphabet, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** {@code count} elements, each made by {@code element}. */
    public <T> List<T> list(int count, Function<Gen, T> element) {
        List<T> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(element.apply(this));
        }
        return elements;
    }
}
