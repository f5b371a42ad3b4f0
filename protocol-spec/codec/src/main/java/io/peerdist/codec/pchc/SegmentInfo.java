// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.ContentInformationV1;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Describes a segment that was offered before, with its secret and block hashes, {@code SEGMENT_INFO_MESSAGE}. Whatever the
 * description is worth, the answer is the same, so it is kept as it came and read by {@link #segment()}. Immutable.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 2.2.1.4</a>
 */
public final class SegmentInfo implements HostedCacheRequest {
    static final int MAJOR_VERSION = 1;

    private static final int VERSION_1_0 = 0x0100;
    private static final int OFFSET_IN_FIRST_SEGMENT_AT = 6;
    private static final int READ_BYTES_IN_LAST_SEGMENT_AT = 10;

    private final int port;
    private final ContentTag contentTag;
    private final byte[] segmentInformation;

    /**
     * Takes a copy of {@code segmentInformation}, which may be anything; throws {@link IllegalArgumentException} for a port
     * that is not 1 to 65535 and for a message beyond {@link HostedCacheRequest#MAX_REQUEST_BYTES}.
     */
    public SegmentInfo(int port, ContentTag contentTag, byte[] segmentInformation) {
        OfferHeader.checkPort(port);
        int maxBytes = MAX_REQUEST_BYTES - OfferHeader.BYTES - ContentTag.BYTES;
        if (segmentInformation.length > maxBytes) {
            throw new IllegalArgumentException("segment information: " + segmentInformation.length
                    + " octets (expected: at most " + maxBytes + ")");
        }
        this.port = port;
        this.contentTag = contentTag;
        this.segmentInformation = segmentInformation.clone();
    }

    /** The message that describes {@code segment}; throws {@link IllegalArgumentException} for one of version 2.0. */
    public static SegmentInfo of(int port, ContentTag contentTag, SegmentDescription segment) {
        if (segment.hashAlgorithm() == HashAlgorithm.TRUNCATED_SHA_512) {
            throw new IllegalArgumentException("segment: " + segment + " (expected: one of version 1.0)");
        }
        long listedBytes = Math.min(segment.segmentBytes(), (long) segment.listedBlockCount() * segment.blockBytes());
        byte[] information = ContentInformationV1.of(
                        segment.hashAlgorithm(),
                        new ContentRange(segment.offsetInContent(), listedBytes),
                        List.of(segment))
                .encode();
        ByteBuffer.wrap(information)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(READ_BYTES_IN_LAST_SEGMENT_AT, segment.segmentBytes());
        return new SegmentInfo(port, contentTag, information);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public int majorVersion() {
        return MAJOR_VERSION;
    }

    /** Which component of the client offers the segment. */
    public ContentTag contentTag() {
        return contentTag;
    }

    /** A copy of the content information, valid or not. */
    public byte[] segmentInformation() {
        return segmentInformation.clone();
    }

    /**
     * Reads the description: content information of version 1.0 and one segment. The range fields only say which part the
     * client read. {@code dwReadBytesInLastSegment} should be the segment's length, but clients also write 0 and copies from
     * a smaller range, with fewer block hashes: all are accepted up to the segment's length.
     *
     * @throws MalformedMessageException when there is nothing to pull by; the server has answered or answers OK all the same
     */
    public SegmentDescription segment() {
        WireReader in =
                new WireReader(OfferHeader.PROTOCOL, ByteBuffer.wrap(segmentInformation), ByteOrder.LITTLE_ENDIAN);
        int version = in.u16("Version");
        if (version != VERSION_1_0) {
            throw in.malformed("Version", 0, "0x" + Integer.toHexString(version) + " (expected: 0x100)");
        }
        in.skip("dwHashAlgo", Integer.BYTES);
        long offsetInFirst = in.u32("dwOffsetInFirstSegment");
        long readBytesInLast = in.u32("dwReadBytesInLastSegment");
        in.u32("cSegments", 1, 1);
        SegmentDescription segment = readDescription();
        if (offsetInFirst >= segment.segmentBytes()) {
            throw in.malformed(
                    "dwOffsetInFirstSegment",
                    OFFSET_IN_FIRST_SEGMENT_AT,
                    offsetInFirst + " (expected: below " + segment.segmentBytes() + ")");
        }
        if (readBytesInLast > segment.segmentBytes()) {
            throw in.malformed(
                    "dwReadBytesInLastSegment",
                    READ_BYTES_IN_LAST_SEGMENT_AT,
                    readBytesInLast + " (expected: 0 to " + segment.segmentBytes() + ")");
        }
        return segment;
    }

    /** Reads the content information as if its range were the segment's first octet, which any list of blocks covers. */
    private SegmentDescription readDescription() {
        ByteBuffer information = ByteBuffer.wrap(segmentInformation.clone()).order(ByteOrder.LITTLE_ENDIAN);
        information.putInt(OFFSET_IN_FIRST_SEGMENT_AT, 0).putInt(READ_BYTES_IN_LAST_SEGMENT_AT, 1);
        return ContentInformation.decode(information).segments().get(0);
    }

    @Override
    public byte[] encode() {
        byte[] octets = new byte[OfferHeader.BYTES + ContentTag.BYTES + segmentInformation.length];
        ByteBuffer out = ByteBuffer.wrap(octets);
        OfferHeader.write(out, MAJOR_VERSION, OfferHeader.SEGMENT_INFO, port);
        contentTag.writeTo(out);
        out.put(segmentInformation);
        return octets;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SegmentInfo that
                && port == that.port
                && contentTag.equals(that.contentTag)
                && Arrays.equals(segmentInformation, that.segmentInformation);
    }

    @Override
    public int hashCode() {
        return 31 * port + Arrays.hashCode(segmentInformation);
    }

    /** Without the content information, which holds a secret. */
    @Override
    public String toString() {
        return "SegmentInfo[port " + port + ", " + contentTag.label() + ", " + segmentInformation.length + " octets]";
    }
}
