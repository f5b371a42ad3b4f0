// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One piece of a file in the heap, shared by the reader that fills it and the tasks that hash parts of it. Whoever holds
 * a reference may read; the last one to let go gives the slab back to its pool.
 */
final class Slab {
    final byte[] octets;

    private final SlabPool pool;
    private final AtomicInteger references = new AtomicInteger();

    Slab(SlabPool pool, int bytes) {
        this.pool = pool;
        this.octets = new byte[bytes];
    }

    /** The pool hands the slab out: its only reference is the new owner's. */
    void own() {
        if (!references.compareAndSet(0, 1)) {
            throw new IllegalStateException("references: " + references.get() + " (expected: 0)");
        }
    }

    /** One more reference, taken by somebody who already holds one. */
    Slab retain() {
        if (references.getAndIncrement() <= 0) {
            throw new IllegalStateException("retained after its release");
        }
        return this;
    }

    /** One reference fewer. */
    void release() {
        int left = references.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("references: " + left + " (expected: at least 0)");
        }
        if (left == 0) {
            pool.giveBack(this);
        }
    }
}
