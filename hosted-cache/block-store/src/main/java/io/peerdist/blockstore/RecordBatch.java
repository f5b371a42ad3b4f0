// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Records that go to the log in one gathering write: headers, trailers and padding from a buffer of its own, ciphertext from
 * where the caller has it. For one thread at a time.
 */
final class RecordBatch {
    /** Keeps the parts of a write below what the operating system takes at once (IOV_MAX, 1024 on Linux). */
    static final int MAX_RECORDS = 64;

    /** Header, trailer and padding of one record take less. */
    private static final int FRAME_BYTES =
            RecordHeader.align(RecordHeader.BYTES + RecordHeader.MAX_TRAILER_BYTES) + RecordHeader.ALIGNMENT_BYTES;

    private final ByteBuffer frames = ByteBuffer.allocateDirect(MAX_RECORDS * FRAME_BYTES);
    private final ByteBuffer[] parts = new ByteBuffer[2 * MAX_RECORDS + 1];
    private int partCount;
    private int cut;
    private int records;
    private int bytes;

    boolean isFull() {
        return records == MAX_RECORDS;
    }

    /** What the records take in the log. */
    int bytes() {
        return bytes;
    }

    /** Adds a record, which must stand behind the others. Its ciphertext must stay as it is until it has been written. */
    void add(RecordHeader header, BlockContent content) {
        header.encode(frames);
        cutFrame();
        parts[partCount++] = content.ciphertext().duplicate();
        frames.put(content.trailer().duplicate());
        int padding = header.recordBytes() - RecordHeader.BYTES - header.body().bytes();
        for (int i = 0; i < padding; i++) {
            frames.put((byte) 0);
        }
        records++;
        bytes += header.recordBytes();
    }

    /** What ends one record and begins the next is one part. */
    private void cutFrame() {
        parts[partCount++] = frames.slice(cut, frames.position() - cut);
        cut = frames.position();
    }

    /** Writes all records from {@code position} on. */
    void writeTo(ExtentFile file, long position) throws IOException {
        cutFrame();
        file.writeFully(parts, partCount, position);
    }

    /** Forgets the records. */
    void clear() {
        for (int i = 0; i < partCount; i++) {
            // Somebody else's memory is not to be held on to.
            parts[i] = frames;
        }
        partCount = 0;
        cut = 0;
        records = 0;
        bytes = 0;
        frames.clear();
    }
}
