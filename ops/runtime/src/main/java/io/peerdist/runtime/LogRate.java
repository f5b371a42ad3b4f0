// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Keeps a line that clients can bring about at will from filling the log: one is due per interval, and it can say how many
 * others there were. Thread-safe.
 */
public final class LogRate {
    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private boolean started;
    private long dueNanos;
    private long withheld;

    /** A line per {@code interval} at most. */
    public LogRate(Duration interval, LongSupplier nanoTime) {
        this.intervalNanos = interval.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Something is to be logged: how many lines were withheld since the last, or empty when this one is withheld too. */
    public synchronized OptionalLong next() {
        long nowNanos = nanoTime.getAsLong();
        if (started && nowNanos - dueNanos < 0) {
            withheld++;
            return OptionalLong.empty();
        }
        started = true;
        dueNanos = nowNanos + intervalNanos;
        OptionalLong others = OptionalLong.of(withheld);
        withheld = 0;
        return others;
    }
}
