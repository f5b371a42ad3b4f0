// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks a hosted cache which of some segments it holds, wholly or in part, {@code MSG_GETSEGLIST}.
 *
 * @param requestId comes back in the answer
 * @param segmentIds the segments, 1 to {@link #MAX_SEGMENTS}
 * @param ages the extensible blob; null when there is none or none that could be understood
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.4.4</a>
 */
public record GetSegmentList(
        RequestId requestId,
        List<SegmentId> segmentIds,
        @Nullable SegmentAges ages) implements RetrievalRequest {
    /**
     * The most identifiers, of the shortest length, that a request of 96 KiB holds beside its header (16 octets), request
     * identifier (16), count (4) and blob size (4), each identifier with a size of four octets: 2729.
     */
    public static final int MAX_SEGMENTS = (RetrievalCodec.MAX_REQUEST_BYTES - 40) / (Integer.BYTES + 32);

    /** Throws {@link IllegalArgumentException} for no or too many identifiers. */
    public GetSegmentList {
        if (segmentIds.isEmpty() || segmentIds.size() > MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    "segment ids: " + segmentIds.size() + " (expected: 1 to " + MAX_SEGMENTS + ")");
        }
        segmentIds = List.copyOf(segmentIds);
    }
}
