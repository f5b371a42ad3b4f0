// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields that several messages share. */
final class MessageFields {
    /** MS-PCCRR 2.2.4.2: more ranges without gaps between them do not fit into 512 blocks. */
    static final int MAX_BLOCK_RANGES = 256;

    static final int RANGE_BYTES = 2 * Integer.BYTES;

    private static final int ALIGNMENT = 4;

    private MessageFields() {}

    /** How many octets of {@code ZeroPad} follow {@code count} octets. */
    static int padding(int count) {
        return -count & (ALIGNMENT - 1);
    }

    static void writePadding(ByteBuffer out, int count) {
        for (int i = padding(count); i > 0; i--) {
            out.put((byte) 0);
        }
    }

    /** Passes over octets that are not used, and over the padding behind them, which may be missing at the very end. */
    static void skipUnused(WireReader in, String sizeField, String field) {
        int size = in.u32(sizeField, 0, RetrievalCodec.MAX_RESPONSE_BYTES);
        in.skip(field, size);
        in.skip("ZeroPad", Math.min(padding(size), in.remaining()));
    }

    static VersionRange readVersionRange(WireReader in) {
        ProtocolVersion min = MessageHeader.readVersion(in, "MinSupportedProtocolVersion");
        int at = in.offset();
        ProtocolVersion max = MessageHeader.readVersion(in, "MaxSupportedProtocolVersion");
        if (max.compareTo(min) < 0) {
            throw in.malformed("MaxSupportedProtocolVersion", at, max + " (expected: " + min + " or above)");
        }
        return new VersionRange(min, max);
    }

    static void writeVersionRange(ByteBuffer out, VersionRange range) {
        MessageHeader.writeVersion(out, range.min());
        MessageHeader.writeVersion(out, range.max());
    }

    static SegmentId readSegmentId(WireReader in) {
        int at = in.offset();
        long size = in.u32("SizeOfSegmentID");
        if (size != 32 && size != 48 && size != 64) {
            throw in.malformed("SizeOfSegmentID", at, size + " (expected: 32, 48 or 64)");
        }
        // All three lengths are multiples of four: no ZeroPad can follow.
        return SegmentId.of(in.octets("SegmentID", (int) size));
    }

    static int segmentIdBytes(SegmentId id) {
        return Integer.BYTES + id.length();
    }

    static void writeSegmentId(ByteBuffer out, SegmentId id) {
        out.putInt(id.length());
        id.writeTo(out);
    }

    /** Reads block ranges in any order. A range of no blocks, which real clients send, asks for nothing and is left out. */
    static List<BlockRange> readBlockRanges(WireReader in, String countField, int minRanges) {
        int rangeCount = in.u32(countField, minRanges, MAX_BLOCK_RANGES);
        List<BlockRange> ranges = new ArrayList<>();
        for (int i = 0; i < rangeCount; i++) {
            int index = in.u32("Index", 0, BlockRange.MAX_BLOCKS - 1);
            int count = in.u32("Count", 0, BlockRange.MAX_BLOCKS - index);
            if (count > 0) {
                ranges.add(new BlockRange(index, count));
            }
        }
        return ranges;
    }

    static void writeBlockRanges(ByteBuffer out, List<BlockRange> ranges) {
        out.putInt(ranges.size());
        for (BlockRange range : ranges) {
            out.putInt(range.index()).putInt(range.count());
        }
    }

    /** Reads the extensible blob at the end of a message; null when there is none or it is to be discarded. */
    static @Nullable SegmentAges readBlob(WireReader in) {
        int size = in.u32("SizeOfExtensibleBlob", 0, RetrievalCodec.MAX_RESPONSE_BYTES);
        SegmentAges ages = SegmentAges.decodeOrDiscard(ByteBuffer.wrap(in.octets("ExtensibleBlob", size)));
        in.skip("ZeroPad", Math.min(padding(size), in.remaining()));
        in.end("ExtensibleBlob");
        return ages;
    }

    static int blobBytes(@Nullable SegmentAges ages) {
        return Integer.BYTES + (ages == null ? 0 : ages.encodedBytes());
    }

    static void writeBlob(ByteBuffer out, @Nullable SegmentAges ages) {
        if (ages == null) {
            out.putInt(0);
        } else {
            out.putInt(ages.encodedBytes());
            ages.writeTo(out);
        }
    }
}
