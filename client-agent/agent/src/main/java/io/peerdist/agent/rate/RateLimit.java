// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.rate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * How many bytes may come or go in a second, all together: a token bucket that holds one second's worth. Nobody is made to
 * sleep here; who takes gets a future that completes when its bytes may pass. The rate may change meanwhile. Thread-safe.
 */
public final class RateLimit {
    /** No limit, ever. */
    public static final RateLimit NONE = new RateLimit(false, 0, () -> 0, (end, nanos) -> {});

    /** One TiB per second, far above any network. */
    public static final long MAX_BYTES_PER_SECOND = 1L << 40;

    private final boolean changeable;
    private final LongSupplier nanoTime;
    private final Pauses pauses;
    private final Object lock = new Object();

    /** Those that were told to wait; one for each block or piece of a body that is asked for, and so as few as these. */
    private final Set<Waiting> waiting = new LinkedHashSet<>();

    private TokenBucket bucket;
    private volatile long bytesPerSecond;

    private RateLimit(boolean changeable, long bytesPerSecond, LongSupplier nanoTime, Pauses pauses) {
        this.changeable = changeable;
        this.bytesPerSecond = bytesPerSecond;
        this.nanoTime = nanoTime;
        this.pauses = pauses;
        this.bucket = new TokenBucket(Math.max(1, bytesPerSecond), nanoTime.getAsLong());
    }

    /** Runs something after a pause. */
    @FunctionalInterface
    public interface Pauses {
        /** Has {@code end} run in {@code nanos} nanoseconds, at least 1. It does not block. */
        void after(Runnable end, long nanos);
    }

    /** Somebody who waits for room; told by identity. */
    private static final class Waiting {
        private final CompletableFuture<Void> room = new CompletableFuture<>();
        private long endNanos;

        Waiting(long endNanos) {
            this.endNanos = endNanos;
        }
    }

    /**
     * A limit that is used up now.
     *
     * @param bytesPerSecond 1 to {@link #MAX_BYTES_PER_SECOND}
     */
    public static RateLimit of(long bytesPerSecond, LongSupplier nanoTime, Pauses pauses) {
        check(bytesPerSecond, 1);
        return new RateLimit(true, bytesPerSecond, nanoTime, pauses);
    }

    /** No limit until {@link #setBytesPerSecond} sets one. */
    public static RateLimit unlimited(LongSupplier nanoTime, Pauses pauses) {
        return new RateLimit(true, 0, nanoTime, pauses);
    }

    private static void check(long bytesPerSecond, long min) {
        if (bytesPerSecond < min || bytesPerSecond > MAX_BYTES_PER_SECOND) {
            throw new IllegalArgumentException(
                    "bytes per second: " + bytesPerSecond + " (expected: " + min + " to " + MAX_BYTES_PER_SECOND + ")");
        }
    }

    /**
     * Takes room for {@code bytes} bytes. The future completes when they may pass: in the order of the calls, and never
     * exceptionally. Who does not want to wait any longer may complete it, and the room is taken all the same.
     */
    public CompletableFuture<Void> take(int bytes) {
        if (bytesPerSecond == 0) {
            return CompletableFuture.completedFuture(null);
        }
        Waiting taker;
        long nanos;
        synchronized (lock) {
            long nowNanos = nanoTime.getAsLong();
            nanos = bytesPerSecond == 0 ? 0 : bucket.take(bytes, nowNanos);
            if (nanos == 0) {
                return CompletableFuture.completedFuture(null);
            }
            taker = new Waiting(nowNanos + nanos);
            waiting.add(taker);
        }
        endAfter(taker, taker.endNanos, nanos);
        return taker.room;
    }

    private void endAfter(Waiting taker, long endNanos, long nanos) {
        pauses.after(
                () -> {
                    synchronized (lock) {
                        // Another end was set when the rate changed.
                        if (taker.endNanos != endNanos || !waiting.remove(taker)) {
                            return;
                        }
                    }
                    taker.room.complete(null);
                },
                nanos);
    }

    /** Gives back room for bytes that did not come. */
    public void giveBack(int bytes) {
        synchronized (lock) {
            if (bytesPerSecond != 0) {
                bucket.giveBack(bytes);
            }
        }
    }

    /** How long who takes now waits for those before him, in nanoseconds. */
    public long queueNanos() {
        return bytesPerSecond == 0 ? 0 : bucketOwedNanos();
    }

    private long bucketOwedNanos() {
        synchronized (lock) {
            return bucket.owedNanos(nanoTime.getAsLong());
        }
    }

    /** The rate now; 0 for no limit. */
    public long bytesPerSecond() {
        return bytesPerSecond;
    }

    /**
     * Changes the rate. Who waits already waits for as long as the new one takes.
     *
     * @param newBytesPerSecond 0 for no limit, at most {@link #MAX_BYTES_PER_SECOND}
     * @throws IllegalStateException for {@link #NONE}
     */
    public void setBytesPerSecond(long newBytesPerSecond) {
        check(newBytesPerSecond, 0);
        if (!changeable) {
            throw new IllegalStateException("rate: of NONE (expected: a limit that may change)");
        }
        List<Waiting> moved;
        long nowNanos;
        synchronized (lock) {
            if (newBytesPerSecond == bytesPerSecond) {
                return;
            }
            nowNanos = nanoTime.getAsLong();
            moved = new ArrayList<>(waiting);
            if (newBytesPerSecond == 0) {
                waiting.clear();
            } else if (bytesPerSecond == 0) {
                bucket = new TokenBucket(newBytesPerSecond, nowNanos);
            } else {
                double factor = bucket.change(newBytesPerSecond, nowNanos);
                for (Waiting each : moved) {
                    each.endNanos = nowNanos + (long) Math.ceil(Math.max(1, each.endNanos - nowNanos) * factor);
                }
            }
            bytesPerSecond = newBytesPerSecond;
        }
        for (Waiting each : moved) {
            if (newBytesPerSecond == 0) {
                each.room.complete(null);
            } else {
                endAfter(each, each.endNanos, each.endNanos - nowNanos);
            }
        }
    }
}
