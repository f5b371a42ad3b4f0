// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.List;

/**
 * Asks who holds any of some segments.
 *
 * @param messageId what answers relate to
 * @param version the form of the message and of its answers
 * @param segmentIds 1 to {@link #MAX_SEGMENTS}; of one length in version 2
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.2.1</a>
 */
public record Probe(String messageId, DiscoveryVersion version, List<SegmentId> segmentIds)
        implements DiscoveryMessage {
    /** The most segments of a message: version 2 counts them in one octet; version 1 has no limit of its own. */
    public static final int MAX_SEGMENTS = 255;

    /** Throws {@link IllegalArgumentException} for what the version cannot say. */
    public Probe {
        DiscoveryMessage.requireMessageId("message id", messageId);
        segmentIds = List.copyOf(segmentIds);
        if (segmentIds.isEmpty() || segmentIds.size() > MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    "segments: " + segmentIds.size() + " (expected: 1 to " + MAX_SEGMENTS + ")");
        }
        int idBytes = segmentIds.get(0).length();
        if (version == DiscoveryVersion.V2 && segmentIds.stream().anyMatch(id -> id.length() != idBytes)) {
            throw new IllegalArgumentException("segment ids: of several lengths (expected: one, in version 2)");
        }
    }
}
