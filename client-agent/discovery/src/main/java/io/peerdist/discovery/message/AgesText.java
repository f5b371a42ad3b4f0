// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import io.peerdist.codec.pccrr.AgeUnit;
import io.peerdist.codec.pccrr.EncodedSegmentAge;
import io.peerdist.codec.pccrr.SegmentAges;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code SegmentAges}: the extensible blob of the retrieval protocol in base64.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.3.9, MS-PCCRR 2.2.6.1</a>
 */
final class AgesText {
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 4;
    private static final int AGE_BYTES = 4;

    private AgesText() {}

    static String of(SegmentAges ages) {
        ByteBuffer blob = ByteBuffer.allocate(HEADER_BYTES + ages.ages().size() * AGE_BYTES);
        blob.putShort((short) VERSION).put((byte) ages.unit().id()).put((byte)
                ages.ages().size());
        for (EncodedSegmentAge each : ages.ages()) {
            blob.put((byte) each.segmentIndex());
            blob.put((byte) each.age()).put((byte) (each.age() >> 8)).put((byte) (each.age() >> 16));
        }
        return Base64.getEncoder().encodeToString(blob.array());
    }

    /** The ages, or null when they are to be discarded, which leaves the message as it is (MS-PCCRR 2.2.6.1.1). */
    static @Nullable SegmentAges readOrDiscard(byte[] octets) {
        ByteBuffer blob = ByteBuffer.wrap(octets);
        if (blob.remaining() < HEADER_BYTES || blob.getShort() != VERSION) {
            return null;
        }
        AgeUnit unit = AgeUnit.ofId(Byte.toUnsignedInt(blob.get()));
        int count = Byte.toUnsignedInt(blob.get());
        if (unit == null || blob.remaining() < count * AGE_BYTES) {
            return null;
        }
        List<EncodedSegmentAge> ages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int segmentIndex = Byte.toUnsignedInt(blob.get());
            int low = Byte.toUnsignedInt(blob.get());
            int mid = Byte.toUnsignedInt(blob.get());
            int high = Byte.toUnsignedInt(blob.get());
            ages.add(new EncodedSegmentAge(segmentIndex, high << 16 | mid << 8 | low));
        }
        return new SegmentAges(unit, ages);
    }
}
