// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * One open file of the block log. Reads and writes may be short, as the operating system's are. Thread-safe. The tests put
 * a disk that fails behind this interface.
 */
interface ExtentFile extends AutoCloseable {
    /** Reads at {@code position}; -1 at the end of the file. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes at {@code position} and says how much. */
    int write(ByteBuffer source, long position) throws IOException;

    /**
     * Writes the first {@code count} of {@code sources} one behind the other and says how much. By one thread at a time.
     */
    default long write(ByteBuffer[] sources, int count, long position) throws IOException {
        for (int i = 0; i < count; i++) {
            if (sources[i].hasRemaining()) {
                return write(sources[i], position);
            }
        }
        return 0;
    }

    /** Forces what has been written to the disk, as fdatasync does. */
    void force() throws IOException;

    long size() throws IOException;

    /** Cuts the file or fills it up with zeros. */
    void resize(long bytes) throws IOException;

    /** For readers who send regions of the file. */
    FileChannel channel();

    @Override
    void close() throws IOException;

    /** Reads until {@code target} is full or the file ends. */
    default void readFully(ByteBuffer target, long position) throws IOException {
        long next = position;
        while (target.hasRemaining()) {
            int count = read(target, next);
            if (count <= 0) {
                return;
            }
            next += count;
        }
    }

    /** Writes the first {@code count} of {@code sources} one behind the other, or throws. By one thread at a time. */
    default void writeFully(ByteBuffer[] sources, int count, long position) throws IOException {
        long left = remaining(sources, count);
        long next = position;
        while (left > 0) {
            long written = write(sources, count, next);
            if (written <= 0) {
                throw new IOException("write at " + next + " took no bytes (expected: " + left + ")");
            }
            next += written;
            left -= written;
        }
    }

    /** What is left in the first {@code count} of {@code sources}. */
    static long remaining(ByteBuffer[] sources, int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += sources[i].remaining();
        }
        return bytes;
    }

    /** Writes everything or throws. */
    default void writeFully(ByteBuffer source, long position) throws IOException {
        long next = position;
        while (source.hasRemaining()) {
            int count = write(source, next);
            if (count <= 0) {
                throw new IOException("write at " + next + " took no bytes (expected: " + source.remaining() + ")");
            }
            next += count;
        }
    }
}
