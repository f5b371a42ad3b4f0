// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import io.peerdist.agent.download.DownloadEngine;
import io.peerdist.agent.download.PartDownload;
import io.peerdist.agent.download.SegmentListener;
import io.peerdist.agent.plan.PlanScope;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file on its way to one program. A thread of its own drives the download until all is verified; the stream lasts until all is
 * taken, and leaves the budget when neither needs it any more. Thread-safe.
 */
final class RunningStream implements ContentStream {
    private static final Logger LOGGER = LoggerFactory.getLogger(RunningStream.class);

    private final StreamRequest request;
    private final OrderedBlocks blocks;
    private final StreamWindow window;
    private final Runnable changed;
    private final Consumer<RunningStream> left;
    private final LongSupplier nanoTime;
    private volatile @Nullable PartDownload download;
    private volatile @Nullable String failure;
    /** Nothing will be taken any more. */
    private volatile boolean over;

    /** When the program took something last, or was told last that there is something. */
    private volatile long activeNanos;

    private boolean driven = true;
    private boolean stalled;

    /**
     * @param window of a stream that has entered the budget
     * @param heldInAll counts the bytes that wait in all streams
     * @param left called once, when the stream has left the budget
     */
    RunningStream(
            StreamRequest request,
            StreamWindow window,
            AtomicLong heldInAll,
            Runnable changed,
            Consumer<RunningStream> left,
            LongSupplier nanoTime) {
        this.request = request;
        this.window = window;
        this.changed = changed;
        this.left = left;
        this.nanoTime = nanoTime;
        this.activeNanos = nanoTime.getAsLong();
        this.blocks = new OrderedBlocks(request.from(), request.end(), heldInAll, this::tell);
    }

    /** Fetches in the calling thread until all is verified, or nothing more can be had or is wanted. */
    void drive(DownloadEngine engine, SegmentListener segments) {
        boolean ended = false;
        try {
            PlanScope scope = new PlanScope(request.from(), request.end(), window::limitOffset);
            PartDownload part = engine.part(request.hashes(), request.repeated(), scope, blocks, segments);
            download = part;
            if (over) {
                part.abandon();
            }
            if (part.run() instanceof PartDownload.End.Failed failed) {
                fail(failed.reason());
            }
            ended = true;
        } finally {
            if (!ended) {
                fail("the agent failed; its log says why");
            }
            driven();
        }
    }

    private void fail(String reason) {
        failure = reason;
        tell();
    }

    private void tell() {
        activeNanos = nanoTime.getAsLong();
        try {
            changed.run();
        } catch (RuntimeException e) {
            LOGGER.error("who takes a stream could not be told", e);
        }
    }

    private synchronized void driven() {
        driven = false;
        leaveIfOver();
    }

    @Override
    public synchronized @Nullable ByteBuffer poll() {
        if (over) {
            return null;
        }
        ByteBuffer next = blocks.poll();
        if (next != null) {
            activeNanos = nanoTime.getAsLong();
            taken();
        }
        return next;
    }

    private void taken() {
        PartDownload part = download;
        if (window.taken(blocks.next()) && part != null) {
            part.wake();
        }
        if (blocks.isAllTaken()) {
            end();
        }
    }

    @Override
    public boolean isComplete() {
        return blocks.isAllTaken();
    }

    @Override
    public @Nullable String failure() {
        return failure;
    }

    @Override
    public synchronized void close() {
        end();
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        blocks.drop();
        PartDownload part = download;
        if (part != null) {
            part.abandon();
        }
        leaveIfOver();
    }

    private void leaveIfOver() {
        if (over && !driven) {
            window.leave(request.hashes().encodedBytes());
            left.accept(this);
        }
    }

    /** Ends the stream when its program has not taken what there is for {@code limit}. */
    void endIfStalled(Duration limit) {
        boolean waits = blocks.hasNext() || failure != null;
        if (waits && nanoTime.getAsLong() - activeNanos > limit.toNanos()) {
            synchronized (this) {
                if (over) {
                    return;
                }
                stalled = true;
                failure = "the program took nothing for " + limit.toSeconds() + " s";
                end();
            }
            tell();
        }
    }

    /** What became of it. */
    synchronized StreamMetrics.Result result() {
        if (isComplete()) {
            return StreamMetrics.Result.COMPLETE;
        }
        if (stalled) {
            return StreamMetrics.Result.STALLED;
        }
        return failure == null ? StreamMetrics.Result.CLOSED : StreamMetrics.Result.FAILED;
    }

    /** What it may hold in memory. */
    synchronized long shareBytes() {
        return window.shareBytes();
    }

    /** What waits to be taken. */
    long heldBytes() {
        return blocks.heldBytes();
    }
}
