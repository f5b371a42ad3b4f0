// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import java.util.ArrayDeque;
import java.util.Deque;

/** The rate of the last few seconds. Not thread-safe. */
final class TransferRate {
    private static final long WINDOW_NANOS = 5_000_000_000L;

    /** Samples are this far apart at least, so that there are few. */
    private static final long SAMPLE_NANOS = 100_000_000L;

    private final Deque<long[]> samples = new ArrayDeque<>();

    /** Takes note of the bytes that have arrived by now. */
    void sample(long nowNanos, long bytes) {
        long[] last = samples.peekLast();
        if (last != null && bytes < last[1]) {
            samples.clear(); // the download began anew
        } else if (last != null && nowNanos - last[0] < SAMPLE_NANOS) {
            return;
        }
        samples.addLast(new long[] {nowNanos, bytes});
        while (samples.size() > 2 && nowNanos - samples.getFirst()[0] > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /** Bytes per second; 0 while there is nothing to compare. */
    double bytesPerSecond() {
        long[] first = samples.peekFirst();
        long[] last = samples.peekLast();
        if (first == null || last == null || last[0] == first[0]) {
            return 0;
        }
        return (last[1] - first[1]) * 1e9 / (last[0] - first[0]);
    }
}
