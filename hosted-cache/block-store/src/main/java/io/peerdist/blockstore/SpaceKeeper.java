// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the store within its limit: decides when a new extent may be made and which one has to go for it. All methods are
 * called under the store's write lock.
 *
 * <p><b>Order.</b> One extent's worth of space is kept free. When the open extent is full, the new one takes that space;
 * then the victim's pinned and hot blocks are appended to the new one, and the victim is deleted, which frees the space
 * again. So the limit holds at every moment, not just in the end. The background does that in steps while the new extent
 * takes records; room for what is moved is set aside in it. Only a writer who finds the new one full before the space is
 * free again does the rest of the eviction itself, and waits for the disk: without the write lock, so that others can
 * remove and read meanwhile.
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

    /** Writers are slowed down from where so many parts of an extent are left to them while its predecessor is evicted. */
    private static final int SLOW_PARTS = 4;

    /** How long a group is held up when nearly nothing is left. */
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final BlockStoreSettings settings;
    private final Catalogue catalogue;
    private final SegmentIndex index;
    private final BlockLog log;
    private final EvictionPolicy policy;
    private final Durability durability;
    private final BlockStoreMetrics metrics;
    private final ExtentRemoval removal;
    private final ReentrantLock writeLock;
    private final Condition finished;
    private final BooleanSupplier background;
    private @Nullable Eviction eviction;

    /** Whether a thread is forcing what was moved, and deletes the victim then. */
    private boolean finishing;

    private volatile boolean isShort;

    /** {@code background} has the eviction that is under way continued by another thread, and answers false if there is none. */
    SpaceKeeper(
            BlockStoreSettings settings,
            Catalogue catalogue,
            SegmentIndex index,
            BlockLog log,
            EvictionPolicy policy,
            Durability durability,
            BlockStoreMetrics metrics,
            ExtentRemoval removal,
            ReentrantLock writeLock,
            BooleanSupplier background) {
        this.settings = settings;
        this.catalogue = catalogue;
        this.index = index;
        this.log = log;
        this.policy = policy;
        this.durability = durability;
        this.metrics = metrics;
        this.removal = removal;
        this.writeLock = writeLock;
        this.finished = writeLock.newCondition();
        this.background = background;
    }

    /** Whether the open extent has room for another record, and still for what is moved there. */
    boolean hasRoom(int recordBytes) {
        long reserved = eviction == null ? 0 : eviction.reservedBytes();
        return log.hasRoom((int) Math.min(Integer.MAX_VALUE, recordBytes + reserved));
    }

    /** Notes whether writers should be slowed down. */
    void noteShortage() {
        isShort = pauseNanos() > 0;
    }

    /** How long a writer should wait for the end of the eviction, the longer the less is left; at most that. */
    private long pauseNanos() {
        if (eviction == null || log.open() == null) {
            return 0;
        }
        long slowBytes = settings.extentBytes() / SLOW_PARTS;
        long leftBytes = Math.max(0, log.roomBytes() - eviction.reservedBytes());
        return leftBytes >= slowBytes ? 0 : MAX_PAUSE_NANOS * (slowBytes - leftBytes) / slowBytes;
    }

    /**
     * Holds the calling writer up a little when room is made more slowly than it is used, so that no writer has to wait for
     * all of that at once. Not under the write lock.
     */
    void throttle() {
        if (!isShort) {
            return;
        }
        writeLock.lock();
        try {
            long left = pauseNanos();
            while (left > 0 && eviction != null) {
                left = finished.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            writeLock.unlock();
        }
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
            boolean hasRoom = hasRoom(recordBytes);
            if (hasRoom && fits(0)) {
                return PutResult.STORED;
            }
            if (eviction != null) {
                // The background has not been quick enough.
                completeEviction();
                continue;
            }
            if (!hasRoom) {
                sealOpen();
            }
            // What is being forced cannot be given up, and what has been given up is not free before.
            if (!(hasRoom ? makeCatalogueFit() : makeExtent()) && !durability.awaitForce()) {
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
        eviction = begin(victim, true, victim.state().extentBytes() / 8 * HOT_EIGHTHS);
        if (!background.getAsBoolean()) {
            completeEviction();
        }
        return true;
    }

    /** Gives up an extent of which all pinned blocks find room in the open one. */
    private boolean evictToShrink() throws IOException {
        Extent victim = victim(log.roomBytes());
        if (victim == null) {
            return false;
        }
        evict(victim, true);
        return true;
    }

    /**
     * After the limit has been lowered: brings the store within it, at the cost of pinned blocks if need be. Takes the write
     * lock.
     */
    void shrinkToLimit() throws IOException {
        writeLock.lock();
        try {
            shrink();
        } finally {
            writeLock.unlock();
        }
    }

    private void shrink() throws IOException {
        while (!fits(0) && evictToShrink()) {
            catalogue.measureIfDue();
        }
        // What the catalogue might yet take is worth no pinned blocks: until there is room for it nothing else is put.
        while (log.fileBytes() + catalogue.fileBytes() > settings.maxBytes()) {
            Extent victim = victim(Long.MAX_VALUE);
            if (victim == null) {
                break;
            }
            LOG.warn(
                    "The limit of {} bytes leaves no room for all pinned blocks; dropping {} bytes of them",
                    settings.maxBytes(),
                    victim.state().pinnedBytes());
            evict(victim, false);
        }
    }

    private @Nullable Extent victim(long maxPinnedBytes) {
        return policy.victim(
                log.extentsInOrder(),
                extent -> extent != log.open()
                        && !extent.isBeingRead()
                        && !extent.isUnread()
                        && extent.state().phase() != ExtentState.Phase.DELETING
                        && extent.state().pinnedBytes() <= maxPinnedBytes,
                index.tags()::bytes);
    }

    /** Extents of which nothing is held any longer. */
    List<Extent> emptyExtents() {
        return log.extentsInOrder().stream()
                .filter(extent -> extent != log.open()
                        && extent.state().phase() == ExtentState.Phase.SEALED
                        && !extent.isUnread()
                        && extent.state().liveBlocks() == 0)
                .toList();
    }

    /** Drops everything of an extent but what is pinned and hot, and deletes it, all at once. */
    private void evict(Extent victim, boolean keepsPinned) throws IOException {
        eviction = begin(victim, keepsPinned, 0);
        completeEviction();
    }

    private Eviction begin(Extent victim, boolean keepsPinned, int hotBytes) {
        policy.fadeIfDue(log.extents());
        // After a power cut its blocks count again, unless what they were moved to is on the disk.
        victim.setState(victim.state().withPhase(ExtentState.Phase.EVICTING));
        index.commitExtent(victim);
        return new Eviction(victim, new PolicyChoice(victim, hotBytes), keepsPinned, hotBytes, index, log, metrics);
    }

    /** What the policy says of a victim's blocks. */
    private final class PolicyChoice implements Eviction.Choice {
        private final Extent victim;
        private final int roomBytes;
        private final EvictionCensus census = new EvictionCensus();
        private @Nullable Survivors survivors;

        PolicyChoice(Extent victim, int roomBytes) {
            this.victim = victim;
            this.roomBytes = roomBytes;
        }

        @Override
        public void survey(SegmentEntry entry, BlockKey key, BlockPlacement placement) {
            census.add(entry.component(), frequency(key, placement), placement.recordBytes());
        }

        @Override
        public boolean keeps(SegmentEntry entry, BlockKey key, BlockPlacement placement) {
            Survivors chosen = survivors;
            if (chosen == null) {
                chosen = policy.survivors(census, roomBytes, index.tags()::bytes);
                survivors = chosen;
            }
            return chosen.keeps(entry.component(), frequency(key, placement), placement.recordBytes());
        }

        private int frequency(BlockKey key, BlockPlacement placement) {
            return policy.frequency(
                    victim.use(), placement.offset(), FrequencySketch.keyOf(key.id(), key.blockIndex()));
        }
    }

    /** Takes a step of the eviction that is under way; false when it can be finished, or there is none. */
    boolean stepEviction() throws IOException {
        return eviction != null && eviction.step();
    }

    /** Has the caller do what is left of the eviction that is under way: the space is needed now. */
    private void completeEviction() throws IOException {
        while (stepEviction()) {
            durability.forceIfDue();
        }
        if (finishing) {
            awaitFinished();
        } else if (eviction != null) {
            writeLock.unlock();
            try {
                finishEviction();
            } finally {
                writeLock.lock();
            }
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the caller looks again whatever has woken it up
    private void awaitFinished() {
        finished.awaitUninterruptibly();
    }

    /**
     * Forces what has been moved, and deletes the extent that it was moved from, if all steps have been taken. Not under the
     * write lock.
     */
    void finishEviction() throws IOException {
        Eviction taken = beginFinish();
        if (taken == null) {
            return;
        }
        boolean done = false;
        try {
            if (taken.hasMoved()) {
                // It must be on the disk before the place it came from is gone.
                durability.sync();
            }
            if (!taken.isStuck()) {
                removal.remove(taken.victim());
            }
            done = true;
        } finally {
            endFinish(taken, done);
        }
    }

    private @Nullable Eviction beginFinish() {
        writeLock.lock();
        try {
            if (finishing || eviction == null || !eviction.isDone()) {
                return null;
            }
            finishing = true;
            return eviction;
        } finally {
            writeLock.unlock();
        }
    }

    private void endFinish(Eviction taken, boolean done) {
        writeLock.lock();
        try {
            finishing = false;
            if (done && eviction == taken) {
                abandonEviction();
                LOG.debug("Evicted {}", taken);
            }
            finished.signalAll();
        } finally {
            writeLock.unlock();
        }
    }

    /** Leaves the extent with what it has still. */
    void abandonEviction() {
        if (eviction != null) {
            Extent victim = eviction.victim();
            if (victim.state().phase() == ExtentState.Phase.EVICTING) {
                victim.setState(victim.state().withPhase(ExtentState.Phase.SEALED));
                index.commitExtent(victim);
            }
            eviction = null;
        }
    }
}
