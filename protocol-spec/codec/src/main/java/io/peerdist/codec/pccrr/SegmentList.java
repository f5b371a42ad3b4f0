// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells which of the segments asked for are held, wholly or in part, {@code MSG_SEGLIST}.
 *
 * @param requestId that of the request
 * @param ranges the segments held, by their places in the request; at most {@link GetSegmentList#MAX_SEGMENTS} ranges. The
 *     reader checks them against the request: {@code segments().length()} must not exceed the number asked for
 * @param ages the extensible blob; its indexes count from the first segment of the first range. Null when there is none or
 *     none that could be understood
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.5.4</a>
 */
public record SegmentList(
        RequestId requestId,
        List<SegmentRange> ranges,
        @Nullable SegmentAges ages) implements RetrievalResponse {
    /** Throws {@link IllegalArgumentException} for too many ranges. */
    public SegmentList {
        if (ranges.size() > GetSegmentList.MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    "segment ranges: " + ranges.size() + " (expected: at most " + GetSegmentList.MAX_SEGMENTS + ")");
        }
        ranges = List.copyOf(ranges);
    }

    /** The answer for the segments whose places in the request are set in {@code held}, in ascending, merged ranges. */
    public static SegmentList of(RequestId requestId, BitSet held, @Nullable SegmentAges ages) {
        List<SegmentRange> ranges = new ArrayList<>();
        for (int from = held.nextSetBit(0); from >= 0; ) {
            int to = held.nextClearBit(from);
            ranges.add(new SegmentRange(from, to - from));
            from = held.nextSetBit(to);
        }
        return new SegmentList(requestId, ranges, ages);
    }

    /** The places of the segments held; a new set. */
    public BitSet segments() {
        BitSet segments = new BitSet();
        for (SegmentRange range : ranges) {
            segments.set(range.index(), range.end());
        }
        return segments;
    }
}
