// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Requests octet by octet as the documents lay them out, built without the codec under test: MS-PCCRR 2.2.4, MS-PCHC 2.2.1.
 * Everything is big-endian.
 */
final class SuiteBytes {
    static final int NEGO_REQ = 0;
    static final int NEGO_RESP = 1;
    static final int GETBLKLIST = 2;
    static final int GETBLKS = 3;
    static final int BLKLIST = 4;
    static final int BLK = 5;
    static final int GETSEGLIST = 6;
    static final int SEGLIST = 7;

    static final int VERSION_1_0 = 0x0000_0001;
    static final int VERSION_2_0 = 0x0000_0002;

    /** Where fields stand in a retrieval request. */
    static final int AT_VERSION = 0;

    static final int AT_TYPE = 4;
    static final int AT_CRYPTO = 12;
    static final int AT_RANGE_COUNT_BEHIND_ID = 16 + 4 + 32;
    static final int AT_COUNT_OF_SEGMENT_IDS = 16 + 16;

    private static final int SHA_256 = 1;
    private static final int TRUNCATED_SHA_512 = 4;

    private SuiteBytes() {}

    static byte[] negotiation(int minVersion, int maxVersion, int crypto) {
        return retrieval(
                VERSION_1_0, NEGO_REQ, crypto, 8, out -> out.putInt(minVersion).putInt(maxVersion));
    }

    /** {@code ranges} as index, count, index, count... */
    static byte[] getBlockList(byte[] id, int crypto, int... ranges) {
        return retrieval(VERSION_1_0, GETBLKLIST, crypto, 4 + id.length + 4 + 4 * ranges.length, out -> {
            out.putInt(id.length).put(id).putInt(ranges.length / 2);
            for (int value : ranges) {
                out.putInt(value);
            }
        });
    }

    static byte[] getBlocks(byte[] id, int crypto, int index, int count) {
        return retrieval(
                VERSION_1_0,
                GETBLKS,
                crypto,
                4 + id.length + 4 + 8 + 4,
                out -> out.putInt(id.length)
                        .put(id)
                        .putInt(1)
                        .putInt(index)
                        .putInt(count)
                        .putInt(0));
    }

    static byte[] getSegmentList(byte[] requestId, List<byte[]> ids, byte[] blob) {
        int idBytes = ids.stream().mapToInt(id -> 4 + id.length).sum();
        return retrieval(VERSION_2_0, GETSEGLIST, 1, 16 + 4 + idBytes + 4 + blob.length, out -> {
            out.put(requestId).putInt(ids.size());
            ids.forEach(id -> out.putInt(id.length).put(id));
            out.putInt(blob.length).put(blob);
        });
    }

    /** The ages of MS-PCCRR 2.2.6.1: one segment, one hundredth of a second. */
    static byte[] extensibleBlob() {
        return ByteBuffer.allocate(8)
                .putShort((short) 1)
                .put((byte) 3)
                .put((byte) 1)
                .put((byte) 0)
                .put((byte) 1)
                .putShort((short) 0)
                .array();
    }

    /** A {@code BATCHED_OFFER_MESSAGE} of version 2.0 segments. */
    static byte[] batchedOffer(int port, List<SuiteContent.Segment> segments) {
        ByteBuffer out = ByteBuffer.allocate(16 + segments.size() * (4 + 4 + 2 + 16 + 1 + 32));
        putPchcHeader(out, 2, 3, port);
        for (SuiteContent.Segment segment : segments) {
            out.putInt(segment.blockBytes()).putInt(segment.plain().length).putShort((short) 16);
            out.put(new byte[16]).put((byte) (segment.isV1() ? SHA_256 : TRUNCATED_SHA_512));
            out.put(segment.id());
        }
        return out.array();
    }

    /** An {@code INITIAL_OFFER_MESSAGE}. */
    static byte[] initialOffer(int port, byte[] id) {
        ByteBuffer out = ByteBuffer.allocate(16 + id.length);
        putPchcHeader(out, 1, 1, port);
        return out.put(id).array();
    }

    /** A {@code SEGMENT_INFO_MESSAGE} around a content information. */
    static byte[] segmentInfo(int port, byte[] contentInformation) {
        ByteBuffer out = ByteBuffer.allocate(16 + 16 + contentInformation.length);
        putPchcHeader(out, 1, 2, port);
        return out.put(new byte[16]).put(contentInformation).array();
    }

    /** {@code message} with {@code value} in the four octets from {@code at} on. */
    static byte[] with(byte[] message, int at, int value) {
        ByteBuffer.wrap(message).putInt(at, value);
        return message;
    }

    /** {@code message} with {@code value} in the two octets from {@code at} on. */
    static byte[] withShort(byte[] message, int at, int value) {
        ByteBuffer.wrap(message).putShort(at, (short) value);
        return message;
    }

    /** {@code message} with {@code value} in the two octets from {@code at} on, little-endian as in content information. */
    static byte[] withLittleEndianShort(byte[] message, int at, int value) {
        ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putShort(at, (short) value);
        return message;
    }

    private static void putPchcHeader(ByteBuffer out, int majorVersion, int type, int port) {
        out.put((byte) 0).put((byte) majorVersion).putShort((short) type).putInt(0xDEADBEEF);
        out.putShort((short) port).putShort((short) 0x5555).putInt(0xDEADBEEF);
    }

    private static byte[] retrieval(
            int version, int type, int crypto, int bodyBytes, java.util.function.Consumer<ByteBuffer> body) {
        ByteBuffer out = ByteBuffer.allocate(16 + bodyBytes);
        out.putInt(version).putInt(type).putInt(16 + bodyBytes).putInt(crypto);
        body.accept(out);
        return out.array();
    }
}
