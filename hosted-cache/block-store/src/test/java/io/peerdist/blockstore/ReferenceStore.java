// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a block store should hold, kept in the simplest way: numbers of segments and of their blocks. */
final class ReferenceStore {
    private final Map<Long, BitSet> blocks = new TreeMap<>();
    private final Set<Long> pinned = new HashSet<>();

    void put(long number, int index) {
        blocks.computeIfAbsent(number, n -> new BitSet()).set(index);
    }

    boolean holds(long number, int index) {
        return blocks.getOrDefault(number, new BitSet()).get(index);
    }

    boolean holds(long number) {
        return blocks.containsKey(number);
    }

    boolean remove(long number, int index) {
        BitSet held = blocks.get(number);
        if (held == null || !held.get(index)) {
            return false;
        }
        held.clear(index);
        if (held.isEmpty()) {
            evict(number);
        }
        return true;
    }

    boolean evict(long number) {
        pinned.remove(number);
        return blocks.remove(number) != null;
    }

    boolean setPinned(long number, boolean pin) {
        if (!blocks.containsKey(number)) {
            return false;
        }
        if (pin) {
            pinned.add(number);
        } else {
            pinned.remove(number);
        }
        return true;
    }

    boolean isPinned(long number) {
        return pinned.contains(number);
    }

    void clear() {
        blocks.clear();
        pinned.clear();
    }

    Map<Long, BitSet> blocks() {
        return blocks;
    }

    long blockCount() {
        return blocks.values().stream().mapToLong(BitSet::cardinality).sum();
    }
}
