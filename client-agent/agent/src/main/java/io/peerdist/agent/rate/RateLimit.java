// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.rate;

import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes may come in a second, from everywhere together: a token bucket that holds one second's worth. Nobody is made
 * to sleep here; who takes gets a future that completes when its bytes may pass. Thread-safe.
 */
public final class RateLimit {
    /** No limit. */
    public static final RateLimit NONE = new RateLimit(null, () -> 0, (end, nanos) -> {});

    /** One TiB per second, far above any network. */
    public static final long MAX_BYTES_PER_SECOND = 1L << 40;

    private final @Nullable TokenBucket bucket;
    private final LongSupplier nanoTime;
    private final Pauses pauses;

    private RateLimit(@Nullable TokenBucket bucket, LongSupplier nanoTime, Pauses pauses) {
        this.bucket = bucket;
        this.nanoTime = nanoTime;
        this.pauses = pauses;
    }

    /** Runs something after a pause. */
    @FunctionalInterface
    public interface Pauses {
        /** Has {@code end} run in {@code nanos} nanoseconds, at least 1. It does not block. */
        void after(Runnable end, long nanos);
    }

    /**
     * A limit that is used up now.
     *
     * @param bytesPerSecond 1 to {@link #MAX_BYTES_PER_SECOND}
     */
    public static RateLimit of(long bytesPerSecond, LongSupplier nanoTime, Pauses pauses) {
        if (bytesPerSecond < 1 || bytesPerSecond > MAX_BYTES_PER_SECOND) {
            throw new IllegalArgumentException(
                    "bytes per second: " + bytesPerSecond + " (expected: 1 to " + MAX_BYTES_PER_SECOND + ")");
        }
        return new RateLimit(new TokenBucket(bytesPerSecond, nanoTime.getAsLong()), nanoTime, pauses);
    }

    /**
     * Takes room for {@code bytes} bytes. The future completes when they may pass: in the order of the calls, and never
     * exceptionally. Who does not want to wait any longer may complete it, and the room is taken all the same.
     */
    public CompletableFuture<Void> take(int bytes) {
        long nanos = bucket == null ? 0 : bucket.take(bytes, nanoTime.getAsLong());
        if (nanos == 0) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> room = new CompletableFuture<>();
        pauses.after(() -> room.complete(null), nanos);
        return room;
    }

    /** Gives back room for bytes that did not come. */
    public void giveBack(int bytes) {
        if (bucket != null) {
            bucket.giveBack(bytes);
        }
    }
}
