// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks through the catalogue while the store serves, and drops entries whose block is not in the log any more. Until it is
 * done such entries count as held, and are dropped when somebody asks for them. For one thread.
 */
final class LateSweep implements Housekeeping.Work {
    private static final Logger LOG = LoggerFactory.getLogger(LateSweep.class);
    private static final int SEGMENTS_PER_STEP = 256;

    private final Catalogue catalogue;
    private final SegmentIndex index;
    private final BlockLog log;
    private final BlockReader reader;
    private final Predicate<BlockPlacement> isDoubtful;
    private final Lock writeLock;
    private final BooleanSupplier closed;
    private @Nullable SegmentId last;
    private long dropped;

    LateSweep(
            Catalogue catalogue,
            SegmentIndex index,
            BlockLog log,
            BlockReader reader,
            Predicate<BlockPlacement> isDoubtful,
            Lock writeLock,
            BooleanSupplier closed) {
        this.catalogue = catalogue;
        this.index = index;
        this.log = log;
        this.reader = reader;
        this.isDoubtful = isDoubtful;
        this.writeLock = writeLock;
        this.closed = closed;
    }

    @Override
    public long step() {
        List<SegmentId> doubtful = new ArrayList<>();
        int[] seen = {0};
        index.walk(last, (id, entry) -> {
            last = id;
            if (entry == null || isDoubtful(entry)) {
                doubtful.add(id);
            }
            return ++seen[0] < SEGMENTS_PER_STEP;
        });
        doubtful.forEach(this::check);
        if (seen[0] == SEGMENTS_PER_STEP) {
            return 0;
        }
        finish();
        return -1;
    }

    private boolean isDoubtful(SegmentEntry entry) {
        return entry.blocks().indexes().anyMatch(blockIndex -> {
            BlockPlacement placement = entry.placement(blockIndex);
            return placement != null && isDoubtful.test(placement);
        });
    }

    private void check(SegmentId id) {
        dropLost(id);
        SegmentEntry entry = index.loadInPassing(id);
        if (entry == null) {
            return;
        }
        for (int blockIndex : entry.blocks().indexes().toArray()) {
            BlockPlacement placement = entry.placement(blockIndex);
            Extent extent = placement == null || !isDoubtful.test(placement) ? null : log.retain(placement.extentId());
            if (placement != null && extent != null) {
                try {
                    // Damage is dropped by whoever hears of it.
                    dropped += reader.check(new BlockKey(entry.attributes(), blockIndex), placement, extent) ? 0 : 1;
                } finally {
                    extent.release();
                }
            }
        }
    }

    /** Lookups hide what points to an extent that is gone; here it is taken out of the catalogue. */
    private void dropLost(SegmentId id) {
        writeLock.lock();
        try {
            SegmentEntry entry = closed.getAsBoolean() ? null : catalogue.read(id);
            if (entry != null) {
                dropLost(entry);
            }
        } catch (BlockStoreException e) {
            if (e.kind() != BlockStoreException.Kind.CORRUPT) {
                throw e;
            }
            catalogue.commit(batch -> batch.removePages(id));
        } finally {
            writeLock.unlock();
        }
    }

    private void dropLost(SegmentEntry entry) {
        SegmentEntry kept = entry;
        for (int blockIndex : entry.blocks().indexes().toArray()) {
            BlockPlacement placement = entry.placement(blockIndex);
            if (placement != null && log.extent(placement.extentId()) == null) {
                kept = kept.with(blockIndex, null);
                dropped++;
            }
        }
        if (kept != entry) {
            index.replace(entry, kept);
            index.refresh(entry.id());
        }
    }

    private void finish() {
        writeLock.lock();
        try {
            if (!closed.getAsBoolean()) {
                index.setSweepNeeded(false);
                index.commitStatus(false);
                LOG.info("The catalogue has been checked: {} entries dropped", dropped);
            }
        } finally {
            writeLock.unlock();
        }
    }
}
