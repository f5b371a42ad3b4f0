// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Reads and checks the two structures. Counts are checked against the octets left before anything is allocated. */
final class ContentInformationReader {
    static final String PROTOCOL = "MS-PCCRC";

    /** Offset, length and block size before the two hashes of a version 1.0 segment description. */
    static final int V1_FIXED_DESCRIPTION_BYTES = 16;

    /** Version, algorithm, offset in first segment, octets of the last segment, count. */
    static final int V1_HEADER_BYTES = 18;

    static final int V1_BLOCK_COUNT_BYTES = 4;

    /** Versions, algorithm, start, index, offset in first segment, length. */
    static final int V2_HEADER_BYTES = 31;

    static final int V2_CHUNK_HEADER_BYTES = 5;

    static final int V2_DESCRIPTION_BYTES = 68;

    /** The hash of data stands behind the length. */
    private static final int V2_HASH_IN_DESCRIPTION = 4;

    private static final int VERSION_BYTES = 2;

    private final WireReader reader;

    ContentInformationReader(ByteBuffer input, ByteOrder order) {
        reader = new WireReader(PROTOCOL, input, order);
    }

    ContentInformationV1 v1() {
        reader.skip("Version", VERSION_BYTES);
        HashAlgorithm hashAlgorithm = hashAlgorithm("dwHashAlgo", 1, reader.u32("dwHashAlgo"));
        int offsetAt = reader.offset();
        long offsetInFirst = reader.u32("dwOffsetInFirstSegment");
        int readBytesAt = reader.offset();
        long readBytesInLast = reader.u32("dwReadBytesInLastSegment");
        List<V1Description> descriptions = v1Descriptions(hashAlgorithm);
        V1Description first = descriptions.get(0);
        V1Description last = descriptions.get(descriptions.size() - 1);
        if (offsetInFirst >= first.extent.length()) {
            throw reader.malformed(
                    "dwOffsetInFirstSegment",
                    offsetAt,
                    offsetInFirst + " (expected: below " + first.extent.length() + ")");
        }
        long rangeStart = first.extent.offset() + offsetInFirst;
        long readableInLast = last.extent.end() - Math.max(rangeStart, last.extent.offset());
        if (readBytesInLast > readableInLast) {
            throw reader.malformed(
                    "dwReadBytesInLastSegment",
                    readBytesAt,
                    readBytesInLast + " (expected: 0 to " + readableInLast + ")");
        }
        long end = last.extent.end() - (readBytesInLast == 0 ? 0 : readableInLast - readBytesInLast);
        ContentRange range = new ContentRange(rangeStart, end - rangeStart);
        List<SegmentDescription> segments = new ArrayList<>(descriptions.size());
        for (V1Description description : descriptions) {
            segments.add(v1Blocks(hashAlgorithm, description, end));
        }
        reader.end("blocks");
        return new ContentInformationV1(hashAlgorithm, range, segments, readBytesInLast != 0);
    }

    private List<V1Description> v1Descriptions(HashAlgorithm hashAlgorithm) {
        int countAt = reader.offset();
        long count = reader.u32("cSegments");
        int bytesPerSegment = V1_FIXED_DESCRIPTION_BYTES + 3 * hashAlgorithm.digestBytes() + V1_BLOCK_COUNT_BYTES;
        if (count < 1 || count > reader.remaining() / bytesPerSegment) {
            throw reader.malformed(
                    "cSegments",
                    countAt,
                    count + " (expected: 1 to " + reader.remaining() / bytesPerSegment + ", for the "
                            + reader.remaining() + " octets that follow)");
        }
        List<V1Description> descriptions = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            long expectedOffset = i == 0 ? -1 : descriptions.get(i - 1).extent.end();
            descriptions.add(v1Description(hashAlgorithm, expectedOffset, i == count - 1));
        }
        return descriptions;
    }

    private V1Description v1Description(HashAlgorithm hashAlgorithm, long expectedOffset, boolean last) {
        int at = reader.offset();
        long offset = reader.u63("ullOffsetInContent");
        if (expectedOffset >= 0 && offset != expectedOffset) {
            throw reader.malformed("ullOffsetInContent", at, offset + " (expected: " + expectedOffset + ")");
        }
        int segmentBytes = reader.u32(
                "cbSegment", last ? 1 : ContentInformation.V1_SEGMENT_BYTES, ContentInformation.V1_SEGMENT_BYTES);
        if (offset > Long.MAX_VALUE - segmentBytes) {
            throw reader.malformed("ullOffsetInContent", at, offset + " (expected: an end below 2^63)");
        }
        reader.u32("cbBlockSize", ContentInformation.V1_BLOCK_BYTES, ContentInformation.V1_BLOCK_BYTES);
        byte[] hashAndSecret = reader.octets("SegmentHashOfData", 2 * hashAlgorithm.digestBytes());
        return new V1Description(new ContentRange(offset, segmentBytes), hashAndSecret);
    }

    /** Leading blocks are always listed; of the blocks behind the end of the range, any number may be. */
    private SegmentDescription v1Blocks(HashAlgorithm hashAlgorithm, V1Description segment, long rangeEnd) {
        int blockBytes = ContentInformation.V1_BLOCK_BYTES;
        long wantedBytes = Math.min(rangeEnd, segment.extent.end()) - segment.extent.offset();
        int count = reader.u32(
                "cBlocks",
                SegmentDescription.blocksIn(wantedBytes, blockBytes),
                SegmentDescription.blocksIn(segment.extent.length(), blockBytes));
        byte[] blockHashes = reader.octets("BlockHashes", count * hashAlgorithm.digestBytes());
        return SegmentDescription.v1(hashAlgorithm, segment.extent, segment.hashAndSecret, blockHashes);
    }

    ContentInformationV2 v2() {
        reader.skip("bMajorVersion", VERSION_BYTES);
        hashAlgorithm("bHashAlgo", 2, reader.u8("bHashAlgo"));
        int startAt = reader.offset();
        long start = reader.u63("ullStartInContent");
        int indexAt = reader.offset();
        long indexOfFirst = reader.u63("ullIndexOfFirstSegment");
        int offsetAt = reader.offset();
        long offsetInFirst = reader.u32("dwOffsetInFirstSegment");
        int lengthAt = reader.offset();
        long lengthOfRange = reader.u63("ullLengthOfRange");
        if (start > Long.MAX_VALUE - maxV2ContentBytes()) {
            throw reader.malformed("ullStartInContent", startAt, start + " (expected: an end below 2^63)");
        }
        List<SegmentDescription> segments = v2Segments(start);
        if (indexOfFirst > Long.MAX_VALUE - segments.size()) {
            throw reader.malformed(
                    "ullIndexOfFirstSegment", indexAt, indexOfFirst + " (expected: indexes of segments below 2^63)");
        }
        int firstBytes = segments.get(0).segmentBytes();
        if (offsetInFirst >= firstBytes) {
            throw reader.malformed(
                    "dwOffsetInFirstSegment", offsetAt, offsetInFirst + " (expected: below " + firstBytes + ")");
        }
        long rangeStart = start + offsetInFirst;
        long available = segments.get(segments.size() - 1).extent().end() - rangeStart;
        if (lengthOfRange > available) {
            throw reader.malformed("ullLengthOfRange", lengthAt, lengthOfRange + " (expected: 0 to " + available + ")");
        }
        ContentRange range = new ContentRange(rangeStart, lengthOfRange == 0 ? available : lengthOfRange);
        return new ContentInformationV2(range, indexOfFirst, segments, lengthOfRange != 0);
    }

    /** More than the octets left can describe, so that no sum of lengths overflows. */
    private long maxV2ContentBytes() {
        return (reader.remaining() / V2_DESCRIPTION_BYTES + 1L) * ContentInformation.V2_MAX_SEGMENT_BYTES;
    }

    private List<SegmentDescription> v2Segments(long start) {
        List<SegmentDescription> segments = new ArrayList<>(reader.remaining() / V2_DESCRIPTION_BYTES);
        long offset = start;
        do {
            int typeAt = reader.offset();
            int type = reader.u8("bChunkType");
            if (type != 0) {
                throw reader.malformed("bChunkType", typeAt, type + " (expected: 0)");
            }
            int lengthAt = reader.offset();
            long length = reader.u32("dwChunkDataLength");
            if (length < 1 || length % V2_DESCRIPTION_BYTES != 0 || length > reader.remaining()) {
                throw reader.malformed(
                        "dwChunkDataLength",
                        lengthAt,
                        length + " (expected: a multiple of " + V2_DESCRIPTION_BYTES + ", at most the "
                                + reader.remaining() + " octets that follow)");
            }
            offset = v2Chunk((int) length, offset, segments);
        } while (reader.remaining() > 0);
        return segments;
    }

    /** The segments of a chunk share its octets; returns where the last one ends in the content. */
    private long v2Chunk(int chunkBytes, long start, List<SegmentDescription> segments) {
        int chunkAt = reader.offset();
        byte[] octets = reader.octets("SegmentDescription", chunkBytes);
        ByteBuffer fields = ByteBuffer.wrap(octets);
        long offset = start;
        for (int at = 0; at < chunkBytes; at += V2_DESCRIPTION_BYTES) {
            long segmentBytes = Integer.toUnsignedLong(fields.getInt(at));
            if (segmentBytes < 1 || segmentBytes > ContentInformation.V2_MAX_SEGMENT_BYTES) {
                throw reader.malformed(
                        "cbSegment",
                        chunkAt + at,
                        segmentBytes + " (expected: 1 to " + ContentInformation.V2_MAX_SEGMENT_BYTES + ")");
            }
            segments.add(
                    SegmentDescription.v2(new ContentRange(offset, segmentBytes), octets, at + V2_HASH_IN_DESCRIPTION));
            offset += segmentBytes;
        }
        return offset;
    }

    private HashAlgorithm hashAlgorithm(String field, int version, long id) {
        HashAlgorithm hashAlgorithm = HashAlgorithm.ofId(version, id);
        if (hashAlgorithm == null) {
            throw new MalformedMessageException(
                    PROTOCOL,
                    field,
                    VERSION_BYTES,
                    "0x" + Long.toHexString(id)
                            + (version == 1 ? " (expected: 0x800c, 0x800d or 0x800e)" : " (expected: 0x4)"));
        }
        return hashAlgorithm;
    }

    private static final class V1Description {
        final ContentRange extent;
        final byte[] hashAndSecret;

        V1Description(ContentRange extent, byte[] hashAndSecret) {
            this.extent = extent;
            this.hashAndSecret = hashAndSecret;
        }
    }
}
