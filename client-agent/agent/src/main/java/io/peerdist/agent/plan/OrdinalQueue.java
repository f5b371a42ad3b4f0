// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import java.util.BitSet;

/** A set of block ordinals that is taken from its low end. Not thread-safe. */
final class OrdinalQueue {
    private final BitSet ordinals = new BitSet();

    /** No ordinal below this one is in the set. */
    private int lowest;

    void add(int ordinal) {
        ordinals.set(ordinal);
        lowest = Math.min(lowest, ordinal);
    }

    void remove(int ordinal) {
        ordinals.clear(ordinal);
    }

    boolean contains(int ordinal) {
        return ordinals.get(ordinal);
    }

    /** The first ordinal in the set from {@code from} on, or -1. */
    int next(int from) {
        if (from > lowest) {
            return ordinals.nextSetBit(from);
        }
        int next = ordinals.nextSetBit(lowest);
        lowest = next < 0 ? ordinals.length() : next;
        return next;
    }

    boolean isEmpty() {
        return ordinals.isEmpty();
    }
}
