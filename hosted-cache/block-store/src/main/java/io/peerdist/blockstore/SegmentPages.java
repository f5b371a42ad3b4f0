// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How the catalogue stores a segment: in pages of {@link #BLOCKS_PER_PAGE} blocks, so that a segment of one block is one
 * small entry and a block added to a segment of 512 rewrites half a kilobyte instead of fifteen. The key is the segment id
 * and the page's number (1 octet). The value, big-endian:
 *
 * <pre>
 *   1  version, 2; 1 is the same without the day of the last use
 *   1  flags: 1 = holds the attributes (page 0 only), 2 = pinned
 *  34  attributes: bytes of a block (4), of the segment (4), creation time (8), content tag (16), day of the last use,
 *      counted from 1970 (2)
 *   1  placements that follow
 *      each: index in page (1), CryptoAlgoId (1), extent (4), offset (4), bytes of ciphertext (4), IV (16, or 0 without
 *      encryption)
 *   4  CRC32C of key and value up to here
 * </pre>
 */
final class SegmentPages {
    static final int BLOCKS_PER_PAGE = 16;

    private static final byte VERSION = 2;

    /** As the first stores have it. */
    private static final byte VERSION_WITHOUT_USED_DAY = 1;

    private static final int USED_DAY_BYTES = Short.BYTES;
    private static final int FLAG_ATTRIBUTES = 1;
    private static final int FLAG_PINNED = 2;
    private static final int SHORT_ATTRIBUTES_BYTES = 32;
    private static final int PLACEMENT_BYTES = 14;
    private static final int MIN_BYTES = 3 + Integer.BYTES;

    private SegmentPages() {}

    static int pageOf(int blockIndex) {
        return blockIndex / BLOCKS_PER_PAGE;
    }

    static int pageCount(SegmentAttributes attributes) {
        return pageOf(attributes.blockCount() - 1) + 1;
    }

    static byte[] key(SegmentId id, int page) {
        byte[] key = Arrays.copyOf(id.toByteArray(), id.length() + 1);
        key[id.length()] = (byte) page;
        return key;
    }

    /** The id in a key, or null when it cannot be one of ours. */
    static @Nullable SegmentId idOf(byte[] key) {
        int idBytes = key.length - 1;
        return idBytes == 32 || idBytes == 48 || idBytes == 64 ? SegmentId.of(Arrays.copyOf(key, idBytes)) : null;
    }

    static int pageOf(byte[] key) {
        return key[key.length - 1] & 0xFF;
    }

    /** The page's value, or null when there is nothing in it to keep. */
    static byte @Nullable [] encode(SegmentEntry entry, int page) {
        ByteBuffer value = ByteBuffer.allocate(MIN_BYTES
                + SHORT_ATTRIBUTES_BYTES
                + USED_DAY_BYTES
                + BLOCKS_PER_PAGE * (PLACEMENT_BYTES + RecordHeader.IV_BYTES));
        int flags = (page == 0 ? FLAG_ATTRIBUTES : 0) | (entry.isPinned() && page == 0 ? FLAG_PINNED : 0);
        value.put(VERSION).put((byte) flags);
        if (page == 0) {
            SegmentAttributes attributes = entry.attributes();
            value.putInt(attributes.blockBytes()).putInt(attributes.segmentBytes());
            value.putLong(entry.createdMillis()).put(attributes.contentTag()).putShort((short) entry.usedDay());
        }
        int countPosition = value.position();
        value.put((byte) 0);
        int count = 0;
        for (int index = 0; index < BLOCKS_PER_PAGE; index++) {
            BlockPlacement placement = entry.placement(page * BLOCKS_PER_PAGE + index);
            if (placement != null) {
                encode(value, index, placement);
                count++;
            }
        }
        if (count == 0 && page != 0) {
            return null;
        }
        value.put(countPosition, (byte) count);
        value.putInt(checksum(key(entry.id(), page), value.duplicate().flip()));
        return Arrays.copyOf(value.array(), value.position());
    }

    private static void encode(ByteBuffer value, int indexInPage, BlockPlacement placement) {
        value.put((byte) indexInPage).put((byte) placement.crypto().id());
        value.putInt(placement.extentId()).putInt(placement.offset()).putInt(placement.ciphertextBytes());
        value.put(placement.initializationVector());
    }

    private static int attributesBytes(byte[] value) {
        return SHORT_ATTRIBUTES_BYTES + (value[0] == VERSION ? USED_DAY_BYTES : 0);
    }

    private static int checksum(byte[] key, ByteBuffer value) {
        return Checksums.crc32c(ByteBuffer.wrap(key), value);
    }

    /** A segment without its blocks from page 0, or null when {@code value} is damaged. */
    static @Nullable SegmentEntry decodeAttributes(byte[] key, byte[] value) {
        ByteBuffer source = checked(key, value);
        SegmentId id = idOf(key);
        if (source == null || id == null || (value[1] & FLAG_ATTRIBUTES) == 0) {
            return null;
        }
        source.position(2);
        if (source.remaining() < attributesBytes(value)) {
            return null;
        }
        int blockBytes = source.getInt();
        int segmentBytes = source.getInt();
        if (!SegmentAttributes.isGeometryValid(blockBytes, segmentBytes)) {
            return null;
        }
        long createdMillis = source.getLong();
        byte[] tag = new byte[SegmentAttributes.CONTENT_TAG_BYTES];
        source.get(tag);
        SegmentAttributes attributes = new SegmentAttributes(id, blockBytes, segmentBytes, tag);
        SegmentEntry entry = SegmentEntry.create(attributes, createdMillis, (value[1] & FLAG_PINNED) != 0);
        return value[0] == VERSION ? entry.withUsedDay(Short.toUnsignedInt(source.getShort())) : entry;
    }

    /** Puts the page's placements in their places in {@code placements}; false when {@code value} is damaged. */
    static boolean decodePlacements(byte[] key, byte[] value, @Nullable BlockPlacement[] placements) {
        ByteBuffer source = checked(key, value);
        if (source == null) {
            return false;
        }
        source.position(2 + ((value[1] & FLAG_ATTRIBUTES) != 0 ? attributesBytes(value) : 0));
        int first = pageOf(key) * BLOCKS_PER_PAGE;
        int count = source.get();
        for (int i = 0; i < count; i++) {
            if (!decodePlacement(source, first, placements)) {
                return false;
            }
        }
        return !source.hasRemaining();
    }

    private static boolean decodePlacement(ByteBuffer source, int first, @Nullable BlockPlacement[] placements) {
        if (source.remaining() < PLACEMENT_BYTES) {
            return false;
        }
        int indexInPage = source.get();
        CryptoAlgorithm crypto = CryptoAlgorithm.ofId(source.get());
        int extentId = source.getInt();
        int offset = source.getInt();
        int ciphertextBytes = source.getInt();
        if (crypto == null
                || indexInPage < 0
                || indexInPage >= BLOCKS_PER_PAGE
                || first + indexInPage >= placements.length
                || offset < ExtentHeader.DATA_POSITION
                || ciphertextBytes < 1
                || ciphertextBytes > RecordHeader.MAX_CIPHERTEXT_BYTES
                || source.remaining() < RecordHeader.ivBytesOf(crypto)) {
            return false;
        }
        byte[] iv = new byte[RecordHeader.ivBytesOf(crypto)];
        source.get(iv);
        placements[first + indexInPage] = new BlockPlacement(extentId, offset, ciphertextBytes, crypto, iv);
        return true;
    }

    /** The value without its checksum, or null when the checksum does not agree. */
    private static @Nullable ByteBuffer checked(byte[] key, byte[] value) {
        if (value.length < MIN_BYTES || (value[0] != VERSION && value[0] != VERSION_WITHOUT_USED_DAY)) {
            return null;
        }
        ByteBuffer source = ByteBuffer.wrap(value).limit(value.length - Integer.BYTES);
        if (((value[1] & FLAG_ATTRIBUTES) != 0) && value.length < MIN_BYTES + attributesBytes(value)) {
            return null;
        }
        int crc = ByteBuffer.wrap(value).getInt(value.length - Integer.BYTES);
        return checksum(key, source) == crc ? source : null;
    }
}
