// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

/**
 * How many datagrams are looked at. A bucket of two seconds' worth may be used at once.
 *
 * @param perSourcePerSecond from each address; at least 1
 * @param overallPerSecond from all together; at least 1
 */
public record RateLimits(int perSourcePerSecond, int overallPerSecond) {
    /** An iPXE machine that fetches segments of 64 KiB at 20 MB/s sends 300 probes a second, a few of them twice. */
    public static final RateLimits DEFAULT = new RateLimits(500, 2_000);

    /** Throws {@link IllegalArgumentException} below 1. */
    public RateLimits {
        if (perSourcePerSecond < 1 || overallPerSecond < 1) {
            throw new IllegalArgumentException("datagrams a second: " + perSourcePerSecond + " of each source, "
                    + overallPerSecond + " of all (expected: at least 1)");
        }
    }
}
