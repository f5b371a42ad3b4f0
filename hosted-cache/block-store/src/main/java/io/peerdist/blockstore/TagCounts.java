// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pchc.ContentComponent;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many segments, and octets of ciphertext, are held of each component that content tags name. Immutable. */
final class TagCounts {
    /** The length of {@link #writeTo}. */
    static final int BYTES = ContentComponent.values().length * 2 * Long.BYTES;

    static final TagCounts NONE = new TagCounts(new EnumMap<>(ContentComponent.class));

    private final Map<ContentComponent, Count> counts;

    private record Count(long segments, long bytes) {
        private static final Count ZERO = new Count(0, 0);
    }

    private TagCounts(Map<ContentComponent, Count> counts) {
        this.counts = counts;
    }

    /** Reads what {@link #writeTo} has written. */
    static TagCounts read(ByteBuffer source) {
        Map<ContentComponent, Count> counts = new EnumMap<>(ContentComponent.class);
        for (ContentComponent component : ContentComponent.values()) {
            counts.put(component, new Count(source.getLong(), source.getLong()));
        }
        return new TagCounts(counts);
    }

    /** Segments and octets of each component, in the order of {@link ContentComponent}. */
    void writeTo(ByteBuffer target) {
        for (ContentComponent component : ContentComponent.values()) {
            target.putLong(segments(component)).putLong(bytes(component));
        }
    }

    TagCounts plus(ContentComponent component, long segments, long bytes) {
        Map<ContentComponent, Count> sum = new EnumMap<>(ContentComponent.class);
        sum.putAll(counts);
        sum.put(component, new Count(segments(component) + segments, bytes(component) + bytes));
        return new TagCounts(sum);
    }

    /** With {@code before}, which is null for a new segment, replaced by {@code after}. */
    TagCounts replaced(@Nullable SegmentEntry before, SegmentEntry after, long moreBytes) {
        int segments = (after.isEmpty() ? 0 : 1) - (before == null || before.isEmpty() ? 0 : 1);
        return segments == 0 && moreBytes == 0 ? this : plus(after.component(), segments, moreBytes);
    }

    long segments(ContentComponent component) {
        return counts.getOrDefault(component, Count.ZERO).segments();
    }

    long bytes(ContentComponent component) {
        return counts.getOrDefault(component, Count.ZERO).bytes();
    }
}
