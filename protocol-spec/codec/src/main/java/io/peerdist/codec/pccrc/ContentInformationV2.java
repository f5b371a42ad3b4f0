// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Content information of version 2.0: segments of any length up to 128 KiB, each of one block. Big-endian:
 *
 * <pre>
 * 1 bMinorVersion   1 bMajorVersion   1 bHashAlgo   8 ullStartInContent   8 ullIndexOfFirstSegment
 * 4 dwOffsetInFirstSegment   8 ullLengthOfRange
 * per chunk: 1 bChunkType   4 dwChunkDataLength, and per segment: 4 cbSegment   32 SegmentHashOfData   32 SegmentSecret
 * </pre>
 *
 * Written as one chunk, whatever number of chunks it was read from.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.4</a>
 */
public final class ContentInformationV2 implements ContentInformation {
    /** Octets of a segment's description: its length, hash of data and secret. */
    public static final int DESCRIPTION_BYTES = ContentInformationReader.V2_DESCRIPTION_BYTES;

    private final ContentRange range;
    private final long indexOfFirstSegment;
    private final List<SegmentDescription> segments;
    private final boolean statesLength;

    /** {@code statesLength}: the length of the range is written, and not 0 for the whole content. */
    ContentInformationV2(
            ContentRange range, long indexOfFirstSegment, List<SegmentDescription> segments, boolean statesLength) {
        this.range = range;
        this.indexOfFirstSegment = indexOfFirstSegment;
        this.segments = List.copyOf(segments);
        this.statesLength = statesLength;
    }

    /**
     * The content information of {@code range}. When that is all that the segments hold, from the content's beginning,
     * it is taken for the whole content.
     *
     * @param indexOfFirstSegment the place of the first of {@code segments} among all segments of the content, from 0
     * @param segments those that {@code range} touches, and no others, in order and without a gap
     * @throws IllegalArgumentException when they are not, or the index is negative
     */
    public static ContentInformationV2 of(
            ContentRange range, long indexOfFirstSegment, List<SegmentDescription> segments) {
        SegmentSequence.requireCovers(range, segments, HashAlgorithm.TRUNCATED_SHA_512);
        boolean whole = range.offset() == 0
                && range.end() == segments.get(segments.size() - 1).extent().end();
        return of(range, indexOfFirstSegment, segments, !whole);
    }

    /**
     * The content information of a whole content.
     *
     * @param descriptions of its segments, one behind the other as they stand on the wire: length, big-endian, hash of
     *     data and secret. Not copied: they must not change afterwards
     * @throws IllegalArgumentException when they are none or a length is not that of a segment
     */
    public static ContentInformationV2 wrap(byte[] descriptions) {
        List<SegmentDescription> segments = new ArrayList<>(descriptions.length / DESCRIPTION_BYTES);
        ByteBuffer fields = ByteBuffer.wrap(descriptions);
        long offset = 0;
        for (int at = 0; at < descriptions.length; at += DESCRIPTION_BYTES) {
            if (descriptions.length - at < DESCRIPTION_BYTES) {
                throw new IllegalArgumentException("descriptions: " + descriptions.length
                        + " octets (expected: a multiple of " + DESCRIPTION_BYTES + ")");
            }
            int segmentBytes = fields.getInt(at);
            SegmentDescription.requireSegmentBytes(segmentBytes, V2_MAX_SEGMENT_BYTES);
            segments.add(
                    SegmentDescription.v2(new ContentRange(offset, segmentBytes), descriptions, at + Integer.BYTES));
            offset += segmentBytes;
        }
        if (segments.isEmpty()) {
            throw new IllegalArgumentException("descriptions: 0 octets (expected: 1 segment or more)");
        }
        return of(new ContentRange(0, offset), 0, segments, false);
    }

    private static ContentInformationV2 of(
            ContentRange range, long indexOfFirstSegment, List<SegmentDescription> segments, boolean statesLength) {
        if (indexOfFirstSegment < 0) {
            throw new IllegalArgumentException(
                    "index of first segment: " + indexOfFirstSegment + " (expected: 0 or more)");
        }
        ContentInformationV2 information = new ContentInformationV2(range, indexOfFirstSegment, segments, statesLength);
        SegmentSequence.requireEncodable(information.byteCount());
        return information;
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public HashAlgorithm hashAlgorithm() {
        return HashAlgorithm.TRUNCATED_SHA_512;
    }

    @Override
    public ContentRange range() {
        return range;
    }

    /** The place of the first segment here among all segments of the content, from 0. */
    public long indexOfFirstSegment() {
        return indexOfFirstSegment;
    }

    @Override
    public List<SegmentDescription> segments() {
        return segments;
    }

    @Override
    public int encodedBytes() {
        return Math.toIntExact(byteCount());
    }

    private long byteCount() {
        return ContentInformationReader.V2_HEADER_BYTES
                + ContentInformationReader.V2_CHUNK_HEADER_BYTES
                + (long) segments.size() * ContentInformationReader.V2_DESCRIPTION_BYTES;
    }

    @Override
    public byte[] encode() {
        ByteBuffer target = ByteBuffer.allocate(encodedBytes());
        target.put((byte) 0).put((byte) 2).put((byte) hashAlgorithm().id());
        target.putLong(segments.get(0).offsetInContent()).putLong(indexOfFirstSegment);
        target.putInt((int) (range.offset() - segments.get(0).offsetInContent()));
        target.putLong(statesLength ? range.length() : 0);
        target.put((byte) 0).putInt(segments.size() * ContentInformationReader.V2_DESCRIPTION_BYTES);
        for (SegmentDescription segment : segments) {
            target.putInt(segment.segmentBytes());
            segment.writeHashAndSecret(target);
        }
        return target.array();
    }

    @Override
    public ContentInformationV2 forRange(ContentRange part) {
        if (part.equals(range)) {
            return this;
        }
        List<SegmentDescription> touched = SegmentSequence.touchedBy(part, range, segments);
        return of(part, indexOfFirstSegment + segments.indexOf(touched.get(0)), touched, true);
    }

    @Override
    public String toString() {
        return "ContentInformationV2[" + range + ", " + segments.size() + " segments from " + indexOfFirstSegment + "]";
    }
}
