// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What is known of a segment apart from its blocks, as a {@code SEGMENT_DESCRIPTOR} of MS-PCHC 2.2.1.5 gives it. Immutable.
 *
 * @param id the segment's public identifier
 * @param blockBytes octets of plaintext in every block but the last, 1 to {@link #MAX_BLOCK_BYTES}
 * @param segmentBytes octets of plaintext in the segment, 1 to 512 blocks
 * @param contentTag {@link #CONTENT_TAG_BYTES} octets that name the application; copied
 */
@SuppressWarnings("ArrayRecordComponent") // 16 octets as they travel; the accessor copies, equals compares the octets
public record SegmentAttributes(SegmentId id, int blockBytes, int segmentBytes, byte[] contentTag) {
    /** The largest block: a whole segment of version 2, MS-PCCRC 2.4. */
    public static final int MAX_BLOCK_BYTES = 128 << 10;

    /** The most blocks in a segment, MS-PCCRR 2.2.1.1: 32 MiB in blocks of 64 KiB. */
    public static final int MAX_BLOCKS = 512;

    /** Octets of a content tag, MS-PCHC 2.2.1.4. */
    public static final int CONTENT_TAG_BYTES = 16;

    /** Throws {@link IllegalArgumentException} unless {@link #isGeometryValid} and the tag has its length. */
    public SegmentAttributes {
        if (!isGeometryValid(blockBytes, segmentBytes)) {
            throw new IllegalArgumentException("segment geometry: blocks of " + blockBytes + " in a segment of "
                    + segmentBytes + " bytes (expected: blocks of 1 to " + MAX_BLOCK_BYTES + " bytes, 1 to "
                    + MAX_BLOCKS + " of them)");
        }
        if (contentTag.length != CONTENT_TAG_BYTES) {
            throw new IllegalArgumentException(
                    "content tag length: " + contentTag.length + " (expected: " + CONTENT_TAG_BYTES + ")");
        }
        contentTag = contentTag.clone();
    }

    /** Whether the store can hold a segment cut like this. */
    public static boolean isGeometryValid(long blockBytes, long segmentBytes) {
        return blockBytes >= 1
                && blockBytes <= MAX_BLOCK_BYTES
                && segmentBytes >= 1
                && segmentBytes <= blockBytes * MAX_BLOCKS;
    }

    /** A copy of the content tag. */
    @Override
    public byte[] contentTag() {
        return contentTag.clone();
    }

    /** How many blocks the segment has, 1 to 512. */
    public int blockCount() {
        return (int) (((long) segmentBytes + blockBytes - 1) / blockBytes);
    }

    /** Octets of plaintext in block {@code index}; throws {@link IndexOutOfBoundsException} beyond the last. */
    public int blockLength(int index) {
        if (index < 0 || index >= blockCount()) {
            throw new IndexOutOfBoundsException(
                    "block index: " + index + " (expected: 0 to " + (blockCount() - 1) + ")");
        }
        return index < blockCount() - 1 ? blockBytes : segmentBytes - blockBytes * (blockCount() - 1);
    }

    /** Whether {@code other} cuts the segment in the same way. */
    boolean sameGeometry(SegmentAttributes other) {
        return blockBytes == other.blockBytes && segmentBytes == other.segmentBytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SegmentAttributes that
                && id.equals(that.id)
                && sameGeometry(that)
                && Arrays.equals(contentTag, that.contentTag);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "SegmentAttributes[id=" + id + ", blockBytes=" + blockBytes + ", segmentBytes=" + segmentBytes
                + ", contentTag=" + HexFormat.of().formatHex(contentTag) + "]";
    }
}
