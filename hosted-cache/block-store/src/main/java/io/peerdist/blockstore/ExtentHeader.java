// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What stands at the start of an extent file, and once more {@link #COPY_POSITION} octets on, so that one bad sector does
 * not take 256 MiB with it. Big-endian: magic "PDEX" (4), format version 1 (4), extent id (4), bytes of the file (4), salt
 * (8), CRC32C of these (4), zeros up to {@link #BYTES}.
 *
 * @param extentId the number in the file's name
 * @param extentBytes the file's length
 * @param salt random; every record of the extent repeats it
 */
record ExtentHeader(int extentId, int extentBytes, long salt) {
    static final int BYTES = 64;
    static final int COPY_POSITION = 4096;

    /** Where the first record starts. */
    static final int DATA_POSITION = 8192;

    private static final int MAGIC = 0x50444558;
    private static final int VERSION = 1;
    private static final int CRC_POSITION = 24;

    ByteBuffer encode() {
        ByteBuffer header = ByteBuffer.allocate(BYTES);
        header.putInt(MAGIC)
                .putInt(VERSION)
                .putInt(extentId)
                .putInt(extentBytes)
                .putLong(salt);
        header.putInt(Checksums.crc32c(header, 0, CRC_POSITION));
        return header.clear();
    }

    /** The header of extent {@code extentId} in {@code source}, or null when it holds something else. */
    static @Nullable ExtentHeader decode(ByteBuffer source, int extentId) {
        int start = source.position();
        if (source.remaining() < BYTES
                || source.getInt(start) != MAGIC
                || source.getInt(start + 4) != VERSION
                || source.getInt(start + 8) != extentId
                || source.getInt(start + CRC_POSITION) != Checksums.crc32c(source, start, CRC_POSITION)) {
            return null;
        }
        int extentBytes = source.getInt(start + 12);
        if (extentBytes < BlockStoreSettings.MIN_EXTENT_BYTES || extentBytes > BlockStoreSettings.MAX_EXTENT_BYTES) {
            return null;
        }
        return new ExtentHeader(extentId, extentBytes, source.getLong(start + 16));
    }
}
