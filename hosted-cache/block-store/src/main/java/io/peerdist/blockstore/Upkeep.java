// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the store does about the age of segments from time to time, in steps that hold the write lock for some milliseconds:
 * writes down which have been used, and removes those that nobody has used for too long. For one thread.
 */
final class Upkeep {
    private static final int NOTES_PER_COMMIT = 256;

    /** Each removal may write to the disk. */
    private static final int REMOVALS_PER_LOCK = 32;

    /** What a kill may cost the memory of what is read often: at five seconds a step, about an hour. */
    private static final int STEPS_PER_SAVE = 720;

    private final SegmentIndex index;
    private final BlockLog log;
    private final SpaceKeeper spaceKeeper;
    private final Durability durability;
    private final UsedDays usedDays;
    private final AgeSweep sweep;
    private final ExtentUseFile uses;
    private final BlockRemover remover;
    private final ExtentRemoval removal;
    private final Lock writeLock;
    private final BooleanSupplier closed;
    private int steps;

    Upkeep(
            SegmentIndex index,
            BlockLog log,
            SpaceKeeper spaceKeeper,
            Durability durability,
            UsedDays usedDays,
            ExtentUseFile uses,
            BlockRemover remover,
            ExtentRemoval removal,
            Lock writeLock,
            BooleanSupplier closed) {
        this.index = index;
        this.log = log;
        this.spaceKeeper = spaceKeeper;
        this.durability = durability;
        this.usedDays = usedDays;
        this.sweep = new AgeSweep(index, usedDays);
        this.uses = uses;
        this.remover = remover;
        this.removal = removal;
        this.writeLock = writeLock;
        this.closed = closed;
    }

    /** Does a part of the work; to be called every few seconds. */
    void step() throws IOException {
        while (usedDays.hasNotes()) {
            if (!locked(this::commitNotes)) {
                return;
            }
        }
        List<SegmentId> expired = sweep.step();
        for (int first = 0; first < expired.size(); first += REMOVALS_PER_LOCK) {
            List<SegmentId> some = expired.subList(first, Math.min(expired.size(), first + REMOVALS_PER_LOCK));
            if (!locked(() -> some.forEach(this::removeIfExpired))) {
                return;
            }
        }
        if (!expired.isEmpty()) {
            List<Extent> empty = new ArrayList<>();
            locked(() -> empty.addAll(spaceKeeper.emptyExtents()));
            for (Extent extent : empty) {
                removal.remove(extent);
            }
        }
        if (++steps % STEPS_PER_SAVE == 0) {
            save();
        }
    }

    /** Saves what is known of how often blocks are read. */
    void save() {
        uses.write(log.extentsInOrder());
    }

    private interface Work {
        void run() throws IOException;
    }

    /** False when the store has been closed. */
    private boolean locked(Work work) throws IOException {
        writeLock.lock();
        try {
            if (closed.getAsBoolean()) {
                return false;
            }
            work.run();
            durability.forceIfDue();
            return true;
        } finally {
            writeLock.unlock();
        }
    }

    private void commitNotes() {
        IndexUpdate update = new IndexUpdate();
        for (Map.Entry<SegmentId, Integer> note : usedDays.takeNotes(NOTES_PER_COMMIT)) {
            SegmentEntry entry = index.loadInPassing(note.getKey());
            if (entry != null) {
                update.replace(entry, entry.withUsedDay(note.getValue()));
            }
        }
        if (!update.isEmpty()) {
            index.commit(update);
        }
    }

    private void removeIfExpired(SegmentId id) {
        @Nullable SegmentEntry entry = index.loadInPassing(id);
        if (entry != null && usedDays.isExpired(entry)) {
            remover.removeAll(entry, BlockStoreMetrics.Removal.AGE);
        }
    }
}
