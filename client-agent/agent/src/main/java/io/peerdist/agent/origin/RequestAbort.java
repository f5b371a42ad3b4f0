// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Cuts off requests that wait for the header of their answer. Thread-safe. */
public final class RequestAbort {
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean aborted;

    /** A request waits that {@code cancel} ends. */
    void begin(Runnable cancel) {
        waiting.add(cancel);
        if (aborted) {
            cancel.run();
        }
    }

    /** It does not wait any more. */
    void end(Runnable cancel) {
        waiting.remove(cancel);
    }

    /** Whether everything has been cut off. */
    public boolean isAborted() {
        return aborted;
    }

    /** Ends all that wait, and all that begin later. Idempotent. */
    public void abort() {
        aborted = true;
        waiting.forEach(Runnable::run);
    }
}
