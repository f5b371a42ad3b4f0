// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What workers and sources tell the thread of a run. It wakes for each report, except for those about blocks that this machine
 * reads itself, of which many come in a millisecond: for them it wakes when a quarter of those on their way have arrived. One
 * thread takes; any may report.
 */
final class Reports {
    /** Above what a plan can have in flight: its window, its look-ups, and one report per block of the origin's runs. */
    private static final int MAX_REPORTS = 65_536;

    /** Of the reports that are gathered; so workers have enough to do while the thread wakes. */
    private static final int SHARE = 4;

    private final BlockingQueue<Runnable> urgent = new LinkedBlockingQueue<>(MAX_REPORTS);
    /** No more than a plan has in flight. */
    private final Queue<Runnable> gathered = new ConcurrentLinkedQueue<>();

    private final AtomicInteger gatheredCount = new AtomicInteger();
    private volatile int enough = 1;
    private int expected;

    /** A report that is to be heard at once. Blocks while the queue is full. */
    void tell(Runnable report) {
        try {
            urgent.put(report);
        } catch (InterruptedException e) {
            // The process ends; nobody reads reports any more.
            Thread.currentThread().interrupt();
        }
    }

    /** Wakes the thread. Never blocks. */
    void wake() {
        // A queue that is full wakes it as well.
        urgent.offer(() -> {});
    }

    /** One more report that is to be gathered will come. For the thread that takes. */
    void expect() {
        expected++;
    }

    /** A report that was expected. */
    void gather(Runnable report) {
        gathered.add(report);
        if (gatheredCount.incrementAndGet() == enough) {
            wake();
        }
    }

    /** Runs what has been reported, each after {@code before}; waits for the first report so long. */
    void run(Runnable before, long waitNanos) throws InterruptedException {
        enough = Math.max(1, expected / SHARE);
        Runnable report = gatheredCount.get() >= enough ? urgent.poll() : urgent.poll(waitNanos, TimeUnit.NANOSECONDS);
        for (; report != null; report = urgent.poll()) {
            before.run();
            report.run();
        }
        for (report = gathered.poll(); report != null; report = gathered.poll()) {
            gatheredCount.decrementAndGet();
            expected--;
            before.run();
            report.run();
        }
    }
}
