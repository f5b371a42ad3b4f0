// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import java.util.concurrent.atomic.AtomicLongArray;

/** Which blocks of a file are verified and written, or not wanted. One thread adds; any thread may ask. */
public final class VerifiedBlocks {
    private final AtomicLongArray words;
    private final int blockCount;
    private int count;
    private int firstMissing;

    VerifiedBlocks(int blockCount) {
        this.words = new AtomicLongArray(blockCount / Long.SIZE + 1);
        this.blockCount = blockCount;
    }

    /** Adds a block; false when it was there. */
    boolean add(int ordinal) {
        if (contains(ordinal)) {
            return false;
        }
        int word = ordinal / Long.SIZE;
        words.set(word, words.get(word) | 1L << (ordinal % Long.SIZE));
        count++;
        while (firstMissing < blockCount && contains(firstMissing)) {
            firstMissing++;
        }
        return true;
    }

    /** Adds all but the blocks from {@code from} to {@code end} - 1, which nobody wants. */
    void addAllBut(int from, int end) {
        for (int ordinal = 0; ordinal < from; ordinal++) {
            add(ordinal);
        }
        for (int ordinal = end; ordinal < blockCount; ordinal++) {
            add(ordinal);
        }
    }

    /** Whether the block is verified and written, or not wanted; for any thread. */
    public boolean contains(int ordinal) {
        return (words.get(ordinal / Long.SIZE) >>> (ordinal % Long.SIZE) & 1) != 0;
    }

    /** The lowest ordinal that is not there, or the number of blocks; for the adding thread only. */
    int firstMissing() {
        return firstMissing;
    }

    /** Whether all blocks are there; for the adding thread only. */
    boolean isComplete() {
        return count == blockCount;
    }
}
