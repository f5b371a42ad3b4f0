// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/**
 * A fixed number of slabs, made on first use and used again. It is what bounds the memory of hashing and what slows the
 * readers down to the speed of the workers: a reader that finds no free slab waits. Thread-safe.
 */
final class SlabPool {
    /** A multiple of the version 1.0 block, so that no block spans two slabs. */
    static final int SLAB_BYTES = 1024 * 1024;

    private final Semaphore free;
    private final ConcurrentLinkedDeque<Slab> idle = new ConcurrentLinkedDeque<>();
    private final int slabs;

    SlabPool(int slabs) {
        this.slabs = slabs;
        this.free = new Semaphore(slabs, true);
    }

    /** Waits for a free slab; the caller owns its only reference. */
    Slab acquire() throws InterruptedException {
        free.acquire();
        Slab slab = idle.pollLast(); // the warmest in the processor's caches
        if (slab == null) {
            slab = new Slab(this, SLAB_BYTES);
        }
        slab.own();
        return slab;
    }

    void giveBack(Slab slab) {
        idle.addLast(slab);
        free.release();
    }

    /** Slabs that nobody holds, including those not made yet. */
    int freeSlabs() {
        return free.availablePermits();
    }

    /** Slabs made so far that are idle now: once nobody holds any, all that were ever made. */
    int idleSlabs() {
        return idle.size();
    }

    int slabs() {
        return slabs;
    }
}
