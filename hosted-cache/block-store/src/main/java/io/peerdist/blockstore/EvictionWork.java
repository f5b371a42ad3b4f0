// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/** Takes the steps of the eviction that is under way, on the background thread. */
final class EvictionWork implements Housekeeping.Work {
    private final SpaceKeeper spaceKeeper;
    private final Durability durability;
    private final Lock writeLock;
    private final BooleanSupplier closed;

    EvictionWork(SpaceKeeper spaceKeeper, Durability durability, Lock writeLock, BooleanSupplier closed) {
        this.spaceKeeper = spaceKeeper;
        this.durability = durability;
        this.writeLock = writeLock;
        this.closed = closed;
    }

    @Override
    public long step() throws IOException {
        writeLock.lock();
        try {
            if (closed.getAsBoolean()) {
                return -1;
            }
            if (spaceKeeper.stepEviction()) {
                durability.forceIfDue();
                return 0;
            }
        } finally {
            writeLock.unlock();
        }
        spaceKeeper.finishEviction();
        return -1;
    }
}
