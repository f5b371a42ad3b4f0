// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Decides when bytes are forced to the disk. As soon as a window of them has come together, the background begins to force
 * the log, and then the catalogue's tables are written if they are due. Writers go on meanwhile; when they are faster than
 * the disk, each group waits a little, and only when several windows are not on the disk yet until that is over. A window of
 * zero bytes has every group forced before its puts are answered.
 */
final class Durability {
    /** Groups are slowed down when this many windows wait for the disk. */
    private static final int SLOW_WINDOWS = 2;

    /** Groups wait for the disk when this many windows do, which so is all that a start may have to read through. */
    static final int MAX_WINDOWS = 4;

    /** How long a group is held up when the disk is behind. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** What is written again at once after a failure: some milliseconds. */
    private static final int REWRITE_BYTES = 1 << 20;

    private record Target(Extent extent, int writtenBytes) {}

    /** What there is to force at a moment. */
    private record Backlog(List<Target> targets, boolean directory, long appendedBytes) {}

    private final long windowBytes;
    private final Catalogue catalogue;
    private final SegmentIndex index;
    private final BlockLog log;
    private final BlockStoreMetrics metrics;
    private final ReentrantLock writeLock;
    private final Condition forced;
    private final BackgroundSync background;

    /** Held while everything is forced, so that nobody answers for what another thread is still forcing. Taken first. */
    private final ReentrantLock syncLock = new ReentrantLock();

    private volatile long forcedBytes;
    private boolean failing;

    /** Forces that have begun and not ended. Extents that are being forced cannot be given up. */
    private int underWay;

    private long ended;

    Durability(
            long windowBytes,
            Catalogue catalogue,
            SegmentIndex index,
            BlockLog log,
            BlockStoreMetrics metrics,
            ReentrantLock writeLock,
            BackgroundSync background) {
        this.windowBytes = windowBytes;
        this.catalogue = catalogue;
        this.index = index;
        this.log = log;
        this.metrics = metrics;
        this.writeLock = writeLock;
        this.forced = writeLock.newCondition();
        this.background = background;
    }

    private long backlogBytes() {
        return log.appendedBytes() - forcedBytes;
    }

    /**
     * Waits, without the write lock, for the end of a force that another thread is about; false at once when there is none.
     * Under the write lock, once.
     */
    @SuppressWarnings("WaitNotInLoop") // the caller looks again whatever has woken it up
    boolean awaitForce() {
        if (underWay == 0) {
            return false;
        }
        try {
            long before = ended;
            while (ended == before) {
                forced.await();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Forces the log, all of it: what another thread is still forcing is waited for. Under the write lock, once, and
     * without it while that takes.
     */
    void forceNow() throws IOException {
        while (underWay > 0) {
            forced.awaitUninterruptibly();
        }
        force(take());
    }

    /** Has the log forced, and the catalogue's tables written, if enough has come together. Under the write lock. */
    void forceIfDue() throws IOException {
        if (windowBytes == 0) {
            forceNow();
            catalogue.sync();
        }
        boolean logIsDue = windowBytes > 0 && backlogBytes() >= windowBytes;
        if ((logIsDue || catalogue.isFlushDue()) && !background.request()) {
            if (catalogue.isFlushDue()) {
                forceAndFlush();
            } else {
                forceNow();
            }
        }
    }

    /** Keeps the calling writer from outrunning the disk. Not under the write lock. */
    void throttle() {
        if (windowBytes == 0 || backlogBytes() < SLOW_WINDOWS * windowBytes || !background.isRunning()) {
            return;
        }
        writeLock.lock();
        try {
            do {
                if (forced.awaitNanos(PAUSE_NANOS) > 0) {
                    return;
                }
            } while (!failing && backlogBytes() >= MAX_WINDOWS * windowBytes && background.request());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            writeLock.unlock();
        }
    }

    /** Forces the log and writes the catalogue's tables. Under the write lock. */
    void forceAndFlush() throws IOException {
        forceNow();
        catalogue.flush();
        catalogue.measure();
    }

    /** Writes the catalogue's tables if that is due, without keeping others from writing. Not under the write lock. */
    void flushIfDue() {
        writeLock.lock();
        try {
            if (!catalogue.isFlushDue()) {
                return;
            }
            catalogue.beginFlush();
        } finally {
            writeLock.unlock();
        }
        catalogue.finishFlush();
    }

    /** Forces everything, without keeping others from writing meanwhile. Not under the write lock. */
    void sync() throws IOException {
        syncLock.lock();
        try {
            Backlog backlog;
            writeLock.lock();
            try {
                backlog = take();
            } finally {
                writeLock.unlock();
            }
            force(backlog);
            catalogue.sync();
        } finally {
            syncLock.unlock();
        }
    }

    /** Runs {@code action} while nobody else forces everything. */
    void alone(Runnable action) {
        syncLock.lock();
        try {
            action.run();
        } finally {
            syncLock.unlock();
        }
    }

    /** Tries all of it, and throws what the first failure was. */
    private void force(Backlog backlog) throws IOException {
        boolean done = false;
        try {
            tryAll(backlog);
            done = true;
        } finally {
            // Also after a defect: others wait for the end.
            finish(backlog, !done);
        }
        metrics.synced();
    }

    private void tryAll(Backlog backlog) throws IOException {
        Exception failure = null;
        for (Target target : backlog.targets()) {
            try {
                force(target);
            } catch (IOException | RuntimeException e) {
                failure = join(failure, e);
            }
        }
        if (backlog.directory()) {
            try {
                log.files().forceDirectory();
            } catch (IOException | RuntimeException e) {
                failure = join(failure, e);
            }
        }
        if (failure instanceof RuntimeException defect) {
            throw defect;
        }
        if (failure instanceof IOException refused) {
            throw refused;
        }
    }

    private static Exception join(@Nullable Exception first, Exception next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }

    private void finish(Backlog backlog, boolean failed) {
        writeLock.lock();
        try {
            failing = failed;
            underWay--;
            ended++;
            if (!failed) {
                forcedBytes = Math.max(forcedBytes, backlog.appendedBytes());
            } else if (backlog.directory()) {
                log.markDirectoryChanged();
            }
            forced.signalAll();
        } finally {
            writeLock.unlock();
        }
    }

    private Backlog take() {
        List<Target> targets = new ArrayList<>();
        for (Extent extent : log.takeUnsynced()) {
            targets.add(new Target(extent, extent.state().writtenBytes()));
        }
        underWay++;
        return new Backlog(targets, log.takeDirectoryChanged(), log.appendedBytes());
    }

    /** Forces one extent, gives back its reference, and notes how far it is on the disk. */
    private void force(Target target) throws IOException {
        Extent extent = target.extent();
        boolean done = false;
        try {
            if (extent.isRewriteDue()) {
                rewrite(extent, target.writtenBytes());
                extent.setRewriteDue(false);
            }
            extent.file().force();
            done = true;
        } finally {
            extent.release();
            note(target, done);
        }
    }

    /**
     * Writes once more what counts as not forced. After a failed fdatasync the system may call it clean, and the next one
     * would succeed without having written it.
     */
    private void rewrite(Extent extent, int to) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(REWRITE_BYTES);
        for (int from = extent.state().syncedBytes(); from < to; from += REWRITE_BYTES) {
            part.clear().limit(Math.min(REWRITE_BYTES, to - from));
            // Nobody may mark a record in it as removed meanwhile.
            writeLock.lock();
            try {
                extent.file().readFully(part, from);
                extent.file().writeFully(part.flip(), from);
            } finally {
                writeLock.unlock();
            }
        }
    }

    private void note(Target target, boolean done) {
        Extent extent = target.extent();
        writeLock.lock();
        try {
            if (!done) {
                extent.setRewriteDue(true);
                log.markUnsynced(extent);
                return;
            }
            ExtentState state = extent.state();
            if (log.extent(extent.extentId()) == extent && state.syncedBytes() < target.writtenBytes()) {
                extent.setState(state.withSyncedBytes(target.writtenBytes()));
                index.commitExtent(extent);
            }
        } finally {
            writeLock.unlock();
        }
    }
}
