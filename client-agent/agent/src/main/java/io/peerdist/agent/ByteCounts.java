// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import java.util.Locale;

/** Byte counts and durations as people read them. */
public final class ByteCounts {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private ByteCounts() {}

    /** For example {@code 512 B}, {@code 1.5 KiB}, {@code 20.0 GiB}. */
    public static String format(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1023.95 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
    }

    /** For example {@code 20.0 GiB in 62.5 s, 327.7 MiB/s}. */
    public static String formatTransfer(long bytes, long nanos) {
        double seconds = Math.max(1e-3, nanos / 1e9);
        return String.format(
                Locale.ROOT, "%s in %.1f s, %s/s", format(bytes), seconds, format((long) (bytes / seconds)));
    }

    /** For example {@code 59 s}, {@code 12 min}, {@code 23 h}, {@code 40 d}: the largest unit that is reached, rounded down. */
    public static String formatAge(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        if (minutes < 60) {
            return minutes + " min";
        }
        long hours = minutes / 60;
        return hours < 24 ? hours + " h" : hours / 24 + " d";
    }

    /** For example {@code 0:07}, {@code 12:40}, {@code 3:05:00}. */
    public static String formatSeconds(long seconds) {
        long minutes = seconds / 60;
        return minutes < 60
                ? String.format(Locale.ROOT, "%d:%02d", minutes, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", minutes / 60, minutes % 60, seconds % 60);
    }
}
