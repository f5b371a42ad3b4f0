// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRange;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One segment of a {@link BatchedOffer}. It carries neither secret nor hashes: who pulls by it can check lengths alone.
 *
 * <pre>
 * BlockSize (4) | SegmentSize (4) | SizeOfContentTag (2, 16) | ContentTag (16) | HashAlgorithm (1) | SegmentHoHoDk (32)
 * </pre>
 *
 * @param blockBytes the length of each block but the last, 1 to {@link #MAX_BLOCK_BYTES}; may exceed the segment's length
 * @param segmentBytes the segment's length, 1 to {@link #MAX_SEGMENT_BYTES}, in at most 512 blocks
 * @param tag who offers
 * @param algorithm SHA-256 (a version 1.0 segment of blocks of 64 KiB) or truncated SHA-512 (a version 2.0 segment)
 * @param id the segment, 32 octets
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 2.2.1.5</a>
 */
public record SegmentDescriptor(
        int blockBytes, int segmentBytes, ContentTag tag, HashAlgorithm algorithm, SegmentId id) {
    /** The longest block: a whole version 2.0 segment of the greatest length (MS-PCCRC 2.1). */
    public static final int MAX_BLOCK_BYTES = 131_072;
    /** The longest segment: 32 MiB in version 1.0 (MS-PCCRC 2.1). */
    public static final int MAX_SEGMENT_BYTES = 32 << 20;

    static final int SEGMENT_ID_BYTES = 32;
    /** The length of an encoded descriptor. */
    static final int BYTES = 2 * Integer.BYTES + Short.BYTES + ContentTag.BYTES + Byte.BYTES + SEGMENT_ID_BYTES;

    private static final int SHA_256_ID = 1;
    private static final int TRUNCATED_SHA_512_ID = 4;

    /** Throws {@link IllegalArgumentException} for sizes out of range, another algorithm or an identifier of another length. */
    public SegmentDescriptor {
        if (!isPullable(blockBytes, segmentBytes)) {
            throw new IllegalArgumentException(
                    "sizes: segment of " + segmentBytes + " octets in blocks of " + blockBytes
                            + " (expected: blocks of 1 to " + MAX_BLOCK_BYTES + ", at most " + BlockRange.MAX_BLOCKS
                            + " of them, in all 1 to " + MAX_SEGMENT_BYTES + ")");
        }
        if (algorithm != HashAlgorithm.SHA_256 && algorithm != HashAlgorithm.TRUNCATED_SHA_512) {
            throw new IllegalArgumentException(
                    "hash algorithm: " + algorithm + " (expected: SHA_256 or TRUNCATED_SHA_512)");
        }
        if (id.length() != SEGMENT_ID_BYTES) {
            throw new IllegalArgumentException(
                    "segment id length: " + id.length() + " (expected: " + SEGMENT_ID_BYTES + ")");
        }
    }

    /** Whether a segment can have these sizes; computed in 64 bits, as a peer may claim anything up to 4 GiB. */
    static boolean isPullable(long blockBytes, long segmentBytes) {
        return blockBytes >= 1
                && blockBytes <= MAX_BLOCK_BYTES
                && segmentBytes >= 1
                && segmentBytes <= MAX_SEGMENT_BYTES
                && (segmentBytes + blockBytes - 1) / blockBytes <= BlockRange.MAX_BLOCKS;
    }

    static @Nullable HashAlgorithm hashAlgorithm(int id) {
        return switch (id) {
            case SHA_256_ID -> HashAlgorithm.SHA_256;
            case TRUNCATED_SHA_512_ID -> HashAlgorithm.TRUNCATED_SHA_512;
            default -> null;
        };
    }

    /** How many blocks the segment has, 1 to 512. */
    public int blockCount() {
        return (segmentBytes + blockBytes - 1) / blockBytes;
    }

    /** The length of block {@code index}; throws {@link IndexOutOfBoundsException} from {@link #blockCount()} on. */
    public int blockLength(int index) {
        if (index < 0 || index >= blockCount()) {
            throw new IndexOutOfBoundsException(
                    "block index: " + index + " (expected: 0 to " + (blockCount() - 1) + ")");
        }
        return Math.min(blockBytes, segmentBytes - index * blockBytes);
    }

    void writeTo(ByteBuffer out) {
        out.putInt(blockBytes).putInt(segmentBytes).putShort((short) ContentTag.BYTES);
        tag.writeTo(out);
        out.put((byte) (algorithm == HashAlgorithm.SHA_256 ? SHA_256_ID : TRUNCATED_SHA_512_ID));
        id.writeTo(out);
    }
}
