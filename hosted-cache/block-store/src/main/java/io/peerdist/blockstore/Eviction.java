// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up one extent in steps, each short enough that writers do not notice: what is worth keeping is appended to the open
 * extent, the rest is dropped. Between the steps others may change anything; what they have changed is left alone. All
 * methods are called under the store's write lock.
 */
final class Eviction {
    private static final Logger LOG = LoggerFactory.getLogger(Eviction.class);

    /** Records looked at in one step: each may be one read from the disk. */
    private static final int RECORDS_PER_STEP = 128;

    /** Octets moved in one step. */
    private static final int MOVED_BYTES_PER_STEP = 2 << 20;

    /** Which blocks of a victim stay. */
    interface Choice {
        /** Shown each block that is not pinned, before it is asked for the first time, if there is room for any. */
        void survey(SegmentEntry entry, BlockKey key, BlockPlacement placement);

        /** Asked once for each block, in the order of the log. Pinned blocks stay unasked. */
        boolean keeps(SegmentEntry entry, BlockKey key, BlockPlacement placement);
    }

    private final Extent victim;
    private final Choice choice;
    private final boolean keepsPinned;
    private final SegmentIndex index;
    private final BlockLog log;
    private final BlockStoreMetrics metrics;
    private final RecordScanner scanner;
    private int surveyed = ExtentHeader.DATA_POSITION;
    private int cursor = ExtentHeader.DATA_POSITION;
    private int roomBytes;
    private boolean stuck;

    private IndexUpdate update = new IndexUpdate();
    private int records;
    private int movedBytes;
    private int evicted;
    private int moved;
    private int dropped;
    private int kept;

    /**
     * An eviction of {@code victim} that may append {@code roomBytes} of blocks that are not pinned.
     */
    Eviction(
            Extent victim,
            Choice choice,
            boolean keepsPinned,
            int roomBytes,
            SegmentIndex index,
            BlockLog log,
            BlockStoreMetrics metrics) {
        this.victim = victim;
        this.choice = choice;
        this.keepsPinned = keepsPinned;
        this.roomBytes = roomBytes;
        this.index = index;
        this.log = log;
        this.metrics = metrics;
        this.scanner = RecordScanner.ofHeaders(victim.file(), victim.state().salt());
    }

    Extent victim() {
        return victim;
    }

    /** Whether no step is left to take. */
    boolean isDone() {
        return stuck || cursor >= victim.state().writtenBytes();
    }

    /** Whether any block has been appended to the open extent. */
    boolean hasMoved() {
        return kept > 0;
    }

    /** Whether a block could neither be moved nor dropped, so that the extent has to stay. */
    boolean isStuck() {
        return stuck;
    }

    /** The most of the open extent that this may still need. */
    long reservedBytes() {
        ExtentState state = victim.state();
        long pinned = keepsPinned ? state.pinnedBytes() : 0;
        return pinned + Math.min(roomBytes, state.liveBytes() - pinned);
    }

    /** Takes a step; false when nothing is left to take. */
    boolean step() throws IOException {
        int end = victim.state().writtenBytes();
        if (isDone()) {
            return false;
        }
        records = 0;
        movedBytes = 0;
        if (roomBytes > 0 && surveyed < end) {
            surveyed = scanner.scanSome(surveyed, end, this::survey).end();
            return true;
        }
        try {
            RecordScanner.Result result = scanner.scanSome(cursor, end, this::take);
            cursor = result.end();
        } finally {
            commit();
        }
        return !isDone();
    }

    private boolean survey(RecordHeader header) {
        int blockIndex = header.key().blockIndex();
        SegmentEntry entry = index.loadInPassing(header.key().id());
        BlockPlacement placement = entry == null ? null : entry.placement(blockIndex);
        if (entry != null
                && placement != null
                && placement.isAt(victim.extentId(), header.offset())
                && !(entry.isPinned() && keepsPinned)) {
            choice.survey(entry, new BlockKey(entry.attributes(), blockIndex), placement);
        }
        return ++records < RECORDS_PER_STEP;
    }

    /** Answers whether the step goes on. */
    private boolean take(RecordHeader header) throws IOException {
        int blockIndex = header.key().blockIndex();
        SegmentEntry entry = index.loadInPassing(header.key().id(), update);
        BlockPlacement placement = entry == null ? null : entry.placement(blockIndex);
        if (entry != null && placement != null && placement.isAt(victim.extentId(), header.offset())) {
            take(entry, new BlockKey(entry.attributes(), blockIndex), placement);
        }
        return !stuck && ++records < RECORDS_PER_STEP && movedBytes < MOVED_BYTES_PER_STEP;
    }

    private void take(SegmentEntry entry, BlockKey key, BlockPlacement placement) throws IOException {
        int recordBytes = placement.recordBytes();
        if (entry.isPinned() && keepsPinned) {
            if (log.hasRoom(recordBytes)) {
                keep(entry, key, placement);
            } else {
                // It has been pinned only after the room for pinned blocks was set aside.
                stuck = true;
            }
        } else if (choice.keeps(entry, key, placement) && hasRoomFor(recordBytes)) {
            roomBytes -= recordBytes;
            keep(entry, key, placement);
        } else {
            drop(entry, key);
            evicted++;
        }
    }

    /** Pinned blocks come first. */
    private boolean hasRoomFor(int recordBytes) {
        long pinned = keepsPinned ? victim.state().pinnedBytes() : 0;
        return recordBytes <= roomBytes && log.hasRoom((int) Math.min(Integer.MAX_VALUE, recordBytes + pinned));
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
        movedBytes += copy.recordBytes();
        moved++;
    }

    private void drop(SegmentEntry entry, BlockKey key) {
        update.replace(entry, entry.with(key.blockIndex(), null));
    }

    private void commit() {
        if (update.isEmpty()) {
            return;
        }
        index.commit(update);
        update = new IndexUpdate();
        metrics.removed(BlockStoreMetrics.Removal.SPACE, evicted);
        metrics.relocated(moved);
        dropped += evicted;
        kept += moved;
        evicted = 0;
        moved = 0;
    }

    @Override
    public String toString() {
        return "extent " + victim.extentId() + ": " + dropped + " blocks dropped, " + kept + " moved";
    }
}
