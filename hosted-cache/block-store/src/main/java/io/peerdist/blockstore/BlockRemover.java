// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes blocks one by one: on request, for damage and for age. What goes for space is the matter of {@link Eviction}. */
final class BlockRemover {
    private static final Logger LOG = LoggerFactory.getLogger(BlockRemover.class);

    private final SegmentIndex index;
    private final BlockLog log;
    private final BlockStoreMetrics metrics;
    private final Lock writeLock;
    private final BooleanSupplier closed;

    BlockRemover(SegmentIndex index, BlockLog log, BlockStoreMetrics metrics, Lock writeLock, BooleanSupplier closed) {
        this.index = index;
        this.log = log;
        this.metrics = metrics;
        this.writeLock = writeLock;
        this.closed = closed;
    }

    /** Removes all blocks of a segment. Under the write lock. */
    void removeAll(SegmentEntry entry, BlockStoreMetrics.Removal reason) {
        @Nullable
        BlockPlacement[] nothing =
                new @Nullable BlockPlacement[entry.attributes().blockCount()];
        remove(entry, entry.withPlacements(nothing), reason);
    }

    /** Removes a block, and answers whether it was held. Under the write lock. */
    boolean remove(SegmentEntry entry, int blockIndex, BlockStoreMetrics.Removal reason) {
        if (entry.placement(blockIndex) == null) {
            return false;
        }
        remove(entry, entry.with(blockIndex, null), reason);
        return true;
    }

    /** Removes from the log what {@code after} has no longer, then from the catalogue. */
    private void remove(SegmentEntry before, SegmentEntry after, BlockStoreMetrics.Removal reason) {
        int removed = 0;
        for (int blockIndex : before.blocks().minus(after.blocks()).indexes().toArray()) {
            BlockPlacement placement = before.placement(blockIndex);
            if (placement == null) {
                continue;
            }
            removed++;
            try {
                log.invalidate(new BlockKey(before.attributes(), blockIndex), placement);
            } catch (IOException e) {
                LOG.warn("The record at {} could not be marked as removed; only a rebuild would find it", placement, e);
            }
        }
        index.replace(before, after);
        metrics.removed(reason, removed);
    }

    /** Removes a block that cannot be read as it was written, unless it has gone or moved meanwhile. Takes the write lock. */
    void dropDamaged(BlockKey key, BlockPlacement placement, String reason) {
        writeLock.lock();
        try {
            SegmentId id = key.id();
            SegmentEntry entry = closed.getAsBoolean() ? null : index.loadInPassing(id);
            BlockPlacement current = entry == null ? null : entry.placement(key.blockIndex());
            if (entry == null || current == null || !current.isAt(placement.extentId(), placement.offset())) {
                return;
            }
            LOG.warn(
                    "Block {} of segment {} ({}) is damaged: {}; it is dropped and will be fetched anew",
                    key.blockIndex(),
                    id,
                    placement,
                    reason);
            metrics.damaged();
            remove(entry, key.blockIndex(), BlockStoreMetrics.Removal.DAMAGE);
        } finally {
            writeLock.unlock();
        }
    }
}
