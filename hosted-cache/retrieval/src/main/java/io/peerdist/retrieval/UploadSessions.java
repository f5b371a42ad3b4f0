// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import java.util.concurrent.atomic.AtomicInteger;

/** The {@code Active Client Count} of MS-PCCRR 3.2.1 and its limit. Thread-safe. */
final class UploadSessions {
    private final AtomicInteger open = new AtomicInteger();
    private final int max;

    UploadSessions(int max) {
        this.max = max;
    }

    /** Opens a session unless as many as allowed are open. */
    boolean tryOpen() {
        int now = open.get();
        while (now < max) {
            if (open.compareAndSet(now, now + 1)) {
                return true;
            }
            now = open.get();
        }
        return false;
    }

    /** Closes one session that {@link #tryOpen} opened; the count does not go below zero (MS-PCCRR 3.2.5.3). */
    void close() {
        open.updateAndGet(now -> Math.max(0, now - 1));
    }

    /** The number of open sessions, for a gauge. */
    AtomicInteger open() {
        return open;
    }
}
