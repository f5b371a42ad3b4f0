// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.time.Duration;

/**
 * How peers are looked for.
 *
 * @param requestTimer how long answers are taken, and how long a search waits for them at most; {@link #SHORTEST_TIMER} to
 *     {@link #LONGEST_TIMER}
 * @param repeats how often a probe is sent again while it is open and somebody has not answered, 0 to {@link #MAX_REPEATS}
 * @param maxProbeBytes the longest datagram; more segments go into several
 * @param holdersKeptFor how long answers are remembered
 * @param absenceKeptFor how long it is remembered that nobody answered
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 3.1.2, note 7</a>
 */
public record RequesterSettings(
        Duration requestTimer, int repeats, int maxProbeBytes, Duration holdersKeptFor, Duration absenceKeptFor) {
    /** Below the longest back-off of Windows' answers no answer would be in time. */
    public static final Duration SHORTEST_TIMER = ResponderSettings.DEFAULT_MAX_BACKOFF;
    /** Far beyond what the document has, 500 ms. */
    public static final Duration LONGEST_TIMER = Duration.ofSeconds(10);
    /** MULTICAST_UDP_REPEAT of SOAP-over-UDP, September 2004. */
    public static final int MAX_REPEATS = 4;
    /** A frame of Ethernet without the headers of IPv6 and UDP: a probe that arrives in one piece or not at all. */
    public static final int DEFAULT_MAX_PROBE_BYTES = 1_452;

    private static final int LEAST_MAX_PROBE_BYTES = 1_024;
    private static final int MOST_MAX_PROBE_BYTES = 16_384;

    /** 300 ms as Windows, one repetition, one frame, 60 s and 15 s. */
    public static final RequesterSettings DEFAULT = new RequesterSettings(
            Duration.ofMillis(300), 1, DEFAULT_MAX_PROBE_BYTES, Duration.ofSeconds(60), Duration.ofSeconds(15));

    /** Throws {@link IllegalArgumentException} for values outside their range. */
    public RequesterSettings {
        if (requestTimer.compareTo(SHORTEST_TIMER) < 0 || requestTimer.compareTo(LONGEST_TIMER) > 0) {
            throw new IllegalArgumentException(
                    "request timer: " + requestTimer + " (expected: " + SHORTEST_TIMER + " to " + LONGEST_TIMER + ")");
        }
        if (repeats < 0 || repeats > MAX_REPEATS) {
            throw new IllegalArgumentException("repeats: " + repeats + " (expected: 0 to " + MAX_REPEATS + ")");
        }
        if (maxProbeBytes < LEAST_MAX_PROBE_BYTES || maxProbeBytes > MOST_MAX_PROBE_BYTES) {
            throw new IllegalArgumentException("octets of a probe: " + maxProbeBytes + " (expected: "
                    + LEAST_MAX_PROBE_BYTES + " to " + MOST_MAX_PROBE_BYTES + ")");
        }
        if (holdersKeptFor.isNegative() || absenceKeptFor.isNegative()) {
            throw new IllegalArgumentException("times to remember answers: " + holdersKeptFor + ", " + absenceKeptFor
                    + " (expected: not below 0)");
        }
    }
}
