// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of a store for work that nobody waits for, in short steps that take turns. Starts nothing before it is asked. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    /** Work to be done in steps. */
    interface Work {
        /** Takes a step. Answers after how many milliseconds the next is due, or -1 when all is done. */
        long step() throws IOException;
    }

    private enum Progress {
        IDLE,
        BUSY,
        /** And asked for again meanwhile. */
        BUSY_AND_ASKED
    }

    /** One kind of work, of which one at most is under way. */
    final class Job {
        private final String name;
        private final Work work;
        private final AtomicReference<Progress> progress = new AtomicReference<>(Progress.IDLE);

        private Job(String name, Work work) {
            this.name = name;
            this.work = work;
        }

        /** Begins the work unless it is under way. False when the thread is gone. */
        boolean request() {
            Progress before =
                    progress.getAndUpdate(now -> now == Progress.IDLE ? Progress.BUSY : Progress.BUSY_AND_ASKED);
            return before != Progress.IDLE || schedule(0);
        }

        /** Whether there is work left. */
        boolean isBusy() {
            return progress.get() != Progress.IDLE;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // run() says itself what has failed
        private boolean schedule(long delayMillis) {
            try {
                executor.schedule(this::run, delayMillis, TimeUnit.MILLISECONDS);
                return true;
            } catch (RejectedExecutionException closed) {
                progress.set(Progress.IDLE);
                return false;
            }
        }

        private void run() {
            long delayMillis = -1;
            try {
                delayMillis = work.step();
            } catch (IOException e) {
                LOG.warn("{} was broken off", name, e);
            } catch (BlockStoreException e) {
                if (e.kind() != BlockStoreException.Kind.CLOSED) {
                    LOG.warn("{} was broken off", name, e);
                }
            } catch (RuntimeException e) {
                LOG.error("{} was broken off by a defect", name, e);
            }
            if (delayMillis >= 0) {
                schedule(delayMillis);
            } else if (!progress.compareAndSet(Progress.BUSY, Progress.IDLE)) {
                // Asked for after the last step had looked for work.
                progress.set(Progress.BUSY);
                schedule(0);
            }
        }
    }

    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "block-store-housekeeping");
        thread.setDaemon(true);
        return thread;
    });

    Housekeeping() {
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** {@code name} is the beginning of a sentence about its failure. */
    Job job(String name, Work work) {
        return new Job(name, work);
    }

    /** Takes no more steps; waits for nobody. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
