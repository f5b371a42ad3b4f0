// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Hashes files: the calling thread reads and finds the segments' ends, a fixed pool of workers hashes version 1.0 blocks
 * and version 2.0 segments. Several files may be hashed at once; they share the workers and the memory. Thread-safe.
 *
 * <h2>Bounds</h2>
 *
 * Content is in memory only in {@link #SLABS} slabs of 1 MiB, whatever the size and number of files. A file that waits
 * for a slab holds at most one whose last octets belong to a segment that has not ended yet; all its others are in
 * workers' hands and come back. So with more slabs than files somebody always gets on. The workers' queue cannot
 * overflow: it has room for every part of every slab.
 */
public final class HashingPipeline implements AutoCloseable {
    /** 16 MiB of content in the heap: enough to keep 16 workers busy. */
    static final int SLABS = 16;

    /** Files that are read at once, well below {@link #SLABS}; more wait in {@link #hash}. */
    public static final int MAX_FILES_AT_ONCE = 4;

    /** One task for a slab's blocks, and one for each segment that can end in it or with it. */
    private static final int MAX_TASKS_PER_SLAB = 2 + SlabPool.SLAB_BYTES / SegmentChunker.MIN_SEGMENT_BYTES;

    private final SlabPool slabs = new SlabPool(SLABS);
    private final Semaphore files = new Semaphore(MAX_FILES_AT_ONCE, true);
    private final ThreadPoolExecutor workers;

    /** @param workerThreads how many threads hash, at least 1; the number of processors is a good choice */
    public HashingPipeline(int workerThreads) {
        AtomicInteger threads = new AtomicInteger();
        this.workers = new ThreadPoolExecutor(
                workerThreads,
                workerThreads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(SLABS * MAX_TASKS_PER_SLAB),
                task -> {
                    Thread thread = new Thread(task, "content-hash-" + threads.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Reads {@code source} to its end and hashes it; the calling thread does the reading. The source stays open.
     *
     * @param secrets what the segments' keys are derived from
     * @param cancelled asked at every slab; once true, hashing ends early
     * @return nothing for an empty source: MS-PCCRC has no content information of nothing
     * @throws IOException the source could not be read
     * @throws CancellationException {@code cancelled} said so, or the pipeline was closed
     * @throws InterruptedException the calling thread was interrupted while it waited for memory or workers
     */
    public Optional<HashedContent> hash(ReadableByteChannel source, ContentSecrets secrets, BooleanSupplier cancelled)
            throws IOException, InterruptedException {
        files.acquire();
        try {
            return new HashingRun(source, cancelled, slabs, workers, secrets).run();
        } finally {
            files.release();
        }
    }

    /** Ends the workers after the parts they are at; files still being hashed fail with a cancellation. */
    @Override
    public void close() {
        workers.shutdown();
    }

    SlabPool slabs() {
        return slabs;
    }
}
