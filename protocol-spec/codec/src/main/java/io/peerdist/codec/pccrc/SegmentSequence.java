// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import java.util.List;

/** What must hold of the segments of a content information of either version, and which of them a range touches. */
final class SegmentSequence {
    private SegmentSequence() {}

    /** Fails unless {@code segments} are one behind the other, of one algorithm, and each holds a part of {@code range}. */
    static void requireCovers(ContentRange range, List<SegmentDescription> segments, HashAlgorithm hashAlgorithm) {
        require(!segments.isEmpty(), "segments: 0 (expected: 1 or more)");
        long end = segments.get(0).offsetInContent();
        for (SegmentDescription segment : segments) {
            require(
                    segment.hashAlgorithm() == hashAlgorithm,
                    "hash algorithm: " + segment.hashAlgorithm() + " (expected: " + hashAlgorithm + ")");
            require(
                    segment.offsetInContent() == end,
                    "segment offset: " + segment.offsetInContent() + " (expected: " + end + ")");
            end = segment.extent().end();
        }
        require(
                segments.get(0).extent().end() > range.offset()
                        && segments.get(0).offsetInContent() <= range.offset(),
                "first segment: " + segments.get(0) + " (expected: one that holds the start of " + range + ")");
        require(
                end >= range.end() && segments.get(segments.size() - 1).offsetInContent() < range.end(),
                "last segment: " + segments.get(segments.size() - 1) + " (expected: one that holds the end of " + range
                        + ")");
    }

    /** Fails when a structure of so many octets is too large for an array. */
    static void requireEncodable(long bytes) {
        require(bytes <= Integer.MAX_VALUE, "content information bytes: " + bytes + " (expected: below 2^31)");
    }

    /** Those of {@code segments} that hold a part of {@code part}, which must lie in {@code range}. */
    static List<SegmentDescription> touchedBy(
            ContentRange part, ContentRange range, List<SegmentDescription> segments) {
        require(range.contains(part), "content range: " + part + " (expected: in " + range + ")");
        int from = indexOfSegmentAt(part.offset(), segments);
        int to = indexOfSegmentAt(part.end() - 1, segments);
        return segments.subList(from, to + 1);
    }

    /** Binary search for the segment that holds the octet at {@code offset}; there is one. */
    private static int indexOfSegmentAt(long offset, List<SegmentDescription> segments) {
        int low = 0;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments.get(middle).offsetInContent() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
