// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.StoredBlock;
import java.io.IOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Opens blocks for readers. Takes no lock of the store. */
final class BlockReader {
    /** Once for the entry in memory, once more for what replaced it while its extent was being evicted. */
    private static final int MAX_ATTEMPTS = 3;

    /** Hears of blocks that cannot be read as they were written. */
    interface DamageListener {
        /** {@code reason} says what is wrong, as the end of a sentence. */
        void damaged(BlockKey key, BlockPlacement placement, String reason);
    }

    private final SegmentIndex index;
    private final BlockLog log;
    private final EvictionPolicy policy;
    private final UsedDays usedDays;
    private final InstantSource clock;
    private final DamageListener damageListener;

    BlockReader(
            SegmentIndex index,
            BlockLog log,
            EvictionPolicy policy,
            UsedDays usedDays,
            InstantSource clock,
            DamageListener damageListener) {
        this.index = index;
        this.log = log;
        this.policy = policy;
        this.usedDays = usedDays;
        this.clock = clock;
        this.damageListener = damageListener;
    }

    @Nullable
    HeldSegment peek(SegmentId id) {
        SegmentIndex.Known known = index.peek(id);
        return known == null ? null : new View(id, known.entry());
    }

    HeldSegment load(SegmentId id) {
        return new View(id, index.load(id));
    }

    private @Nullable StoredBlock openChecked(SegmentId id, @Nullable SegmentEntry snapshot, int blockIndex) {
        SegmentIndex.Known known = index.peek(id);
        SegmentEntry entry = known == null ? snapshot : known.entry();
        BlockPlacement placement = entry == null ? null : entry.placement(blockIndex);
        if (entry == null || placement == null || !placement.isChecked()) {
            return null;
        }
        Extent extent = log.retain(placement.extentId());
        return extent == null ? null : opened(entry, blockIndex, placement, extent);
    }

    private StoredBlock opened(SegmentEntry entry, int blockIndex, BlockPlacement placement, Extent extent) {
        long key = FrequencySketch.keyOf(entry.id(), blockIndex);
        policy.served(extent.use(), entry.component(), key, placement.offset(), placement.recordBytes());
        usedDays.used(entry);
        return new OpenBlock(blockIndex, placement, extent);
    }

    private @Nullable StoredBlock open(SegmentId id, int blockIndex) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            SegmentEntry entry = index.load(id);
            BlockPlacement placement = entry == null ? null : entry.placement(blockIndex);
            if (entry == null || placement == null) {
                return null;
            }
            Extent extent = log.retain(placement.extentId());
            if (extent == null) {
                index.refresh(id);
                continue;
            }
            BlockKey key = new BlockKey(entry.attributes(), blockIndex);
            if (placement.isChecked() || check(key, placement, extent)) {
                return opened(entry, blockIndex, placement, extent);
            }
            extent.release();
            return null;
        }
        return null;
    }

    /** Reads the block from the disk and compares checksums, also when that has been done before. */
    boolean check(BlockKey key, BlockPlacement placement, Extent extent) {
        try {
            if (log.read(extent, key, placement) != null) {
                placement.markChecked();
                return true;
            }
            damageListener.damaged(key, placement, "its record does not agree with its checksum or the catalogue");
        } catch (IOException e) {
            damageListener.damaged(key, placement, "the disk could not read it: " + e.getMessage());
        }
        return false;
    }

    /**
     * What checking the blocks of a segment has shown.
     *
     * @param ciphertextBytes without what the log adds
     * @param recordBytes with it
     */
    record CheckedBlocks(int blocks, int damagedBlocks, long ciphertextBytes, long recordBytes) {}

    /** Reads all blocks of a segment that are still there. */
    CheckedBlocks check(SegmentEntry entry) {
        int blocks = 0;
        int damagedBlocks = 0;
        long ciphertextBytes = 0;
        long recordBytes = 0;
        for (int blockIndex : entry.blocks().indexes().toArray()) {
            BlockPlacement placement = entry.placement(blockIndex);
            Extent extent = placement == null ? null : log.retain(placement.extentId());
            if (placement == null || extent == null) {
                continue;
            }
            try {
                damagedBlocks += check(new BlockKey(entry.attributes(), blockIndex), placement, extent) ? 0 : 1;
                blocks++;
                ciphertextBytes += placement.ciphertextBytes();
                recordBytes += placement.recordBytes();
            } finally {
                extent.release();
            }
        }
        return new CheckedBlocks(blocks, damagedBlocks, ciphertextBytes, recordBytes);
    }

    /** What is held of a segment, as it was when it was looked up; opening a block looks again. */
    private final class View implements HeldSegment {
        private final SegmentId id;
        private final @Nullable SegmentEntry entry;

        View(SegmentId id, @Nullable SegmentEntry entry) {
            this.id = id;
            this.entry = entry;
        }

        @Override
        public BlockRanges blocks() {
            return entry == null ? BlockRanges.NONE : entry.blocks();
        }

        @Override
        public long ageMillis() {
            return entry == null ? 0 : Math.max(0, clock.millis() - entry.createdMillis());
        }

        @Override
        public @Nullable StoredBlock openChecked(int blockIndex) {
            return BlockReader.this.openChecked(id, entry, blockIndex);
        }

        @Override
        public @Nullable StoredBlock open(int blockIndex) {
            return BlockReader.this.open(id, blockIndex);
        }
    }
}
