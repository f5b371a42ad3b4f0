// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import java.time.InstantSource;

/**
 * The only place that reads the machine's clocks. Components take {@link InstantSource} when they want the time of day and
 * a {@code LongSupplier} (this clock's {@link #nanoTime}) when they measure. Thread-safe.
 */
public interface Clock extends InstantSource {
    /** A count of nanoseconds that only ever grows; just differences have a meaning. */
    long nanoTime();

    /** The clocks of this machine. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
