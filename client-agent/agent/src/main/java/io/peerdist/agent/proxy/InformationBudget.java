// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import java.util.concurrent.atomic.AtomicLong;

/** What content information on its way in may take of the memory, all requests together. Thread-safe. */
final class InformationBudget {
    /** Eight of the largest, or thousands of the usual ones. */
    static final long MAX_BYTES = 64L << 20;

    private final AtomicLong taken = new AtomicLong();

    /** Whether there is room for as much. */
    boolean take(long bytes) {
        if (taken.addAndGet(bytes) > MAX_BYTES) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }
}
