// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

/**
 * How long ago a segment came into the sender's cache, {@code ENCODED_SEGMENT_AGE}.
 *
 * @param segmentIndex which segment, 0 to 255, counted from the first one that the message names
 * @param age 0 to {@link #MAX_AGE}, in the unit of the enclosing {@link SegmentAges}
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.1.5</a>
 */
public record EncodedSegmentAge(int segmentIndex, int age) {
    /** The highest segment index: one octet. */
    public static final int MAX_SEGMENT_INDEX = 0xFF;
    /** The highest age: three octets. */
    public static final int MAX_AGE = 0xFF_FFFF;

    /** Throws {@link IllegalArgumentException} for an index or age that does not fit its octets. */
    public EncodedSegmentAge {
        if ((segmentIndex & MAX_SEGMENT_INDEX) != segmentIndex || (age & MAX_AGE) != age) {
            throw new IllegalArgumentException("segment age: " + age + " of segment " + segmentIndex
                    + " (expected: at most " + MAX_AGE + " of segment 0 to " + MAX_SEGMENT_INDEX + ")");
        }
    }

    /** An age in {@code unit}, rounded down; one too long for three octets becomes the longest, and one below 0 becomes 0. */
    public static EncodedSegmentAge ofMillis(int segmentIndex, long ageMillis, AgeUnit unit) {
        return new EncodedSegmentAge(segmentIndex, (int) Math.max(0, Math.min(MAX_AGE, ageMillis / unit.millis())));
    }

    /** The age in milliseconds when it is counted in {@code unit}. */
    public long ageMillis(AgeUnit unit) {
        return (long) age * unit.millis();
    }
}
