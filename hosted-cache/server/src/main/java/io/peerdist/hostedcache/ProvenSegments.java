// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pchc.ContentTag;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The descriptions that clients have sent and that prove themselves: the hash of all their block hashes is the hash of data,
 * and with that the identifier follows from them. Kept in memory alone, as they hold secrets, and up to {@link #MAX_BYTES};
 * beyond, those used longest ago are forgotten, and clients are asked for them again. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 3.1.1</a>
 */
final class ProvenSegments {
    /** Room for some 3,900 segments of 32 MiB with SHA-256, that is 120 GiB of content. */
    static final long MAX_BYTES = 64L << 20;

    private static final int FIXED_BYTES = 512; // objects around the hashes: description, secret, entry

    private final long maxBytes;
    private final LinkedHashMap<SegmentId, Known> segments = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /**
     * A segment that is known.
     *
     * @param isChecked whether every block that is stored of it has been held to the description
     * @param isDoubted whether a peer has sent a block since that is not as described: peer or description may be at fault
     */
    private record Known(OfferedSegment segment, boolean isChecked, boolean isDoubted) {
        int bytes() {
            return FIXED_BYTES + segment.descriptionBytes();
        }
    }

    ProvenSegments() {
        this(MAX_BYTES);
    }

    ProvenSegments(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Remembers a proven description of version 1.0. One that is known stays; another one of the same segment replaces it. */
    synchronized void learn(SegmentDescription description, ContentTag tag) {
        Known before = segments.get(description.id());
        if (before != null && Objects.equals(description, before.segment().description())) {
            segments.put(description.id(), new Known(before.segment(), before.isChecked(), false));
            return;
        }
        Known known = new Known(OfferedSegment.of(description, tag), false, false);
        segments.put(description.id(), known);
        bytes += known.bytes() - (before == null ? 0 : before.bytes());
        Iterator<Map.Entry<SegmentId, Known>> eldestFirst = segments.entrySet().iterator();
        while (bytes > maxBytes && segments.size() > 1) {
            bytes -= eldestFirst.next().getValue().bytes();
            eldestFirst.remove();
        }
    }

    /** The segment as it is known, or null. */
    synchronized @Nullable OfferedSegment find(SegmentId id) {
        Known known = segments.get(id);
        return known == null ? null : known.segment();
    }

    /** Whether a client that offers {@code id} need not be asked for its description. */
    synchronized boolean isCertain(SegmentId id) {
        Known known = segments.get(id);
        return known != null && !known.isDoubted();
    }

    /** A block was sent that is not as {@code id} is described: the next client is asked for its description. */
    synchronized void doubt(SegmentId id) {
        segments.computeIfPresent(id, (same, known) -> new Known(known.segment(), known.isChecked(), true));
    }

    /** Whether all that is stored of {@code id} has been held to the description known here. */
    synchronized boolean isChecked(SegmentId id) {
        Known known = segments.get(id);
        return known != null && known.isChecked();
    }

    /** Says that all that is stored of {@code id} is held to its description, or that something is not. */
    synchronized void setChecked(SegmentId id, boolean checked) {
        segments.computeIfPresent(id, (same, known) -> new Known(known.segment(), checked, known.isDoubted()));
    }

    /** Octets that count towards the limit. */
    synchronized long bytes() {
        return bytes;
    }
}
