// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.time.Duration;

/**
 * How probes are answered.
 *
 * @param maxBackoff the longest time before an answer, drawn at random from 1 ms on; 1 ms to {@link #LONGEST_BACKOFF}
 * @param quorum who keeps silent when many hold a segment
 * @param repeats how often each answer is sent again, 0 to {@link #MAX_REPEATS}
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 3.2.2</a>
 */
public record ResponderSettings(Duration maxBackoff, RepublicationQuorum quorum, int repeats) {
    /** The default of the document, and of Windows. */
    public static final Duration DEFAULT_MAX_BACKOFF = Duration.ofMillis(65);
    /** What WS-Discovery itself has as APP_MAX_DELAY. */
    public static final Duration LONGEST_BACKOFF = Duration.ofMillis(500);
    /** UNICAST_UDP_REPEAT of SOAP-over-UDP, September 2004. */
    public static final int MAX_REPEATS = 2;

    /** 65 ms, a quorum of 100, one repetition. */
    public static final ResponderSettings DEFAULT =
            new ResponderSettings(DEFAULT_MAX_BACKOFF, RepublicationQuorum.DEFAULT, 1);

    /** Throws {@link IllegalArgumentException} for values outside their range. */
    public ResponderSettings {
        if (maxBackoff.toMillis() < 1 || maxBackoff.compareTo(LONGEST_BACKOFF) > 0) {
            throw new IllegalArgumentException(
                    "maximum back-off: " + maxBackoff + " (expected: 1 ms to " + LONGEST_BACKOFF + ")");
        }
        if (repeats < 0 || repeats > MAX_REPEATS) {
            throw new IllegalArgumentException("repeats: " + repeats + " (expected: 0 to " + MAX_REPEATS + ")");
        }
    }
}
