// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of {@link BlockStore#list}.
 *
 * @param segments in the order of their ids
 * @param next the cursor for the next page, or null after the last one
 */
public record SegmentListing(
        List<SegmentSummary> segments, @Nullable SegmentId next) {
    /** Takes a copy of {@code segments}. */
    public SegmentListing {
        segments = List.copyOf(segments);
    }
}
