// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lengths of time as people write them: a whole number and a unit, {@code 250ms}, {@code 15s}, {@code 2m}, {@code 6h},
 * {@code 28d}. A bare {@code 0} needs no unit.
 */
public final class Durations {
    /** What a length of time looks like, for messages. */
    public static final String EXPECTED = "a time such as 250ms, 15s, 2m, 6h or 28d";

    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|min|h|d)");

    /** 2^63 nanoseconds, which is as far as the clocks and timers of the system count. */
    private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE);

    private Durations() {}

    /**
     * Reads a length of time.
     *
     * @throws IllegalArgumentException when {@code text} is none, or is 2^63 nanoseconds or more
     */
    public static Duration parse(String text) {
        String trimmed = text.trim().toLowerCase(Locale.ROOT);
        if (trimmed.equals("0")) {
            return Duration.ZERO;
        }
        Matcher matcher = SYNTAX.matcher(trimmed);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("time: \"" + text + "\" (expected: " + EXPECTED + ")");
        }
        long count = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            default -> Duration.ofMinutes(count);
        };
        if (duration.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("time: \"" + text + "\" (expected: below 106752d)");
        }
        return duration;
    }

    /** {@code duration} in the largest unit that divides it, cut to milliseconds; {@link #parse} reads it back. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds % 60 != 0) {
            return seconds + "s";
        }
        if (seconds % 3_600 != 0) {
            return seconds / 60 + "m";
        }
        return seconds % 86_400 != 0 ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
    }
}
