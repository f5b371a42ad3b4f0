// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as people write it: {@code 10GiB}, {@code 512MiB}, {@code 64KiB}, {@code 4096}. Decimal units
 * ({@code kB}, {@code MB}, {@code GB}, {@code TB}) are powers of 1000, binary ones ({@code KiB} to {@code TiB}, also plain
 * {@code K}, {@code M}, {@code G}, {@code T}) powers of 1024. Case and spaces before the unit do not matter.
 *
 * @param bytes 0 to 2^63 - 1
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
    /** What a size looks like, for messages. */
    public static final String EXPECTED = "a size such as 4096, 64KiB, 512MiB or 10GiB";

    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,19})\\s*([A-Za-z]{0,3})");
    private static final String[] BINARY_UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes: " + bytes + " (expected: 0 or more)");
        }
    }

    /**
     * Reads a size.
     *
     * @throws IllegalArgumentException when {@code text} is no size, or is 2^63 bytes or more
     */
    public static DataSize parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("size: \"" + text + "\" (expected: " + EXPECTED + ")");
        }
        try {
            long count = Long.parseLong(matcher.group(1));
            return new DataSize(Math.multiplyExact(count, unitBytes(matcher.group(2), text)));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("size: \"" + text + "\" (expected: below 8388608TiB)", e);
        }
    }

    private static long unitBytes(String unit, String text) {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1;
            case "k", "kib" -> 1L << 10;
            case "m", "mib" -> 1L << 20;
            case "g", "gib" -> 1L << 30;
            case "t", "tib" -> 1L << 40;
            case "kb" -> 1_000L;
            case "mb" -> 1_000_000L;
            case "gb" -> 1_000_000_000L;
            case "tb" -> 1_000_000_000_000L;
            default ->
                throw new IllegalArgumentException(
                        "size: \"" + text + "\" (expected: unit B, KiB, MiB, GiB, TiB, kB, MB, GB or TB)");
        };
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** Exact, in the largest binary unit that divides it; {@link #parse} reads it back. */
    @Override
    public String toString() {
        long count = bytes;
        int unit = 0;
        while (count != 0 && count % 1024 == 0 && unit < BINARY_UNITS.length - 1) {
            count /= 1024;
            unit++;
        }
        return count + BINARY_UNITS[unit];
    }
}
