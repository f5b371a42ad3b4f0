// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes extents of which nothing is held any longer. The catalogue says on the disk that an extent is about to go before
 * its file does. What takes the disk long, forcing that and freeing the file's blocks, is done without the write lock.
 */
final class ExtentRemoval {
    private static final Logger LOG = LoggerFactory.getLogger(ExtentRemoval.class);

    private final Catalogue catalogue;
    private final SegmentIndex index;
    private final BlockLog log;
    private final Lock writeLock;
    private final BooleanSupplier closed;

    ExtentRemoval(Catalogue catalogue, SegmentIndex index, BlockLog log, Lock writeLock, BooleanSupplier closed) {
        this.catalogue = catalogue;
        this.index = index;
        this.log = log;
        this.writeLock = writeLock;
        this.closed = closed;
    }

    /** Deletes an extent, unless the store has been closed or emptied meanwhile. Not under the write lock. */
    void remove(Extent extent) throws IOException {
        if (!markDeleting(extent)) {
            return;
        }
        catalogue.sync();
        if (unlink(extent)) {
            extent.release();
        }
    }

    private boolean markDeleting(Extent extent) {
        writeLock.lock();
        try {
            if (isGone(extent)) {
                return false;
            }
            ExtentState state = extent.state();
            if (state.liveBlocks() != 0) {
                // Their headers could not be read, so nobody knows which entries they are.
                LOG.warn(
                        "Extent {} had {} blocks that its records do not show; the next start clears their entries",
                        extent.extentId(),
                        state.liveBlocks());
                index.setSweepNeeded(true);
            }
            extent.setState(state.withoutLive().withPhase(ExtentState.Phase.DELETING));
            index.commitExtent(extent);
            return true;
        } finally {
            writeLock.unlock();
        }
    }

    /** Leaves the reference that the store has held to the caller. */
    private boolean unlink(Extent extent) throws IOException {
        writeLock.lock();
        try {
            if (isGone(extent)) {
                return false;
            }
            log.unlink(extent);
            index.commitExtentRemoved(extent.extentId());
            return true;
        } finally {
            writeLock.unlock();
        }
    }

    private boolean isGone(Extent extent) {
        return closed.getAsBoolean() || log.extent(extent.extentId()) != extent;
    }
}
