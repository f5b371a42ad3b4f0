// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.lease;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks for the right to fetch segments from the origin; the whole body of an HTTP request. Big-endian:
 *
 * <pre>
 * 4 magic "PDFL"   2 version, 1   2 segment count   8 holder
 * per segment: 1 length, 32, 48 or 64   n segment id
 * </pre>
 *
 * @param holder a number that the client made at random when it started; it tells clients apart that share an address
 * @param segments 1 to {@link #MAX_SEGMENTS}
 */
public record LeaseRequest(long holder, List<SegmentId> segments) {
    /** Where a hosted cache takes requests, by POST. */
    public static final String PATH = "/fetch-leases/v1";

    /** Where it takes back leases that a client does not use, by POST of the same message. */
    public static final String RELEASE_PATH = PATH + "/release";

    /** The most segments in a request: some 32 MiB of version 2.0. */
    public static final int MAX_SEGMENTS = 512;

    static final String PROTOCOL = "fetch-leases";
    static final int VERSION = 1;
    static final int HEADER_BYTES = 16;
    private static final int MAGIC = 0x5044464C; // "PDFL"
    private static final int MIN_SEGMENT_BYTES = 33;

    /** Throws {@link IllegalArgumentException} for another number of segments. */
    public LeaseRequest {
        segments = List.copyOf(segments);
        if (segments.isEmpty() || segments.size() > MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    "segments: " + segments.size() + " (expected: 1 to " + MAX_SEGMENTS + ")");
        }
    }

    /** The whole body of an HTTP request. */
    public byte[] encode() {
        int bytes = HEADER_BYTES;
        for (SegmentId segment : segments) {
            bytes += 1 + segment.length();
        }
        ByteBuffer out = ByteBuffer.allocate(bytes);
        out.putInt(MAGIC)
                .putShort((short) VERSION)
                .putShort((short) segments.size())
                .putLong(holder);
        for (SegmentId segment : segments) {
            out.put((byte) segment.length());
            segment.writeTo(out);
        }
        return out.array();
    }

    /**
     * Reads the request that is all of what remains in {@code body}, whose position is not moved.
     *
     * @throws MalformedMessageException for anything else
     */
    public static LeaseRequest decode(ByteBuffer body) {
        WireReader in = new WireReader(PROTOCOL, body, ByteOrder.BIG_ENDIAN);
        int count = readHeader(in, MAGIC, MIN_SEGMENT_BYTES, Long.BYTES);
        long holder = (in.u32("holder") << Integer.SIZE) | in.u32("holder");
        List<SegmentId> segments = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = in.offset();
            int length = in.u8("segment id length");
            if (length != 32 && length != 48 && length != 64) {
                throw in.malformed("segment id length", at, length + " (expected: 32, 48 or 64)");
            }
            segments.add(SegmentId.of(in.octets("segment id", length)));
        }
        in.end("segment id");
        return new LeaseRequest(holder, segments);
    }

    /** Reads what request and response begin with; returns the count, which what follows backs. */
    static int readHeader(WireReader in, int magic, int minEntryBytes, int bytesBeforeEntries) {
        long found = in.u32("magic");
        if (found != magic) {
            throw in.malformed(
                    "magic", 0, "0x" + Long.toHexString(found) + " (expected: 0x" + Integer.toHexString(magic) + ")");
        }
        int version = in.u16("version");
        if (version != VERSION) {
            throw in.malformed("version", Integer.BYTES, version + " (expected: " + VERSION + ")");
        }
        int at = in.offset();
        int count = in.u16("segment count");
        int backed = Math.max(0, in.remaining() - bytesBeforeEntries) / minEntryBytes;
        if (count < 1 || count > Math.min(MAX_SEGMENTS, backed)) {
            throw in.malformed("segment count", at, count + " (expected: 1 to " + Math.min(MAX_SEGMENTS, backed) + ")");
        }
        return count;
    }
}
