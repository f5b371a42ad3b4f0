// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * An extent file on the disk. A file channel closes itself when a thread that uses it is interrupted, which would take the
 * extent from everybody else; so the channel is opened again then, and the thread keeps its interrupt for later.
 */
final class DiskExtentFile implements ExtentFile {
    /** An interrupt costs one attempt; nobody interrupts a thread this often within one read. */
    private static final int MAX_ATTEMPTS = 100;

    private final Path path;
    private final Object reopening = new Object();
    private volatile FileChannel channel;
    private volatile boolean closed;

    DiskExtentFile(Path path, StandardOpenOption... additional) throws IOException {
        this.path = path;
        this.channel = open(path, additional);
    }

    private static FileChannel open(Path path, StandardOpenOption... additional) throws IOException {
        StandardOpenOption[] options = Arrays.copyOf(additional, additional.length + 2);
        options[additional.length] = StandardOpenOption.READ;
        options[additional.length + 1] = StandardOpenOption.WRITE;
        return FileChannel.open(path, options);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return attempt(open -> open.read(target, position));
    }

    /** An interrupt may come when octets have been taken already: the next attempt goes on behind them. */
    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        int start = source.position();
        attempt(open -> source.hasRemaining() ? open.write(source, position + source.position() - start) : 0);
        return source.position() - start;
    }

    @Override
    public long write(ByteBuffer[] sources, int count, long position) throws IOException {
        long all = ExtentFile.remaining(sources, count);
        attempt(open -> {
            long taken = all - ExtentFile.remaining(sources, count);
            return taken == all ? 0 : open.position(position + taken).write(sources, 0, count);
        });
        return all - ExtentFile.remaining(sources, count);
    }

    @Override
    public void force() throws IOException {
        attempt(open -> {
            open.force(false);
            return 0;
        });
    }

    @Override
    public long size() throws IOException {
        return attempt(FileChannel::size);
    }

    @Override
    public void resize(long bytes) throws IOException {
        attempt(open -> {
            if (open.size() > bytes) {
                open.truncate(bytes);
            } else if (open.size() < bytes) {
                open.write(ByteBuffer.allocate(1), bytes - 1);
            }
            return 0;
        });
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        synchronized (reopening) {
            closed = true;
            channel.close();
        }
    }

    private interface Operation<T> {
        T on(FileChannel channel) throws IOException;
    }

    private <T> T attempt(Operation<T> operation) throws IOException {
        boolean interrupted = false;
        try {
            for (int attempt = 1; ; attempt++) {
                interrupted |= Thread.interrupted();
                FileChannel current = channel;
                try {
                    return operation.on(current);
                } catch (ClosedChannelException e) {
                    if (closed || attempt == MAX_ATTEMPTS) {
                        throw e;
                    }
                    reopen(current);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void reopen(FileChannel broken) throws IOException {
        synchronized (reopening) {
            if (channel == broken && !closed) {
                channel = open(path);
            }
        }
    }
}
