// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.time.Duration;

/**
 * Bounds of pulling.
 *
 * @param maxPulls segments pulled at once, 1 to 4,096
 * @param maxPullsPerPeer segments pulled at once from one peer that has answered before; from others it is one
 * @param maxSegments segments that wait or are pulled
 * @param maxSegmentsPerAddress of these, segments that one address offered
 * @param maxBytesPerClient octets of segments that wait or are pulled and that one client offered
 * @param leftOutFor how long a peer is left out that failed three times in a row
 */
record PullLimits(
        int maxPulls,
        int maxPullsPerPeer,
        int maxSegments,
        int maxSegmentsPerAddress,
        long maxBytesPerClient,
        Duration leftOutFor) {
    private static final int DEFAULT_PULLS = 128;
    private static final int DEFAULT_PULLS_PER_PEER = 16; // a block or a few of each: enough to keep a link busy
    private static final int DEFAULT_SEGMENTS = 131_072;
    private static final int DEFAULT_SEGMENTS_PER_ADDRESS = 65_536; // what a client has of some 6 GiB in version 2.0
    private static final int MAX_PULLS = 4_096;
    private static final Duration DEFAULT_LEFT_OUT_FOR = Duration.ofSeconds(30);

    static final PullLimits DEFAULT = new PullLimits(
            DEFAULT_PULLS,
            DEFAULT_PULLS_PER_PEER,
            DEFAULT_SEGMENTS,
            DEFAULT_SEGMENTS_PER_ADDRESS,
            QuotaSettings.DEFAULT.bytesOutstanding(),
            DEFAULT_LEFT_OUT_FOR);

    PullLimits {
        check("pulls", maxPulls, MAX_PULLS);
        check("pulls per peer", maxPullsPerPeer, maxPulls);
        check("waiting segments", maxSegments, Integer.MAX_VALUE);
        check("waiting segments per address", maxSegmentsPerAddress, maxSegments);
        if (maxBytesPerClient < 1) {
            throw new IllegalArgumentException("bytes per client: " + maxBytesPerClient + " (expected: 1 or more)");
        }
        if (leftOutFor.isNegative()) {
            throw new IllegalArgumentException("left out for: " + leftOutFor + " (expected: 0 or more)");
        }
    }

    /** Without a limit for octets. */
    PullLimits(int maxPulls, int maxPullsPerPeer, int maxSegments, int maxSegmentsPerAddress, Duration leftOutFor) {
        this(maxPulls, maxPullsPerPeer, maxSegments, maxSegmentsPerAddress, Long.MAX_VALUE, leftOutFor);
    }

    private static void check(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 to " + max + ")");
        }
    }
}
