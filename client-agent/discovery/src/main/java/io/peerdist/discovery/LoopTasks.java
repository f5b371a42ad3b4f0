// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.time.Duration;

/** The one thread on which both roles live, and its timers. */
interface LoopTasks {
    /** Runs {@code task} on the thread soon; at once when called there. */
    void execute(Runnable task);

    /** Runs {@code task} on the thread after {@code delay}. */
    void after(Duration delay, Runnable task);
}
