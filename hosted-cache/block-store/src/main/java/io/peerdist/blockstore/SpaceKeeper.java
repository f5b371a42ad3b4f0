// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the store within its limit: decides when a new extent may be made and which one has to go for it. All methods are
 * called under the store's write lock.
 *
 * <p><b>Order.</b> One extent's worth of space is kept free. When the open extent is full, the new one takes that space;
 * then the victim's pinned and hot blocks are appended to the new one, and the victim is deleted, which frees the space
 * again. So the limit holds at every moment, not just in the end.
 *
 * <p><b>Victim.</b> {@link EvictionPolicy} chooses it, and which of its blocks survive. Extents that somebody is reading are
 * left alone, because their space would not come free.
 */
final class SpaceKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(SpaceKeeper.class);

    /** The most of a victim, in parts of 8, that hot blocks may keep: an eviction has to be worth its writes. */
    private static final int HOT_EIGHTHS = 4;

    /** The most of a victim, in parts of 8, that may be pinned. */
    private static final int PINNED_EIGHTHS = 7;

    private final BlockStoreSettings settings;
    private final Catalogue catalogue;
    private final SegmentIndex index;
    private final BlockLog log;
    private final EvictionPolicy policy;
    private final Durability durability;
    private final BlockStoreMetrics metrics;

    /** What the store is made of, as far as space goes. */
    SpaceKeeper(
            BlockStoreSettings settings,
            Catalogue catalogue,
            SegmentIndex index,
            BlockLog log,
            EvictionPolicy policy,
            Durability durability,
            BlockStoreMetrics metrics) {
        this.settings = settings;
        this.catalogue = catalogue;
        this.index = index;
        this.log = log;
        this.policy = policy;
        this.durability = durability;
        this.metrics = metrics;
    }

    /** Whether the open extent has room for another record at this moment. */
    boolean hasRoom(int recordBytes) {
        return log.hasRoom(recordBytes);
    }

    private boolean fits(long moreBytes) {
        return log.fileBytes() + catalogue.reservedBytes() + moreBytes <= settings.maxBytes();
    }

    /**
     * Makes sure that the open extent has room for a record, and that the limit holds. Answers {@link PutResult#STORED}
     * when that is so, else why not.
     */
    PutResult makeRoom(int recordBytes) throws IOException {
        catalogue.measureIfDue();
        // Every round makes or frees an extent, or tidies the catalogue up, so this many rounds are enough.
        for (int rounds = 2 * log.extents().size() + 4; rounds > 0; rounds--) {
            boolean hasRoom = log.hasRoom(recordBytes);
            if (hasRoom && fits(0)) {
                return PutResult.STORED;
            }
            if (!hasRoom) {
                sealOpen();
            }
            if (!(hasRoom ? makeCatalogueFit() : makeExtent())) {
                return PutResult.REJECTED_NO_SPACE;
            }
        }
        return PutResult.REJECTED_NO_SPACE;
    }

    /** Takes a step toward an extent with room; false when there is none to take. */
    private boolean makeExtent() throws IOException {
        if (fits(2 * settings.extentBytes())) {
            create();
            return true;
        }
        if (fits(settings.extentBytes())) {
            return rotate() || compactCatalogue();
        }
        return makeCatalogueFit();
    }

    /** Takes a step toward being within the limit again after the catalogue has grown. */
    private boolean makeCatalogueFit() throws IOException {
        return compactCatalogue() || evictToShrink();
    }

    /** False when that has been done already and cannot help again. */
    private boolean compactCatalogue() throws IOException {
        if (!catalogue.isCompactionWorthwhile()) {
            return false;
        }
        durability.forceAndFlush();
        catalogue.compact();
        return true;
    }

    private void create() throws IOException {
        Extent extent = log.create((int) settings.extentBytes());
        index.commitExtent(extent);
    }

    /** Closes the open extent to further records. */
    private void sealOpen() throws IOException {
        Extent open = log.open();
        if (open == null) {
            return;
        }
        log.seal(open);
        index.commitExtent(open);
    }

    /** Takes the spare space for a new extent and moves what is worth keeping of a victim there. */
    private boolean rotate() throws IOException {
        Extent victim = victim(settings.extentBytes() * PINNED_EIGHTHS / 8);
        if (victim == null) {
            return false;
        }
        create();
        evict(victim, victim.state().extentBytes() / 8 * HOT_EIGHTHS);
        return true;
    }

    /** Gives up an extent without pinned blocks; there is no room to move anything. */
    private boolean evictToShrink() throws IOException {
        Extent victim = victim(0);
        if (victim == null) {
            return false;
        }
        evict(victim, 0);
        return true;
    }

    /** After the limit has been lowered: brings the store within it, at the cost of pinned blocks if need be. */
    void shrinkToLimit() throws IOException {
        while (!fits(0) && evictToShrink()) {
            catalogue.measureIfDue();
        }
        while (!fits(0)) {
            Extent victim = victim(Long.MAX_VALUE);
            if (victim == null) {
                break;
            }
            LOG.warn(
                    "The limit of {} bytes leaves no room for all pinned blocks; dropping {} bytes of them",
                    settings.maxBytes(),
                    victim.state().pinnedBytes());
            dropAll(victim);
        }
    }

    private @Nullable Extent victim(long maxPinnedBytes) {
        return policy.victim(
                log.extentsInOrder(),
                extent -> extent != log.open()
                        && !extent.isBeingRead()
                        && extent.state().pinnedBytes() <= maxPinnedBytes,
                index.tags()::bytes);
    }

    /** Deletes extents of which nothing is held any longer. */
    void deleteEmpty() throws IOException {
        for (Extent extent : log.extentsInOrder()) {
            if (extent != log.open() && extent.state().liveBlocks() == 0) {
                finish(extent);
            }
        }
    }

    /** Moves the pinned and, up to {@code hotBytes}, the hot blocks, drops the others, deletes the file. */
    private void evict(Extent victim, int hotBytes) throws IOException {
        policy.fadeIfDue(log.extents());
        Eviction eviction = new Eviction(victim, survivors(victim, hotBytes));
        eviction.run();
        finish(victim);
        LOG.debug("Evicted extent {}: {} blocks dropped, {} moved", victim.extentId(), eviction.dropped, eviction.kept);
    }

    /** Which blocks stay, besides pinned ones, if {@code roomBytes} may be appended anew. */
    private Survivors survivors(Extent victim, int roomBytes) throws IOException {
        EvictionCensus census = new EvictionCensus();
        if (roomBytes > 0) {
            ExtentState state = victim.state();
            RecordScanner.ofHeaders(victim.file(), state.salt())
                    .scan(ExtentHeader.DATA_POSITION, state.writtenBytes(), (header, iv) -> {
                        SegmentEntry entry = index.loadInPassing(header.key().id());
                        int blockIndex = header.key().blockIndex();
                        BlockPlacement placement = entry == null ? null : entry.placement(blockIndex);
                        if (entry != null
                                && !entry.isPinned()
                                && placement != null
                                && placement.isAt(victim.extentId(), header.offset())) {
                            int frequency = frequency(victim, entry, blockIndex, placement);
                            census.add(entry.component(), frequency, placement.recordBytes());
                        }
                    });
        }
        return policy.survivors(census, roomBytes, index.tags()::bytes);
    }

    private int frequency(Extent extent, SegmentEntry entry, int blockIndex, BlockPlacement placement) {
        return policy.frequency(extent.use(), placement.offset(), FrequencySketch.keyOf(entry.id(), blockIndex));
    }

    private void dropAll(Extent victim) throws IOException {
        Eviction eviction = new Eviction(victim, survivors(victim, 0));
        eviction.keepsPinned = false;
        eviction.run();
        finish(victim);
    }

    /** Deletes an extent of which everything has been moved or dropped. */
    private void finish(Extent victim) throws IOException {
        if (victim.state().liveBlocks() != 0) {
            // Their headers could not be read, so nobody knows which entries they are.
            LOG.warn(
                    "Extent {} had {} blocks that its records do not show; the next start clears their entries",
                    victim.extentId(),
                    victim.state().liveBlocks());
            index.setSweepNeeded(true);
        }
        victim.setState(victim.state().withoutLive().withPhase(ExtentState.Phase.DELETING));
        index.commitExtent(victim);
        Extent open = log.open();
        if (open != null) {
            // What has been moved must be on the disk before the place it came from is gone.
            open.file().force();
        }
        catalogue.sync();
        log.delete(victim);
        index.commitExtentRemoved(victim.extentId());
    }

    /** One pass over a victim's records. Changes are committed some hundreds at a time. */
    private final class Eviction {
        private static final int BLOCKS_PER_COMMIT = 256;

        private final Extent victim;
        private final Survivors survivors;
        private boolean keepsPinned = true;
        private IndexUpdate update = new IndexUpdate();
        private int uncommitted;
        private int evicted;
        private int moved;
        private int dropped;
        private int kept;

        Eviction(Extent victim, Survivors survivors) {
            this.victim = victim;
            this.survivors = survivors;
        }

        void run() throws IOException {
            ExtentState state = victim.state();
            RecordScanner.ofHeaders(victim.file(), state.salt())
                    .scan(ExtentHeader.DATA_POSITION, state.writtenBytes(), (header, iv) -> take(header));
            commit();
        }

        private void take(RecordHeader header) throws IOException {
            int blockIndex = header.key().blockIndex();
            SegmentEntry entry = index.loadInPassing(header.key().id(), update);
            BlockPlacement placement = entry == null ? null : entry.placement(blockIndex);
            if (entry == null || placement == null || !placement.isAt(victim.extentId(), header.offset())) {
                return;
            }
            BlockKey key = new BlockKey(entry.attributes(), blockIndex);
            if (entry.isPinned() && keepsPinned) {
                keep(entry, key, placement);
            } else if (survives(entry, blockIndex, placement)) {
                keep(entry, key, placement);
            } else {
                drop(entry, key);
                evicted++;
            }
            if (++uncommitted == BLOCKS_PER_COMMIT) {
                commit();
            }
        }

        private boolean survives(SegmentEntry entry, int blockIndex, BlockPlacement placement) {
            int frequency = frequency(victim, entry, blockIndex, placement);
            return survivors.keeps(entry.component(), frequency, placement.recordBytes())
                    && log.hasRoom(placement.recordBytes());
        }

        private void keep(SegmentEntry entry, BlockKey key, BlockPlacement placement) throws IOException {
            BlockContent content = log.read(victim, key, placement);
            if (content == null) {
                LOG.warn("Dropped damaged block {} of segment {} at {}", key.blockIndex(), key.id(), placement);
                metrics.damaged();
                metrics.removed(BlockStoreMetrics.Removal.DAMAGE, 1);
                drop(entry, key);
                return;
            }
            BlockPlacement copy = log.append(key, content);
            update.replace(entry, entry.with(key.blockIndex(), copy));
            moved++;
        }

        private void drop(SegmentEntry entry, BlockKey key) {
            update.replace(entry, entry.with(key.blockIndex(), null));
        }

        private void commit() throws IOException {
            index.commit(update);
            update = new IndexUpdate();
            metrics.removed(BlockStoreMetrics.Removal.SPACE, evicted);
            metrics.relocated(moved);
            dropped += evicted;
            kept += moved;
            evicted = 0;
            moved = 0;
            uncommitted = 0;
            durability.forceIfDue();
        }
    }
}
