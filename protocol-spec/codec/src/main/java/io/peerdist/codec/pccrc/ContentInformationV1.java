// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Content information of version 1.0: segments of 32 MiB in blocks of 64 KiB. Little-endian:
 *
 * <pre>
 * 2 Version (minor, major)   4 dwHashAlgo   4 dwOffsetInFirstSegment   4 dwReadBytesInLastSegment   4 cSegments
 * per segment: 8 ullOffsetInContent   4 cbSegment   4 cbBlockSize   n SegmentHashOfData   n SegmentSecret
 * per segment: 4 cBlocks   cBlocks * n BlockHashes
 * </pre>
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.3</a>
 */
public final class ContentInformationV1 implements ContentInformation {
    private final HashAlgorithm hashAlgorithm;
    private final ContentRange range;
    private final List<SegmentDescription> segments;
    private final boolean statesLength;

    /** {@code statesLength}: a range that ends with its last segment is written with its length, and not with 0. */
    ContentInformationV1(
            HashAlgorithm hashAlgorithm, ContentRange range, List<SegmentDescription> segments, boolean statesLength) {
        this.hashAlgorithm = hashAlgorithm;
        this.range = range;
        this.segments = List.copyOf(segments);
        this.statesLength = statesLength;
    }

    /**
     * The content information of {@code range}. Hashes of blocks behind its end are left out.
     *
     * @param segments those that {@code range} touches, and no others, in order and without a gap
     * @throws IllegalArgumentException when they are not, or a length, an algorithm or a list of hashes does not fit
     */
    public static ContentInformationV1 of(
            HashAlgorithm hashAlgorithm, ContentRange range, List<SegmentDescription> segments) {
        SegmentSequence.requireCovers(range, segments, hashAlgorithm);
        for (SegmentDescription segment : segments.subList(0, segments.size() - 1)) {
            if (segment.segmentBytes() != V1_SEGMENT_BYTES) {
                throw new IllegalArgumentException("segment bytes: " + segment.segmentBytes() + " at "
                        + segment.offsetInContent() + " (expected: " + V1_SEGMENT_BYTES + " before the last segment)");
            }
            if (segment.listedBlockCount() != segment.blockCount()) {
                throw new IllegalArgumentException("listed blocks: " + segment.listedBlockCount() + " at "
                        + segment.offsetInContent() + " (expected: all " + segment.blockCount() + ")");
            }
        }
        ContentInformationV1 information =
                new ContentInformationV1(hashAlgorithm, range, listedUpTo(range.end(), segments), false);
        SegmentSequence.requireEncodable(information.byteCount());
        return information;
    }

    private static List<SegmentDescription> listedUpTo(long end, List<SegmentDescription> segments) {
        List<SegmentDescription> listed = new ArrayList<>(segments);
        SegmentDescription last = segments.get(segments.size() - 1);
        long wantedBytes = end - last.offsetInContent();
        listed.set(listed.size() - 1, last.withListedBlocks(SegmentDescription.blocksIn(wantedBytes, V1_BLOCK_BYTES)));
        return listed;
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public HashAlgorithm hashAlgorithm() {
        return hashAlgorithm;
    }

    @Override
    public ContentRange range() {
        return range;
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
        long bytes = ContentInformationReader.V1_HEADER_BYTES;
        for (SegmentDescription segment : segments) {
            bytes += ContentInformationReader.V1_FIXED_DESCRIPTION_BYTES
                    + 2L * hashAlgorithm.digestBytes()
                    + ContentInformationReader.V1_BLOCK_COUNT_BYTES
                    + segment.listedBytes();
        }
        return bytes;
    }

    @Override
    public byte[] encode() {
        ByteBuffer target = ByteBuffer.allocate(encodedBytes()).order(ByteOrder.LITTLE_ENDIAN);
        target.put((byte) 0).put((byte) 1).putInt(hashAlgorithm.id());
        target.putInt((int) (range.offset() - segments.get(0).offsetInContent()));
        target.putInt(readBytesInLastSegment()).putInt(segments.size());
        for (SegmentDescription segment : segments) {
            target.putLong(segment.offsetInContent())
                    .putInt(segment.segmentBytes())
                    .putInt(V1_BLOCK_BYTES);
            segment.writeHashAndSecret(target);
        }
        for (SegmentDescription segment : segments) {
            target.putInt(segment.listedBlockCount());
            segment.writeBlockHashes(target);
        }
        return target.array();
    }

    /** 0 when the range ends with the last segment, as Windows writes it, unless the structure came with the length. */
    private int readBytesInLastSegment() {
        ContentRange last = segments.get(segments.size() - 1).extent();
        if (range.end() == last.end() && !statesLength) {
            return 0;
        }
        return (int) (range.end() - Math.max(range.offset(), last.offset()));
    }

    @Override
    public ContentInformationV1 forRange(ContentRange part) {
        return of(hashAlgorithm, part, SegmentSequence.touchedBy(part, range, segments));
    }

    @Override
    public String toString() {
        return "ContentInformationV1[" + range + ", " + segments.size() + " segments, " + hashAlgorithm + "]";
    }
}
