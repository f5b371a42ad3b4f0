// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.hashing;

import io.peerdist.codec.pccrc.DigestSource;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
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
 * overflow: it has room for an invitation of every worker to every slab, and for those that come too late.
 */
public final class HashingPipeline implements AutoCloseable {
    /** 16 MiB of content in the heap: enough to keep 16 workers busy. */
    static final int SLABS = 16;

    /** Files that are read at once, well below {@link #SLABS}; more wait in {@link #hash}. */
    public static final int MAX_FILES_AT_ONCE = 4;

    private final SlabPool slabs = new SlabPool(SLABS);
    private final Semaphore files = new Semaphore(MAX_FILES_AT_ONCE, true);
    private final int workerThreads;
    private final HashWorkers workers;

    /** As {@link #HashingPipeline(int, DigestSource)} with the Java platform's digests. */
    public HashingPipeline(int workerThreads) {
        this(workerThreads, DigestSource.PLATFORM);
    }

    /**
     * @param workerThreads how many threads hash, at least 1; the number of processors is a good choice
     * @param digests where the hash functions come from
     */
    public HashingPipeline(int workerThreads, DigestSource digests) {
        this.workerThreads = workerThreads;
        // Every worker is invited to every slab, and may find an invitation to one that others have finished.
        this.workers = new HashWorkers(workerThreads, (SLABS + workerThreads + 1) * workerThreads, digests);
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
            return new HashingRun(source, cancelled, slabs, this::invite, secrets).run();
        } finally {
            files.release();
        }
    }

    /** Invites as many workers as there are parts to do. */
    private void invite(SlabWork work) {
        workers.execute(work); // once one has accepted, the work will be done
        for (int i = 1; i < Math.min(workerThreads, work.parts()); i++) {
            try {
                workers.execute(work);
            } catch (RejectedExecutionException closing) {
                return; // the first does it alone, and the next slab finds the pipeline closed
            }
        }
    }

    /** Ends the workers after the parts they are at; files still being hashed fail with a cancellation. */
    @Override
    public void close() {
        workers.close();
    }

    SlabPool slabs() {
        return slabs;
    }
}
