// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.SegmentDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A segment as a client offered it, whichever version of the protocol it spoke.
 *
 * @param blockBytes the length of each block but the last; at most the segment's
 * @param segmentBytes the segment's length
 * @param tag which component of the client offers
 * @param description secret and hashes; null when the offer brought none, as those of version 2.0 do
 */
record OfferedSegment(
        SegmentId id,
        int blockBytes,
        int segmentBytes,
        ContentTag tag,
        @Nullable SegmentDescription description) {
    static OfferedSegment of(SegmentDescriptor segment) {
        return new OfferedSegment(
                segment.id(),
                Math.min(segment.blockBytes(), segment.segmentBytes()),
                segment.segmentBytes(),
                segment.tag(),
                null);
    }

    static OfferedSegment of(SegmentDescription description, ContentTag tag) {
        return new OfferedSegment(
                description.id(),
                Math.min(description.blockBytes(), description.segmentBytes()),
                description.segmentBytes(),
                tag,
                description);
    }

    /** The same segment, cut and checked as {@code other} says. */
    OfferedSegment describedBy(SegmentDescription other) {
        return of(other, tag);
    }

    int blockCount() {
        return (segmentBytes + blockBytes - 1) / blockBytes;
    }

    int blockLength(int index) {
        return Math.min(blockBytes, segmentBytes - index * blockBytes);
    }

    /** Blocks that can be pulled, from the first on: of a segment with a description those whose hash is listed. */
    int pullableBlocks() {
        return description == null ? blockCount() : description.listedBlockCount();
    }

    /** Whether the description, if there is one, is tied to the segment's identifier by its hash of data. */
    boolean isProven() {
        return description != null && description.provesHashOfData();
    }

    /** Octets of the listed hashes, the part of a waiting offer that can be large. */
    int descriptionBytes() {
        return description == null
                ? 0
                : description.listedBlockCount() * description.hashAlgorithm().digestBytes();
    }

    SegmentAttributes attributes() {
        return new SegmentAttributes(id, blockBytes, segmentBytes, tag.toByteArray());
    }
}
