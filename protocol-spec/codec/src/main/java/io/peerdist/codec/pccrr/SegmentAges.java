// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The extensible blob of version 1, the only one defined: the ages of segments in the sender's cache.
 *
 * <pre>
 * version (2, big-endian, 1) | unit (1) | count (1) | count x [ segment index (1) | age (3, low octet first) ]
 * </pre>
 *
 * @param unit the unit of all ages
 * @param ages at most {@link #MAX_AGES}
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.6</a>
 */
public record SegmentAges(AgeUnit unit, List<EncodedSegmentAge> ages) {
    /** The most ages in a blob: the count is one octet. */
    public static final int MAX_AGES = 255;

    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 4;
    private static final int AGE_BYTES = 4;

    /** Throws {@link IllegalArgumentException} for more than 255 ages. */
    public SegmentAges {
        if (ages.size() > MAX_AGES) {
            throw new IllegalArgumentException(
                    "segment ages: " + ages.size() + " (expected: at most " + MAX_AGES + ")");
        }
        ages = List.copyOf(ages);
    }

    /**
     * Reads what remains in {@code blob}, or null when it is to be discarded: another version, an unknown unit, or too
     * short for its count. Octets after the last age are allowed. The blob's position is not moved.
     */
    public static @Nullable SegmentAges decodeOrDiscard(ByteBuffer blob) {
        ByteBuffer in = blob.duplicate();
        // 2.2.6: below two octets there is no version. 2.2.6.1.1 then fixes the order: size, unit, size for the count.
        if (in.remaining() < Short.BYTES || in.getShort() != VERSION || in.remaining() < HEADER_BYTES - Short.BYTES) {
            return null;
        }
        AgeUnit unit = AgeUnit.ofId(Byte.toUnsignedInt(in.get()));
        if (unit == null) {
            return null;
        }
        int count = Byte.toUnsignedInt(in.get());
        if (in.remaining() < count * AGE_BYTES) {
            return null;
        }
        List<EncodedSegmentAge> ages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int segmentIndex = Byte.toUnsignedInt(in.get());
            int low = Byte.toUnsignedInt(in.get());
            int mid = Byte.toUnsignedInt(in.get());
            int high = Byte.toUnsignedInt(in.get());
            ages.add(new EncodedSegmentAge(segmentIndex, high << 16 | mid << 8 | low));
        }
        return new SegmentAges(unit, ages);
    }

    /** The blob's octets. */
    public byte[] encode() {
        ByteBuffer blob = ByteBuffer.allocate(encodedBytes());
        writeTo(blob);
        return blob.array();
    }

    int encodedBytes() {
        return HEADER_BYTES + ages.size() * AGE_BYTES;
    }

    void writeTo(ByteBuffer out) {
        out.putShort((short) VERSION).put((byte) unit.id()).put((byte) ages.size());
        for (EncodedSegmentAge age : ages) {
            out.put((byte) age.segmentIndex());
            out.put((byte) age.age()).put((byte) (age.age() >> 8)).put((byte) (age.age() >> 16));
        }
    }
}
