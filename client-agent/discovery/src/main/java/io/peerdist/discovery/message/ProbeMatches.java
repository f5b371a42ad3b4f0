// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers a probe.
 *
 * @param relatesTo the message identifier of the probe
 * @param appSequence where this stands among the sender's messages, or null when the sender does not say
 * @param matches at most {@link #MAX_MATCHES}; those of other services are left out
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.2.2</a>
 */
public record ProbeMatches(
        String messageId, String relatesTo, @Nullable AppSequence appSequence, List<ProbeMatch> matches)
        implements DiscoveryMessage {
    /** The most matches in an answer that are read. A peer sends one; only a discovery proxy would send more. */
    public static final int MAX_MATCHES = 16;

    /** Throws {@link IllegalArgumentException} for a bad identifier, or no match or too many. */
    public ProbeMatches {
        DiscoveryMessage.requireMessageId("message id", messageId);
        DiscoveryMessage.requireMessageId("related message id", relatesTo);
        matches = List.copyOf(matches);
        if (matches.isEmpty() || matches.size() > MAX_MATCHES) {
            throw new IllegalArgumentException("matches: " + matches.size() + " (expected: 1 to " + MAX_MATCHES + ")");
        }
    }
}
