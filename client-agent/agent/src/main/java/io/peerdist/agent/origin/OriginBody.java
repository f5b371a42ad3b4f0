// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import io.peerdist.agent.rate.RateLimit;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The body of an answer, read by one thread no quicker than the rate limit lets it, which another one cuts off when the origin
 * falls silent. Time in which nobody reads does not count.
 */
public final class OriginBody implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(OriginBody.class);
    private static final int CHECKS_PER_TIMEOUT = 4;

    private final InputStream stream;
    private final RateLimit limit;
    private final long stallNanos;
    private final LongSupplier nanoTime;
    private final ScheduledFuture<?> watch;
    private volatile boolean reading;
    private volatile long readingSinceNanos;
    private volatile boolean stalled;
    private volatile boolean closed;
    private volatile CompletableFuture<Void> pause = CompletableFuture.completedFuture(null);

    OriginBody(
            InputStream stream,
            RateLimit limit,
            long stallNanos,
            LongSupplier nanoTime,
            ScheduledExecutorService timer) {
        this.stream = stream;
        this.limit = limit;
        this.stallNanos = stallNanos;
        this.nanoTime = nanoTime;
        long periodNanos = Math.max(1, stallNanos / CHECKS_PER_TIMEOUT);
        this.watch = timer.scheduleWithFixedDelay(this::check, periodNanos, periodNanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        if (reading && nanoTime.getAsLong() - readingSinceNanos > stallNanos) {
            stalled = true;
            close();
        }
    }

    /** Reads at least one byte, and returns when the rate limit has room for what came; -1 at the end of the body. */
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = readNow(target, offset, length);
        if (read > 0) {
            pause(read);
        }
        return read;
    }

    /** What has come is paid for afterwards: how much it would be, nobody knows before. Ends when the body is closed. */
    private void pause(int bytes) throws InterruptedIOException {
        CompletableFuture<Void> room = limit.take(bytes);
        pause = room;
        if (closed) {
            room.complete(null);
        }
        try {
            room.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a pause never fails", e);
        }
    }

    private int readNow(byte[] target, int offset, int length) throws IOException {
        readingSinceNanos = nanoTime.getAsLong();
        reading = true;
        try {
            int read = stream.read(target, offset, length);
            if (stalled) {
                throw silence(null);
            }
            return read;
        } catch (IOException e) {
            throw stalled ? silence(e) : e;
        } finally {
            reading = false;
        }
    }

    private IOException silence(@Nullable IOException cause) {
        return new IOException("nothing came for " + TimeUnit.NANOSECONDS.toSeconds(stallNanos) + " s", cause);
    }

    /** Reads {@code length} bytes, or fewer when the body ends; returns how many. */
    public int readFully(byte[] target, int length) throws IOException {
        int filled = 0;
        while (filled < length) {
            int read = read(target, filled, length - filled);
            if (read < 0) {
                break;
            }
            filled += read;
        }
        return filled;
    }

    /** Passes over {@code bytes} bytes; false when the body ends before. */
    public boolean skip(long bytes, byte[] scratch) throws IOException {
        for (long left = bytes; left > 0; ) {
            int read = read(scratch, 0, (int) Math.min(left, scratch.length));
            if (read < 0) {
                return false;
            }
            left -= read;
        }
        return true;
    }

    /** Ends the request, also when bytes are still to come. Idempotent, and may come from any thread. */
    @Override
    public void close() {
        watch.cancel(false);
        closed = true;
        pause.complete(null);
        try {
            stream.close();
        } catch (IOException e) {
            LOGGER.debug("a connection that is given up did not close in order: {}", e.getMessage());
        }
    }
}
