// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Estimates how often each block has been wanted lately, also while it was not held, in a fixed amount of memory: a
 * count-min sketch of 4-bit counters that are halved now and then, as in TinyLFU (Einziger, Friedman, Manes: "TinyLFU: A
 * Highly Efficient Cache Admission Policy", 2017). Counting takes no lock; two readers at the same moment may count as
 * one, which does no harm.
 */
final class FrequencySketch {
    /** Four counters for each key, so that a wrong estimate takes four collisions. */
    private static final int ROWS = 4;

    private static final int COUNTER_BITS = 4;
    static final int MAX_COUNT = 15;

    private static final int COUNTERS_PER_WORD = Long.SIZE / COUNTER_BITS;
    private static final long HALF_MASK = 0x7777777777777777L;

    /** 32 MiB, enough for 64 million counters: 16 million blocks, or 1 TiB. */
    private static final int MAX_WORDS = 1 << 22;

    /** Wants per counted block between two halvings: the paper has 10, but interest in a branch moves on sooner. */
    private static final int SAMPLE_FACTOR = 4;

    private static final long[] SEEDS = {
        0xc3a5c85c97cb3127L, 0xb492b66fbe98f273L, 0x9ae16a3b2f90404fL, 0xcbf29ce484222325L
    };

    private final AtomicLongArray words;
    private final long sampleSize;
    private final LongAdder additions = new LongAdder();

    /** A sketch for about {@code keys} blocks. */
    FrequencySketch(long keys) {
        int wanted = (int) Math.min(MAX_WORDS, Math.max(64, keys * ROWS / COUNTERS_PER_WORD));
        this.words = new AtomicLongArray(Integer.highestOneBit(wanted));
        this.sampleSize = SAMPLE_FACTOR * Math.max(1, keys);
    }

    /** The key that stands for a block. */
    static long keyOf(SegmentId id, int blockIndex) {
        return id.asByteBuffer().getLong(0) + blockIndex * 0x9e3779b97f4a7c15L;
    }

    /** Counts one read or put of the block with {@code key}; answers its frequency with that, 1 to {@link #MAX_COUNT}. */
    int increment(long key) {
        int least = MAX_COUNT;
        for (long seed : SEEDS) {
            long spread = spread(key, seed);
            int word = (int) (spread & (words.length() - 1));
            int shift = (int) (spread >>> 60) * COUNTER_BITS;
            long value = words.getOpaque(word);
            int count = (int) ((value >>> shift) & MAX_COUNT);
            if (count < MAX_COUNT) {
                words.setOpaque(word, value + (1L << shift));
                count++;
            }
            least = Math.min(least, count);
        }
        additions.increment();
        return least;
    }

    /** 0 to {@link #MAX_COUNT}; may be too high, hardly ever too low. */
    int frequency(long key) {
        int least = MAX_COUNT;
        for (long seed : SEEDS) {
            long spread = spread(key, seed);
            int shift = (int) (spread >>> 60) * COUNTER_BITS;
            long value = words.getOpaque((int) (spread & (words.length() - 1)));
            least = Math.min(least, (int) ((value >>> shift) & MAX_COUNT));
        }
        return least;
    }

    /**
     * Halves all counters when enough has been counted since the last time, and answers whether that was so. For one
     * thread at a time.
     */
    boolean ageIfDue() {
        if (additions.sum() < sampleSize) {
            return false;
        }
        additions.reset();
        for (int word = 0; word < words.length(); word++) {
            words.setOpaque(word, (words.getOpaque(word) >>> 1) & HALF_MASK);
        }
        return true;
    }

    private static long spread(long hash, long seed) {
        long mixed = (hash ^ seed) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
