// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.List;
import java.util.Map;

/**
 * Who holds what, as far as is known when the search ended.
 *
 * @param peers for each segment that was asked for, the peers that hold some of it, in the order of their answers; an empty
 *     list when nobody answered
 */
public record DiscoveryResult(Map<SegmentId, List<DiscoveredPeer>> peers) {
    /** Takes a copy. */
    public DiscoveryResult {
        peers = Map.copyOf(peers);
    }

    /** Those that hold some of {@code segmentId}. */
    public List<DiscoveredPeer> of(SegmentId segmentId) {
        return peers.getOrDefault(segmentId, List.of());
    }

    /** What to remember of a segment of so many blocks for {@link LocalSegment#replies}. */
    public PeerReplies replies(SegmentId segmentId, int segmentBlocks) {
        List<DiscoveredPeer> all = of(segmentId);
        int complete =
                (int) all.stream().filter(each -> each.holdsAll(segmentBlocks)).count();
        return new PeerReplies(all.size(), complete);
    }
}
