// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import io.peerdist.agent.rate.RateLimit;
import io.peerdist.runtime.DataSize;

/**
 * What may go over the network in a second, in each direction.
 *
 * @param sendBytesPerSecond of blocks, to hosted caches and peers together; 0 for no limit, else from
 *     {@link #MIN_SEND_BYTES_PER_SECOND} to {@link RateLimit#MAX_BYTES_PER_SECOND}
 * @param receiveBytesPerSecond of downloads, from everywhere together; 0 for no limit, at most
 *     {@link RateLimit#MAX_BYTES_PER_SECOND}
 */
public record Bandwidth(long sendBytesPerSecond, long receiveBytesPerSecond) {
    /** No limit in either direction. */
    public static final Bandwidth UNLIMITED = new Bandwidth(0, 0);

    /** A block of 64 KiB a second: who asks waits 2 s for one (MS-PCCRR 3.1.2), and below this it would be in vain. */
    public static final long MIN_SEND_BYTES_PER_SECOND = 64 << 10;

    private static final String PER_SECOND = "/s";

    /** Throws {@link IllegalArgumentException} for a rate outside its range. */
    public Bandwidth {
        check("send", sendBytesPerSecond, MIN_SEND_BYTES_PER_SECOND);
        check("receive", receiveBytesPerSecond, 1);
    }

    private static void check(String direction, long bytesPerSecond, long min) {
        if (bytesPerSecond != 0 && (bytesPerSecond < min || bytesPerSecond > RateLimit.MAX_BYTES_PER_SECOND)) {
            throw new IllegalArgumentException(direction + ": " + new DataSize(Math.max(0, bytesPerSecond))
                    + " a second (expected: 0 for no limit, or " + new DataSize(min) + " to "
                    + new DataSize(RateLimit.MAX_BYTES_PER_SECOND) + ")");
        }
    }

    /**
     * Reads a rate such as {@code 5MB/s}, {@code 512KiB} or {@code 0}, in bytes per second.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static long parseRate(String text) {
        String trimmed = text.trim();
        String size =
                trimmed.endsWith(PER_SECOND) ? trimmed.substring(0, trimmed.length() - PER_SECOND.length()) : trimmed;
        try {
            return DataSize.parse(size).bytes();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("rate: \"" + text + "\" (expected: such as 5MB/s or 512KiB/s, or 0)", e);
        }
    }

    /** For people. */
    String describe() {
        return "send " + describe(sendBytesPerSecond) + ", receive " + describe(receiveBytesPerSecond);
    }

    private static String describe(long bytesPerSecond) {
        return bytesPerSecond == 0 ? "without limit" : new DataSize(bytesPerSecond) + "/s";
    }
}
