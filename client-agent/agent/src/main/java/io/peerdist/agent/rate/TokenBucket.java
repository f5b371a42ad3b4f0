// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.rate;

/**
 * Says when bytes may pass so that, from any moment on, no more have passed than the rate allows and one second's worth.
 * It lends: what is taken beyond its contents is paid for by the wait of who takes next, in the order of the calls. Begins
 * empty. Thread-safe.
 */
final class TokenBucket {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private long bytesPerSecond;

    /** When all that has been taken is paid for; it never lies more than a second back, and that second is the contents. */
    private long paidNanos;

    TokenBucket(long bytesPerSecond, long nowNanos) {
        this.bytesPerSecond = bytesPerSecond;
        this.paidNanos = nowNanos;
    }

    /** Takes {@code bytes} bytes; returns how many nanoseconds from now they may pass, 0 for at once. */
    synchronized long take(int bytes, long nowNanos) {
        if (nowNanos - paidNanos > SECOND_NANOS) {
            paidNanos = nowNanos - SECOND_NANOS;
        }
        paidNanos += nanos(bytes);
        return Math.max(0, paidNanos - nowNanos);
    }

    /** Undoes a {@link #take}: the bytes did not come. */
    synchronized void giveBack(int bytes) {
        paidNanos -= nanos(bytes);
    }

    /** How many nanoseconds from now all that was taken is paid for; 0 when it is. */
    synchronized long owedNanos(long nowNanos) {
        return Math.max(0, paidNanos - nowNanos);
    }

    /**
     * Changes the rate. What is still to be paid for is paid for at the new one.
     *
     * @return by how much the waits that were told and are not over have to be multiplied
     */
    synchronized double change(long newBytesPerSecond, long nowNanos) {
        double factor = (double) bytesPerSecond / newBytesPerSecond;
        paidNanos = paidNanos - nowNanos > 0
                ? nowNanos + (long) Math.ceil((paidNanos - nowNanos) * factor)
                : nowNanos; // what was saved up at one rate is none of another
        bytesPerSecond = newBytesPerSecond;
        return factor;
    }

    /** Rounded up, so that many small takes do not pass for nothing. */
    private long nanos(int bytes) {
        return (bytes * SECOND_NANOS + bytesPerSecond - 1) / bytesPerSecond;
    }
}
