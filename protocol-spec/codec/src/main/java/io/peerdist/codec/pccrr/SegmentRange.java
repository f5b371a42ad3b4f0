// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

/**
 * Consecutive segments of those in a {@link GetSegmentList}, {@code SEGMENT_RANGE}.
 *
 * @param index the place of the first one in the request, from 0
 * @param count how many, at least 1; the last one lies below {@link GetSegmentList#MAX_SEGMENTS}
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.1.2</a>
 */
public record SegmentRange(int index, int count) {
    /** Throws {@link IllegalArgumentException} for a range that is empty or that no request can reach. */
    public SegmentRange {
        if (index < 0
                || index >= GetSegmentList.MAX_SEGMENTS
                || count < 1
                || count > GetSegmentList.MAX_SEGMENTS - index) {
            throw new IllegalArgumentException("segment range: [" + index + ", " + count + "] (expected: inside [0, "
                    + GetSegmentList.MAX_SEGMENTS + "])");
        }
    }

    /** The place after the last segment. */
    public int end() {
        return index + count;
    }
}
