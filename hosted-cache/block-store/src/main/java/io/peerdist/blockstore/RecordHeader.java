// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.RetrievalCodec;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The fixed header of a record in the block log; {@code docs/decisions/0002} has the reasons. Big-endian:
 *
 * <pre>
 *   0  4  magic "PDBR", or "PDBX" once the block has been removed
 *   4  2  format version, 2
 *   6  2  bytes of this header, 160
 *   8  8  salt of the extent
 *  16  8  sequence number, rises through the whole log
 *  24  4  offset of this record in its extent
 *  28  2  block index, 0 to 511
 *  30  1  bytes of the segment id: 32, 48 or 64
 *  31  1  CryptoAlgoId, 0 to 3
 *  32  4  bytes of a block, 1 to 131072
 *  36  4  bytes of the segment
 *  40  4  bytes of ciphertext
 *  44  2  bytes of the initialization vector: 16, or 0 without encryption
 *  46  2  bytes of the trailer
 *  48  8  when the block was put, milliseconds since 1970
 *  56 16  content tag
 *  72 64  segment id, zeros after it
 * 136 16  zero
 * 152  4  CRC32C of ciphertext and trailer
 * 156  4  CRC32C of octets 4 to 155
 * 160     ciphertext, trailer, zeros up to a multiple of 64
 * </pre>
 *
 * The trailer is what ends a {@code MSG_BLK} behind the ciphertext (MS-PCCRR 2.2.5.4): padding to a multiple of 4, an empty
 * verification block and the initialization vector, with their lengths. So one region of the file is the end of a message.
 *
 * The salt is random and never leaves the machine, and the offset is where the record stands: a peer that puts the image
 * of a record inside its ciphertext cannot make a scan take it for one.
 *
 * @param salt the extent's salt
 * @param offset where the record starts in the extent
 * @param sequence the later of two records of a block has the greater number
 * @param key segment, geometry and index
 * @param createdMillis when the block was put
 * @param body what follows the header
 * @param live false once the block has been removed
 */
record RecordHeader(long salt, int offset, long sequence, BlockKey key, long createdMillis, Body body, boolean live) {
    static final int BYTES = 160;
    static final int ALIGNMENT_BYTES = 64;
    static final int IV_BYTES = 16;

    /** The largest block with a whole block of padding, as PKCS #7 makes it. */
    static final int MAX_CIPHERTEXT_BYTES = SegmentAttributes.MAX_BLOCK_BYTES + IV_BYTES;

    /** With the most padding there can be. */
    static final int MAX_TRAILER_BYTES = RetrievalCodec.blockTrailerBytes(1, IV_BYTES);

    static final int MAX_RECORD_BYTES =
            align(BYTES + MAX_CIPHERTEXT_BYTES + RetrievalCodec.blockTrailerBytes(MAX_CIPHERTEXT_BYTES, IV_BYTES));

    static final int MAGIC_LIVE = 0x50444252;
    static final int MAGIC_DEAD = 0x50444258;

    private static final int VERSION = 2;
    private static final int ID_FIELD_BYTES = 64;
    private static final int CRC_POSITION = BYTES - Integer.BYTES;

    /**
     * What follows the header.
     *
     * @param crypto how the block is encrypted
     * @param ciphertextBytes 1 to {@link #MAX_CIPHERTEXT_BYTES}
     * @param crc CRC32C of ciphertext and trailer
     */
    record Body(CryptoAlgorithm crypto, int ciphertextBytes, int crc) {
        int ivBytes() {
            return ivBytesOf(crypto);
        }

        int trailerBytes() {
            return trailerBytesOf(crypto, ciphertextBytes);
        }

        /** Octets of ciphertext and trailer. */
        int bytes() {
            return ciphertextBytes + trailerBytes();
        }
    }

    static int ivBytesOf(CryptoAlgorithm crypto) {
        return crypto == CryptoAlgorithm.NONE ? 0 : IV_BYTES;
    }

    static int trailerBytesOf(CryptoAlgorithm crypto, int ciphertextBytes) {
        return RetrievalCodec.blockTrailerBytes(ciphertextBytes, ivBytesOf(crypto));
    }

    /** What a record takes in the log. */
    static int recordBytes(CryptoAlgorithm crypto, int ciphertextBytes) {
        return align(BYTES + ciphertextBytes + trailerBytesOf(crypto, ciphertextBytes));
    }

    static int align(int bytes) {
        return (bytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    }

    int recordBytes() {
        return recordBytes(body.crypto(), body.ciphertextBytes());
    }

    /** Writes {@link #BYTES} octets at the target's position. */
    void encode(ByteBuffer target) {
        int start = target.position();
        SegmentAttributes attributes = key.attributes();
        target.putInt(live ? MAGIC_LIVE : MAGIC_DEAD).putShort((short) VERSION).putShort((short) BYTES);
        target.putLong(salt).putLong(sequence).putInt(offset).putShort((short) key.blockIndex());
        target.put((byte) attributes.id().length()).put((byte) body.crypto().id());
        target.putInt(attributes.blockBytes()).putInt(attributes.segmentBytes()).putInt(body.ciphertextBytes());
        target.putShort((short) body.ivBytes())
                .putShort((short) body.trailerBytes())
                .putLong(createdMillis);
        target.put(attributes.contentTag());
        attributes.id().writeTo(target);
        while (target.position() < start + CRC_POSITION - Integer.BYTES) {
            target.put((byte) 0);
        }
        target.putInt(body.crc());
        target.putInt(Checksums.crc32c(target, start + Integer.BYTES, CRC_POSITION - Integer.BYTES));
    }

    /**
     * Reads the header at the source's position, or answers null when there is none: other octets, a checksum that does
     * not agree, values out of their range, or a record of another extent or place.
     */
    static @Nullable RecordHeader decode(ByteBuffer source, long salt, int offset) {
        int start = source.position();
        if (source.remaining() < BYTES || !isMagic(source.getInt(start))) {
            return null;
        }
        int crc = Checksums.crc32c(source, start + Integer.BYTES, CRC_POSITION - Integer.BYTES);
        if (crc != source.getInt(start + CRC_POSITION)
                || source.getShort(start + 4) != VERSION
                || source.getShort(start + 6) != BYTES
                || source.getLong(start + 8) != salt
                || source.getInt(start + 24) != offset) {
            return null;
        }
        CryptoAlgorithm crypto = CryptoAlgorithm.ofId(source.get(start + 31));
        int ciphertextBytes = source.getInt(start + 40);
        BlockKey key = decodeKey(source, start);
        if (crypto == null
                || key == null
                || source.getShort(start + 44) != ivBytesOf(crypto)
                || ciphertextBytes < 1
                || ciphertextBytes > MAX_CIPHERTEXT_BYTES
                || source.getShort(start + 46) != trailerBytesOf(crypto, ciphertextBytes)) {
            return null;
        }
        Body body = new Body(crypto, ciphertextBytes, source.getInt(start + 152));
        boolean live = source.getInt(start) == MAGIC_LIVE;
        return new RecordHeader(salt, offset, source.getLong(start + 16), key, source.getLong(start + 48), body, live);
    }

    static boolean isMagic(int value) {
        return value == MAGIC_LIVE || value == MAGIC_DEAD;
    }

    private static @Nullable BlockKey decodeKey(ByteBuffer source, int start) {
        int idBytes = source.get(start + 30);
        int blockBytes = source.getInt(start + 32);
        int segmentBytes = source.getInt(start + 36);
        int blockIndex = source.getShort(start + 28);
        if ((idBytes != 32 && idBytes != 48 && idBytes != ID_FIELD_BYTES)
                || !SegmentAttributes.isGeometryValid(blockBytes, segmentBytes)) {
            return null;
        }
        byte[] tag = new byte[SegmentAttributes.CONTENT_TAG_BYTES];
        source.get(start + 56, tag);
        byte[] id = new byte[idBytes];
        source.get(start + 72, id);
        SegmentAttributes attributes = new SegmentAttributes(SegmentId.of(id), blockBytes, segmentBytes, tag);
        return blockIndex >= 0 && blockIndex < attributes.blockCount() ? new BlockKey(attributes, blockIndex) : null;
    }
}
