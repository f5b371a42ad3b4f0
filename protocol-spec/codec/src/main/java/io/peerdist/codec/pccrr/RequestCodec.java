// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The bodies of the four requests (MS-PCCRR 2.2.4). */
final class RequestCodec {
    private RequestCodec() {}

    static RetrievalRequest decode(ByteBuffer body) {
        WireReader in = new WireReader(RetrievalCodec.PROTOCOL, body, ByteOrder.BIG_ENDIAN);
        MessageHeader header = MessageHeader.read(in, RetrievalCodec.MAX_REQUEST_BYTES);
        if (!VersionRange.SUPPORTED.supports(header.version())) {
            return new UnsupportedRequest(header.version());
        }
        CryptoAlgorithm preferred = header.crypto().algorithm(in);
        if (header.messageType() == MessageType.NEGO_REQ.id) {
            NegotiationRequest request = new NegotiationRequest(MessageFields.readVersionRange(in));
            in.end("MaxSupportedProtocolVersion");
            return request;
        }
        if (header.messageType() == MessageType.GETBLKLIST.id) {
            return decodeGetBlockList(in, preferred);
        }
        if (header.messageType() == MessageType.GETBLKS.id) {
            return decodeGetBlocks(in, preferred);
        }
        if (header.messageType() == MessageType.GETSEGLIST.id) {
            return decodeGetSegmentList(in);
        }
        throw in.malformed("MsgType", Integer.BYTES, header.messageType() + " (expected: a request: 0, 2, 3 or 6)");
    }

    private static GetBlockList decodeGetBlockList(WireReader in, CryptoAlgorithm preferred) {
        SegmentId id = MessageFields.readSegmentId(in);
        List<BlockRange> ranges = MessageFields.readBlockRanges(in, "NeededBlocksRangeCount", 0);
        in.end("NeededBlockRanges");
        return new GetBlockList(id, ranges, preferred);
    }

    private static GetBlocks decodeGetBlocks(WireReader in, CryptoAlgorithm preferred) {
        SegmentId id = MessageFields.readSegmentId(in);
        List<BlockRange> ranges = MessageFields.readBlockRanges(in, "ReqBlockRangeCount", 1);
        MessageFields.skipUnused(in, "SizeOfDataForVrfBlock", "DataForVrfBlock");
        in.end("DataForVrfBlock");
        return new GetBlocks(id, ranges, preferred);
    }

    private static GetSegmentList decodeGetSegmentList(WireReader in) {
        RequestId requestId = RequestId.of(in.octets("RequestID", RequestId.BYTES));
        int count = in.u32("CountOfSegmentIDs", 1, GetSegmentList.MAX_SEGMENTS);
        List<SegmentId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(MessageFields.readSegmentId(in));
        }
        return new GetSegmentList(requestId, ids, MessageFields.readBlob(in));
    }

    /** The type of {@code request}; throws {@link IllegalArgumentException} for one that can only be read. */
    static MessageType typeOf(RetrievalRequest request) {
        if (request instanceof NegotiationRequest) {
            return MessageType.NEGO_REQ;
        }
        if (request instanceof GetBlockList) {
            return MessageType.GETBLKLIST;
        }
        if (request instanceof GetBlocks) {
            return MessageType.GETBLKS;
        }
        if (request instanceof GetSegmentList) {
            return MessageType.GETSEGLIST;
        }
        throw new IllegalArgumentException("request: " + request + " (expected: one of a supported version)");
    }

    /** Encodes {@code request} with the version that its type is sent with unless a negotiation found another. */
    static byte[] encode(RetrievalRequest request) {
        byte[] octets = encodeBody(request);
        writeHeader(octets, typeOf(request).majorVersion, request);
        return octets;
    }

    static byte[] encode(RetrievalRequest request, ProtocolVersion version) {
        if (!VersionRange.SUPPORTED.supports(version) || !typeOf(request).isIn(version.major())) {
            throw new IllegalArgumentException(
                    "version: " + version + " (expected: one in which " + typeOf(request) + " exists)");
        }
        byte[] octets = encodeBody(request);
        writeHeader(octets, version.major(), request);
        return octets;
    }

    private static void writeHeader(byte[] octets, int majorVersion, RetrievalRequest request) {
        MessageHeader.write(
                ByteBuffer.wrap(octets), majorVersion, typeOf(request), octets.length, preferredAlgorithm(request));
    }

    private static CryptoAlgorithm preferredAlgorithm(RetrievalRequest request) {
        if (request instanceof GetBlockList getBlockList) {
            return getBlockList.preferred();
        }
        if (request instanceof GetBlocks getBlocks) {
            return getBlocks.preferred();
        }
        return request instanceof GetSegmentList ? CryptoAlgorithm.AES_128 : CryptoAlgorithm.NONE;
    }

    private static byte[] encodeBody(RetrievalRequest request) {
        if (request instanceof NegotiationRequest negotiation) {
            byte[] octets = allocate(2 * Integer.BYTES);
            MessageFields.writeVersionRange(body(octets), negotiation.supported());
            return octets;
        }
        if (request instanceof GetBlockList getBlockList) {
            return encodeGetBlockList(getBlockList);
        }
        if (request instanceof GetBlocks getBlocks) {
            return encodeGetBlocks(getBlocks);
        }
        if (request instanceof GetSegmentList getSegmentList) {
            return encodeGetSegmentList(getSegmentList);
        }
        throw new IllegalArgumentException("request: " + request + " (expected: one of a supported version)");
    }

    private static byte[] encodeGetBlockList(GetBlockList request) {
        int bodyBytes = MessageFields.segmentIdBytes(request.segmentId())
                + Integer.BYTES
                + request.ranges().size() * MessageFields.RANGE_BYTES;
        byte[] octets = allocate(bodyBytes);
        ByteBuffer out = body(octets);
        MessageFields.writeSegmentId(out, request.segmentId());
        MessageFields.writeBlockRanges(out, request.ranges());
        return octets;
    }

    private static byte[] encodeGetBlocks(GetBlocks request) {
        int rangeCount = Math.max(1, request.ranges().size());
        int bodyBytes = MessageFields.segmentIdBytes(request.segmentId())
                + Integer.BYTES
                + rangeCount * MessageFields.RANGE_BYTES
                + Integer.BYTES;
        byte[] octets = allocate(bodyBytes);
        ByteBuffer out = body(octets);
        MessageFields.writeSegmentId(out, request.segmentId());
        if (request.isEmpty()) {
            out.putInt(1).putInt(0).putInt(0);
        } else {
            MessageFields.writeBlockRanges(out, request.ranges());
        }
        out.putInt(0);
        return octets;
    }

    private static byte[] encodeGetSegmentList(GetSegmentList request) {
        int bodyBytes = RequestId.BYTES + Integer.BYTES + MessageFields.blobBytes(request.ages());
        for (SegmentId id : request.segmentIds()) {
            bodyBytes += MessageFields.segmentIdBytes(id);
        }
        byte[] octets = allocate(bodyBytes);
        ByteBuffer out = body(octets);
        request.requestId().writeTo(out);
        out.putInt(request.segmentIds().size());
        for (SegmentId id : request.segmentIds()) {
            MessageFields.writeSegmentId(out, id);
        }
        MessageFields.writeBlob(out, request.ages());
        return octets;
    }

    private static byte[] allocate(int bodyBytes) {
        int messageBytes = MessageHeader.BYTES + bodyBytes;
        if (messageBytes > RetrievalCodec.MAX_REQUEST_BYTES) {
            throw new IllegalArgumentException("request: " + messageBytes + " octets (expected: at most "
                    + RetrievalCodec.MAX_REQUEST_BYTES + ")");
        }
        return new byte[messageBytes];
    }

    private static ByteBuffer body(byte[] octets) {
        return ByteBuffer.wrap(octets).position(MessageHeader.BYTES);
    }
}
