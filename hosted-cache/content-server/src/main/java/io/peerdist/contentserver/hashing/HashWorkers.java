// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import io.peerdist.codec.pccrc.BlockHasher;
import io.peerdist.codec.pccrc.DigestSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A fixed number of threads, each with a hasher of its own. Thread-safe. */
final class HashWorkers implements AutoCloseable {
    private final ThreadPoolExecutor pool;

    /** What a worker does, with the hasher of its thread. */
    interface Task {
        void run(BlockHasher hasher);
    }

    HashWorkers(int threads, int queuedTasks, DigestSource digests) {
        AtomicInteger numbers = new AtomicInteger();
        pool = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queuedTasks),
                loop -> new Worker(loop, "content-hash-" + numbers.getAndIncrement(), new BlockHasher(digests)));
    }

    /**
     * Has a worker run {@code task}; tasks begin in the order they come.
     *
     * @throws RejectedExecutionException when the workers were closed
     */
    void execute(Task task) {
        pool.execute(() -> task.run(((Worker) Thread.currentThread()).hasher));
    }

    /** Ends the workers after the tasks they were given. */
    @Override
    public void close() {
        pool.shutdown();
    }

    private static final class Worker extends Thread {
        final BlockHasher hasher;

        Worker(Runnable loop, String name, BlockHasher hasher) {
            super(loop, name);
            this.hasher = hasher;
            setDaemon(true);
        }
    }
}
