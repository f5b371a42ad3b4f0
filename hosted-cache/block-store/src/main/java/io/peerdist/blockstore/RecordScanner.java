// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the records of an extent. Where there is none, because a write was torn or a sector went bad, it goes on at
 * the next place where one could start.
 */
final class RecordScanner {
    /** Enough for a header; bodies are skipped over. */
    private static final int HEADER_WINDOW_BYTES = 4096;

    /** Several of the largest records. */
    private static final int BODY_WINDOW_BYTES = 1 << 20;

    /** What a disk cannot read is at least one of these. */
    private static final int SECTOR_BYTES = 4096;

    interface Visitor {
        /**
         * Called for each record with a valid header, and a valid body if those are read; {@code iv} is empty if they are
         * not.
         */
        void visit(RecordHeader header, byte[] iv) throws IOException;
    }

    /**
     * What a scan came to.
     *
     * @param end where the last valid record ends
     * @param damaged places with something else than a record before that end
     */
    record Result(int end, int damaged) {}

    private final ExtentFile file;
    private final long salt;
    private final boolean bodies;
    private final ByteBuffer window;
    private int windowStart;

    private RecordScanner(ExtentFile file, long salt, boolean bodies) {
        this.file = file;
        this.salt = salt;
        this.bodies = bodies;
        this.window = ByteBuffer.allocate(bodies ? BODY_WINDOW_BYTES : HEADER_WINDOW_BYTES)
                .limit(0);
    }

    /** Reads everything and shows only records that are right to the last bit. */
    static RecordScanner ofRecords(ExtentFile file, long salt) {
        return new RecordScanner(file, salt, true);
    }

    /** Reads headers only. */
    static RecordScanner ofHeaders(ExtentFile file, long salt) {
        return new RecordScanner(file, salt, false);
    }

    /** Shows the records from {@code from} on that end at or before {@code to}. */
    Result scan(int from, int to, Visitor visitor) throws IOException {
        int offset = from;
        int end = from;
        int damaged = 0;
        boolean inGap = false;
        while (offset <= to - RecordHeader.BYTES) {
            if (!cover(offset, RecordHeader.BYTES)) {
                offset = (offset / SECTOR_BYTES + 1) * SECTOR_BYTES;
                inGap = true;
                continue;
            }
            RecordHeader header = headerAt(offset);
            if (header == null || header.recordBytes() > to - offset) {
                offset += RecordHeader.ALIGNMENT_BYTES;
                inGap = true;
            } else if (bodies && !isBodyRight(header)) {
                offset += header.recordBytes();
                inGap = true;
            } else {
                damaged += inGap ? 1 : 0;
                inGap = false;
                visitor.visit(header, ivOf(header));
                offset += header.recordBytes();
                end = offset;
            }
        }
        return new Result(end, damaged);
    }

    private @Nullable RecordHeader headerAt(int offset) {
        int position = offset - windowStart;
        if (!RecordHeader.isMagic(window.getInt(position))) {
            return null;
        }
        return RecordHeader.decode(window.duplicate().position(position), salt, offset);
    }

    private boolean isBodyRight(RecordHeader header) {
        int bytes = header.body().bytes();
        if (!cover(header.offset(), RecordHeader.BYTES + bytes)) {
            return false;
        }
        int position = header.offset() - windowStart + RecordHeader.BYTES;
        return Checksums.crc32c(window, position, bytes) == header.body().crc();
    }

    private byte[] ivOf(RecordHeader header) {
        byte[] iv = new byte[bodies ? header.body().ivBytes() : 0];
        // The vector is the last of the trailer.
        int bodyEnd = header.offset()
                - windowStart
                + RecordHeader.BYTES
                + header.body().bytes();
        if (bodies) {
            window.get(bodyEnd - iv.length, iv);
        }
        return iv;
    }

    /** Makes the window hold {@code bytes} octets at {@code offset}; false when the disk does not give them. */
    private boolean cover(int offset, int bytes) {
        if (offset >= windowStart && offset + bytes <= windowStart + window.limit()) {
            return true;
        }
        windowStart = offset;
        window.clear();
        try {
            file.readFully(window, offset);
        } catch (IOException unreadable) {
            // A bad sector is what a scan is for: it goes on behind it, and the caller hears of the gap.
            window.clear().limit(0);
            return false;
        }
        window.flip();
        return window.limit() >= bytes;
    }
}
