// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How many segments, and octets of ciphertext, are held of each component that content tags name. Immutable. */
final class TagCounts {
    /** The length of {@link #writeTo}. */
    static final int BYTES = ContentComponent.values().length * 2 * Long.BYTES;

    static final TagCounts NONE = new TagCounts(new long[ContentComponent.values().length * 2]);

    private final long[] counts; // segments and octets of each component in turn

    private TagCounts(long[] counts) {
        this.counts = counts;
    }

    /** Reads what {@link #writeTo} has written. */
    static TagCounts read(ByteBuffer source) {
        long[] counts = new long[NONE.counts.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = source.getLong();
        }
        return new TagCounts(counts);
    }

    void writeTo(ByteBuffer target) {
        for (long count : counts) {
            target.putLong(count);
        }
    }

    TagCounts plus(ContentComponent component, long segments, long bytes) {
        long[] sum = counts.clone();
        sum[at(component)] += segments;
        sum[at(component) + 1] += bytes;
        return new TagCounts(sum);
    }

    /** With {@code before}, which is null for a new segment, replaced by {@code after}. */
    TagCounts replaced(@Nullable SegmentEntry before, SegmentEntry after, long moreBytes) {
        int segments = (after.isEmpty() ? 0 : 1) - (before == null || before.isEmpty() ? 0 : 1);
        return segments == 0 && moreBytes == 0 ? this : plus(after.component(), segments, moreBytes);
    }

    long segments(ContentComponent component) {
        return counts[at(component)];
    }

    long bytes(ContentComponent component) {
        return counts[at(component) + 1];
    }

    @SuppressWarnings("EnumOrdinal") // the order of the components is that on the disk
    private static int at(ContentComponent component) {
        return 2 * component.ordinal();
    }
}
