// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.store;

import java.util.Arrays;

/** How long each of many operations took, every one of them. For one thread at a time. */
final class Durations {
    private static final int FIRST_LENGTH = 1 << 16;

    private long[] nanos = new long[FIRST_LENGTH];
    private int count;
    private boolean sorted;

    void add(long durationNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = durationNanos;
        sorted = false;
    }

    void add(Durations others) {
        for (int i = 0; i < others.count; i++) {
            add(others.nanos[i]);
        }
    }

    int count() {
        return count;
    }

    /** What {@code part} of all operations took at most; 1 is the longest of all. NaN without any. */
    double micros(double part) {
        if (!sorted) {
            Arrays.sort(nanos, 0, count);
            sorted = true;
        }
        return count == 0 ? Double.NaN : nanos[(int) Math.ceil(part * count) - 1] / 1e3;
    }

    /** How many took longer. */
    long longerThan(long durationNanos) {
        return Arrays.stream(nanos, 0, count).filter(one -> one > durationNanos).count();
    }
}
