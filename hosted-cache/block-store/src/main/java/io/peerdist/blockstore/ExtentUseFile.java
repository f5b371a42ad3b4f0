// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@link EvictionPolicy} has learnt of the extents, over a restart. Only estimates: a file that is missing, damaged or
 * out of date costs some wrong choices and nothing else. Big-endian: magic, version, extents, then for each its id, salt, the
 * length of its {@link ExtentUse} and that; at last the CRC32C of it all.
 */
final class ExtentUseFile {
    private static final Logger LOG = LoggerFactory.getLogger(ExtentUseFile.class);
    private static final int MAGIC = 0x50445553;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 3 * Integer.BYTES;
    private static final int ENTRY_BYTES = 2 * Integer.BYTES + Long.BYTES;

    /** Far more than the most extents take; a longer file is none of ours. */
    private static final long MAX_BYTES = 256L << 20;

    private final Path file;

    ExtentUseFile(Path file) {
        this.file = file;
    }

    void write(Collection<Extent> extents) {
        int bytes = HEADER_BYTES + Integer.BYTES;
        for (Extent extent : extents) {
            bytes += ENTRY_BYTES + extent.use().encodedBytes();
        }
        ByteBuffer target = ByteBuffer.allocate(bytes);
        target.putInt(MAGIC).putInt(VERSION).putInt(extents.size());
        for (Extent extent : extents) {
            target.putInt(extent.extentId()).putLong(extent.state().salt());
            target.putInt(extent.use().encodedBytes());
            extent.use().writeTo(target);
        }
        target.putInt(Checksums.crc32c(target, 0, target.position()));
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.write(next, target.array());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("{} could not be written; the next start forgets what has been read often", file, e);
        }
    }

    /** Adds what the file says of the extents of {@code log}, and answers of how many it knew. */
    int readInto(BlockLog log) {
        try {
            if (!Files.exists(file) || Files.size(file) > MAX_BYTES) {
                return 0;
            }
            return read(ByteBuffer.wrap(Files.readAllBytes(file)), log);
        } catch (IOException e) {
            LOG.warn("{} could not be read; nothing is known of what has been read often", file, e);
            return 0;
        }
    }

    private static int read(ByteBuffer source, BlockLog log) {
        int end = source.limit() - Integer.BYTES;
        if (end < HEADER_BYTES
                || source.getInt(end) != Checksums.crc32c(source, 0, end)
                || source.getInt() != MAGIC
                || source.getInt() != VERSION) {
            return 0;
        }
        int known = 0;
        for (int left = source.getInt(); left > 0 && end - source.position() >= ENTRY_BYTES; left--) {
            Extent extent = log.extent(source.getInt());
            long salt = source.getLong();
            int bytes = source.getInt();
            if (bytes < 0 || bytes > end - source.position()) {
                return known;
            }
            if (extent != null && extent.state().salt() == salt && extent.use().encodedBytes() == bytes) {
                extent.use().read(source.slice(source.position(), bytes));
                known++;
            }
            source.position(source.position() + bytes);
        }
        return known;
    }
}
