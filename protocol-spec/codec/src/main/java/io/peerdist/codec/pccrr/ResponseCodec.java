// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bodies of the four responses (MS-PCCRR 2.2.5). */
final class ResponseCodec {
    /** {@code TRANSPORT_RESPONSE_HEADER}: the size of what follows it. */
    static final int TRANSPORT_HEADER_BYTES = Integer.BYTES;

    private ResponseCodec() {}

    /** @param octets the array that {@code body} begins and ends with, to be wrapped in the result; null to copy */
    static RetrievalResponse decode(ByteBuffer body, byte @Nullable [] octets) {
        WireReader in = new WireReader(RetrievalCodec.PROTOCOL, body, ByteOrder.BIG_ENDIAN);
        // HTTP delimits the message, and some peers leave the size here at zero: only its place matters.
        in.skip("Size", TRANSPORT_HEADER_BYTES);
        MessageHeader header = MessageHeader.read(in, RetrievalCodec.MAX_RESPONSE_BYTES);
        if (!VersionRange.SUPPORTED.supports(header.version())) {
            throw in.malformed("ProtVer", TRANSPORT_HEADER_BYTES, header.version() + " (expected: 1.x or 2.x)");
        }
        CryptoAlgorithm crypto = header.crypto().algorithm(in);
        if (header.messageType() == MessageType.NEGO_RESP.id) {
            NegotiationResponse response = new NegotiationResponse(MessageFields.readVersionRange(in));
            in.end("MaxSupportedProtocolVersion");
            return response;
        }
        if (header.messageType() == MessageType.BLKLIST.id) {
            return decodeBlockList(in);
        }
        if (header.messageType() == MessageType.BLK.id) {
            return decodeBlock(in, crypto, octets);
        }
        if (header.messageType() == MessageType.SEGLIST.id) {
            return decodeSegmentList(in);
        }
        throw in.malformed(
                "MsgType",
                TRANSPORT_HEADER_BYTES + Integer.BYTES,
                header.messageType() + " (expected: a response: 1, 4, 5 or 7)");
    }

    private static BlockList decodeBlockList(WireReader in) {
        SegmentId id = MessageFields.readSegmentId(in);
        List<BlockRange> ranges = MessageFields.readBlockRanges(in, "BlockRangeCount", 0);
        int next = readNextBlockIndex(in);
        in.end("NextBlockIndex");
        return new BlockList(id, BlockRanges.of(ranges), next);
    }

    private static BlockResponse decodeBlock(WireReader in, CryptoAlgorithm crypto, byte @Nullable [] octets) {
        SegmentId id = MessageFields.readSegmentId(in);
        int index = in.u32("BlockIndex", 0, BlockRange.MAX_BLOCKS - 1);
        int next = readNextBlockIndex(in);
        int at = in.offset();
        int size = in.u32("SizeOfBlock", 0, RetrievalCodec.MAX_RESPONSE_BYTES);
        boolean encrypted = crypto != CryptoAlgorithm.NONE && size > 0;
        if (encrypted && size % BlockCipher.CIPHER_BLOCK_BYTES != 0) {
            throw in.malformed(
                    "SizeOfBlock", at, size + " (expected: a multiple of " + BlockCipher.CIPHER_BLOCK_BYTES + ")");
        }
        int blockAt = in.offset();
        ByteBuffer block;
        if (octets == null) {
            block = ByteBuffer.wrap(in.octets("Block", size));
        } else {
            in.skip("Block", size);
            block = ByteBuffer.wrap(octets, blockAt, size);
        }
        in.skip("ZeroPad_2", MessageFields.padding(size));
        MessageFields.skipUnused(in, "SizeOfVrfBlock", "VrfBlock");
        byte[] iv = readInitializationVector(in, encrypted);
        in.end("IVBlock");
        return size == 0
                ? BlockResponse.missing(id, index, next)
                : new BlockResponse(id, index, next, crypto, block, iv);
    }

    private static byte[] readInitializationVector(WireReader in, boolean encrypted) {
        if (encrypted) {
            in.u32("SizeOfIVBlock", BlockCipher.IV_BYTES, BlockCipher.IV_BYTES);
            return in.octets("IVBlock", BlockCipher.IV_BYTES);
        }
        MessageFields.skipUnused(in, "SizeOfIVBlock", "IVBlock");
        return new byte[0];
    }

    private static SegmentList decodeSegmentList(WireReader in) {
        RequestId requestId = RequestId.of(in.octets("RequestID", RequestId.BYTES));
        int rangeCount = in.u32("SegmentRangeCount", 0, GetSegmentList.MAX_SEGMENTS);
        List<SegmentRange> ranges = new ArrayList<>();
        for (int i = 0; i < rangeCount; i++) {
            int index = in.u32("Index", 0, GetSegmentList.MAX_SEGMENTS - 1);
            int count = in.u32("Count", 0, GetSegmentList.MAX_SEGMENTS - index);
            if (count > 0) {
                ranges.add(new SegmentRange(index, count));
            }
        }
        return new SegmentList(requestId, ranges, MessageFields.readBlob(in));
    }

    /** A hint: an index that no block can have, which some peers send behind the last block, is read as "none". */
    private static int readNextBlockIndex(WireReader in) {
        long next = in.u32("NextBlockIndex");
        return next < BlockRange.MAX_BLOCKS ? (int) next : 0;
    }

    /** Encodes {@code response} to a request of version {@code asked}. */
    static byte[] encode(RetrievalResponse response, ProtocolVersion asked) {
        if (response instanceof NegotiationResponse negotiation) {
            byte[] octets = allocate(2 * Integer.BYTES);
            ByteBuffer out = start(octets, asked, MessageType.NEGO_RESP, CryptoAlgorithm.NONE);
            MessageFields.writeVersionRange(out, negotiation.supported());
            return octets;
        }
        if (response instanceof BlockList blockList) {
            return encodeBlockList(blockList, asked);
        }
        if (response instanceof BlockResponse block) {
            return encodeBlock(block, asked);
        }
        return encodeSegmentList((SegmentList) response, asked);
    }

    private static byte[] encodeBlockList(BlockList response, ProtocolVersion asked) {
        List<BlockRange> ranges = response.blocks().ranges();
        int bodyBytes = MessageFields.segmentIdBytes(response.segmentId())
                + Integer.BYTES
                + ranges.size() * MessageFields.RANGE_BYTES
                + Integer.BYTES;
        byte[] octets = allocate(bodyBytes);
        ByteBuffer out = start(octets, asked, MessageType.BLKLIST, CryptoAlgorithm.NONE);
        MessageFields.writeSegmentId(out, response.segmentId());
        MessageFields.writeBlockRanges(out, ranges);
        out.putInt(response.nextBlockIndex());
        return octets;
    }

    private static byte[] encodeBlock(BlockResponse response, ProtocolVersion asked) {
        byte[] block = response.block();
        byte[] iv = response.initializationVector();
        byte[] octets = allocate(blockBodyBytes(response.segmentId(), block.length, iv.length));
        ByteBuffer out = start(octets, asked, MessageType.BLK, response.cryptoAlgorithm());
        writeBlockPreamble(out, response.segmentId(), response.blockIndex(), response.nextBlockIndex(), block.length);
        out.put(block);
        writeBlockTrailer(out, block.length, iv);
        return octets;
    }

    static ByteBuffer blockPreamble(
            ProtocolVersion asked,
            SegmentId id,
            int index,
            int next,
            CryptoAlgorithm crypto,
            int ciphertextBytes,
            int ivBytes) {
        BlockRange.checkIndex("block index", index);
        BlockRange.checkIndex("next block index", next);
        int bodyBytes = checkedBodyBytes(blockBodyBytes(id, ciphertextBytes, ivBytes));
        ByteBuffer out = ByteBuffer.allocate(
                TRANSPORT_HEADER_BYTES + MessageHeader.BYTES + MessageFields.segmentIdBytes(id) + 3 * Integer.BYTES);
        writeHeaders(out, asked, MessageType.BLK, bodyBytes, crypto);
        writeBlockPreamble(out, id, index, next, ciphertextBytes);
        return out.flip();
    }

    static ByteBuffer blockTrailer(int ciphertextBytes, byte[] iv) {
        ByteBuffer out = ByteBuffer.allocate(blockTrailerBytes(ciphertextBytes, iv.length));
        writeBlockTrailer(out, ciphertextBytes, iv);
        return out.flip();
    }

    static int blockTrailerBytes(int ciphertextBytes, int ivBytes) {
        return MessageFields.padding(ciphertextBytes) + 2 * Integer.BYTES + ivBytes;
    }

    private static int blockBodyBytes(SegmentId id, int blockBytes, int ivBytes) {
        return MessageFields.segmentIdBytes(id)
                + 3 * Integer.BYTES
                + blockBytes
                + blockTrailerBytes(blockBytes, ivBytes);
    }

    private static void writeBlockPreamble(ByteBuffer out, SegmentId id, int index, int next, int blockBytes) {
        MessageFields.writeSegmentId(out, id);
        out.putInt(index).putInt(next).putInt(blockBytes);
    }

    private static void writeBlockTrailer(ByteBuffer out, int blockBytes, byte[] iv) {
        MessageFields.writePadding(out, blockBytes);
        out.putInt(0).putInt(iv.length).put(iv);
    }

    private static byte[] encodeSegmentList(SegmentList response, ProtocolVersion asked) {
        int bodyBytes = RequestId.BYTES
                + Integer.BYTES
                + response.ranges().size() * MessageFields.RANGE_BYTES
                + MessageFields.blobBytes(response.ages());
        byte[] octets = allocate(bodyBytes);
        ByteBuffer out = start(octets, asked, MessageType.SEGLIST, CryptoAlgorithm.NONE);
        response.requestId().writeTo(out);
        out.putInt(response.ranges().size());
        for (SegmentRange range : response.ranges()) {
            out.putInt(range.index()).putInt(range.count());
        }
        MessageFields.writeBlob(out, response.ages());
        return octets;
    }

    private static byte[] allocate(int bodyBytes) {
        return new byte[TRANSPORT_HEADER_BYTES + MessageHeader.BYTES + checkedBodyBytes(bodyBytes)];
    }

    private static ByteBuffer start(byte[] octets, ProtocolVersion asked, MessageType type, CryptoAlgorithm crypto) {
        ByteBuffer out = ByteBuffer.wrap(octets);
        writeHeaders(out, asked, type, octets.length - TRANSPORT_HEADER_BYTES - MessageHeader.BYTES, crypto);
        return out;
    }

    private static void writeHeaders(
            ByteBuffer out, ProtocolVersion asked, MessageType type, int bodyBytes, CryptoAlgorithm crypto) {
        out.putInt(MessageHeader.BYTES + bodyBytes);
        MessageHeader.write(out, type.answerTo(asked.major()), type, MessageHeader.BYTES + bodyBytes, crypto);
    }

    private static int checkedBodyBytes(int bodyBytes) {
        int maxBytes = RetrievalCodec.MAX_RESPONSE_BYTES - MessageHeader.BYTES;
        if (bodyBytes < 0 || bodyBytes > maxBytes) {
            throw new IllegalArgumentException(
                    "response body: " + bodyBytes + " octets (expected: at most " + maxBytes + ")");
        }
        return bodyBytes;
    }
}
