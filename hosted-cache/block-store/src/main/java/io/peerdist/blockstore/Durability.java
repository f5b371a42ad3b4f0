// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;

/**
 * Decides when bytes are forced to the disk. The rule: the log is forced before the tables of the catalogue that point to
 * it are written, so that after a power cut no table names a block that is not there. What only the write-ahead log of the
 * catalogue names is checked at the next start.
 */
final class Durability {
    private record Target(Extent extent, int writtenBytes) {}

    private final long maxUnsyncedBytes;
    private final Catalogue catalogue;
    private final SegmentIndex index;
    private final BlockLog log;
    private final BlockStoreMetrics metrics;
    private final Lock writeLock;

    Durability(
            long maxUnsyncedBytes,
            Catalogue catalogue,
            SegmentIndex index,
            BlockLog log,
            BlockStoreMetrics metrics,
            Lock writeLock) {
        this.maxUnsyncedBytes = maxUnsyncedBytes;
        this.catalogue = catalogue;
        this.index = index;
        this.log = log;
        this.metrics = metrics;
        this.writeLock = writeLock;
    }

    /** Forces the log, and then writes tables of the catalogue, if enough has come together. Under the write lock. */
    void forceIfDue() throws IOException {
        if (catalogue.isFlushDue()) {
            forceAndFlush();
        } else if (log.unsyncedBytes() >= maxUnsyncedBytes) {
            forceLog();
        }
    }

    /** Forces the log and writes the catalogue's tables. Under the write lock. */
    void forceAndFlush() throws IOException {
        forceLog();
        catalogue.flush();
        catalogue.measure();
    }

    private void forceLog() throws IOException {
        force(takeTargets());
    }

    /** Forces everything, without keeping others from writing meanwhile. Not under the write lock. */
    void sync() throws IOException {
        List<Target> targets;
        writeLock.lock();
        try {
            targets = takeTargets();
        } finally {
            writeLock.unlock();
        }
        force(targets);
        catalogue.sync();
    }

    /** Tries all of them, and throws what the first failure was. */
    private void force(List<Target> targets) throws IOException {
        IOException failure = null;
        for (Target target : targets) {
            try {
                force(target);
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        metrics.synced();
    }

    private List<Target> takeTargets() {
        List<Target> targets = new ArrayList<>();
        for (Extent extent : log.takeUnsynced()) {
            targets.add(new Target(extent, extent.state().writtenBytes()));
        }
        return targets;
    }

    /** Forces one extent, gives back its reference, and notes how far it is on the disk. */
    private void force(Target target) throws IOException {
        Extent extent = target.extent();
        boolean forced = false;
        try {
            extent.file().force();
            forced = true;
        } finally {
            extent.release();
            note(target, forced);
        }
    }

    private void note(Target target, boolean forced) {
        Extent extent = target.extent();
        writeLock.lock();
        try {
            if (!forced) {
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
