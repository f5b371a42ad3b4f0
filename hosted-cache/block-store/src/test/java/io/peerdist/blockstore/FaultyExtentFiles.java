// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A disk that fails on demand. All faults are off at first. */
final class FaultyExtentFiles implements ExtentFiles {
    static final String NO_SPACE = "No space left on device";
    static final String INPUT_OUTPUT_ERROR = "Input/output error";

    private final ExtentFiles disk;

    /** Bytes that can still be written before writing throws, in the middle of a write if it comes to that. */
    final AtomicLong writableBytes = new AtomicLong(Long.MAX_VALUE);

    /** What writing throws then. */
    volatile String writeError = NO_SPACE;

    /** The most that one call writes. */
    volatile int maxBytesPerWrite = Integer.MAX_VALUE;

    /** The most that one call reads. */
    volatile int maxBytesPerRead = Integer.MAX_VALUE;

    volatile boolean readsFail;
    volatile boolean forcesFail;
    volatile boolean deletesFail;
    volatile boolean createsFail;
    volatile long usableBytes = Long.MAX_VALUE;

    /** Called before each read. */
    volatile Runnable beforeRead = () -> {};

    /** Called before each force. */
    volatile Runnable beforeForce = () -> {};

    /** Called before the names of files are forced. */
    volatile Runnable beforeDirectoryForce = () -> {};

    /** Called before a file is closed. */
    volatile Runnable beforeClose = () -> {};

    /** Called before an extent is deleted. */
    volatile Runnable beforeDelete = () -> {};

    FaultyExtentFiles(Path directory) {
        try {
            disk = new DiskExtentFiles(directory);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public List<Integer> list() throws IOException {
        return disk.list();
    }

    @Override
    public ExtentFile create(int extentId, long bytes) throws IOException {
        failIf(createsFail, NO_SPACE);
        return new FaultyFile(disk.create(extentId, bytes));
    }

    @Override
    public ExtentFile open(int extentId) throws IOException {
        return new FaultyFile(disk.open(extentId));
    }

    @Override
    public void delete(int extentId) throws IOException {
        beforeDelete.run();
        failIf(deletesFail, INPUT_OUTPUT_ERROR);
        disk.delete(extentId);
    }

    @Override
    public void forceDirectory() throws IOException {
        beforeDirectoryForce.run();
        disk.forceDirectory();
    }

    @Override
    public long usableBytes() throws IOException {
        return Math.min(usableBytes, disk.usableBytes());
    }

    private static void failIf(boolean condition, String message) throws IOException {
        if (condition) {
            throw new IOException(message);
        }
    }

    private final class FaultyFile implements ExtentFile {
        private final ExtentFile file;

        FaultyFile(ExtentFile file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            beforeRead.run();
            failIf(readsFail, INPUT_OUTPUT_ERROR);
            int limit = target.limit();
            target.limit(target.position() + Math.min(target.remaining(), maxBytesPerRead));
            try {
                return file.read(target, position);
            } finally {
                target.limit(limit);
            }
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            failIf(writableBytes.get() <= 0, writeError);
            int limit = source.limit();
            int most = (int) Math.min(maxBytesPerWrite, writableBytes.get());
            source.limit(source.position() + Math.min(source.remaining(), most));
            try {
                int count = file.write(source, position);
                writableBytes.addAndGet(-count);
                return count;
            } finally {
                source.limit(limit);
            }
        }

        @Override
        public void force() throws IOException {
            beforeForce.run();
            failIf(forcesFail, INPUT_OUTPUT_ERROR);
            file.force();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void resize(long bytes) throws IOException {
            file.resize(bytes);
        }

        @Override
        public FileChannel channel() {
            return file.channel();
        }

        @Override
        public void close() throws IOException {
            beforeClose.run();
            file.close();
        }
    }
}
