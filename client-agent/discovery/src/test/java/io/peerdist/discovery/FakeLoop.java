// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.LongSupplier;

/** A thread and a clock that stand still until they are moved. */
final class FakeLoop implements LoopTasks, LongSupplier {
    private record Timer(long atNanos, long order, Runnable task) {}

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::atNanos).thenComparingLong(Timer::order));
    private final Queue<Runnable> handedOver = new ArrayDeque<>();
    private long nowNanos = Long.MAX_VALUE - 1_000; // clocks overflow
    private long order;
    private boolean away;

    @Override
    public long getAsLong() {
        return nowNanos;
    }

    @Override
    public void execute(Runnable task) {
        if (away) {
            handedOver.add(task);
        } else {
            task.run();
        }
    }

    /** What is executed from now on comes from another thread: it waits for {@link #pass}. */
    void goAway() {
        away = true;
    }

    @Override
    public void after(Duration delay, Runnable task) {
        // Counted from 0, as the order of timers must outlive the overflow.
        timers.add(new Timer(elapsed() + delay.toNanos(), order++, task));
    }

    private long elapsed() {
        return nowNanos - (Long.MAX_VALUE - 1_000);
    }

    void pass(Duration time) {
        while (!handedOver.isEmpty()) {
            handedOver.remove().run();
        }
        long until = elapsed() + time.toNanos();
        while (!timers.isEmpty() && timers.peek().atNanos() <= until) {
            Timer next = timers.remove();
            nowNanos = Long.MAX_VALUE - 1_000 + next.atNanos();
            next.task().run();
        }
        nowNanos = Long.MAX_VALUE - 1_000 + until;
    }

    void passMillis(long millis) {
        pass(Duration.ofMillis(millis));
    }
}
