// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes blocks in groups. Threads that put blocks queue them up and then want to lead; the one that does writes for all
 * that wait, under the write lock: their records in one gathering write, their catalogue entries in one batch. Most of the others find
 * theirs done when it is their turn. The queue holds no more than what the threads within {@link #put} have brought.
 */
final class BlockWriter {
    private static final Logger LOG = LoggerFactory.getLogger(BlockWriter.class);

    /** A group is worth its fixed costs long before; more would only keep the others waiting. */
    private static final int MAX_GROUP_BYTES = 4 << 20;

    /** What the catalogue may need when the rest of the disk is full: RocksDB does not recover from that by itself. */
    private static final long DISK_RESERVE_BYTES = 16L << 20;

    /** Asking how full the disk is takes as long as writing some blocks. */
    private static final long BYTES_PER_DISK_CHECK = 4L << 20;

    /** Some tens of microseconds. */
    private static final int SPINS = 1000;

    /** A block on its way into the store. */
    static final class Pending {
        private final BlockKey key;
        private final BlockContent content;
        private volatile @Nullable PutResult result;

        Pending(BlockKey key, BlockContent content) {
            this.key = key;
            this.content = content;
        }

        /** What became of it, or null while it waits. */
        @Nullable
        PutResult result() {
            return result;
        }

        private int recordBytes() {
            RecordHeader.Body body = content.body();
            return RecordHeader.recordBytes(body.crypto(), body.ciphertextBytes());
        }
    }

    private final Path directory;
    private final SegmentIndex index;
    private final BlockLog log;
    private final SpaceKeeper spaceKeeper;
    private final Durability durability;
    private final Lock writeLock;
    private final BooleanSupplier closed;
    /** Held by the one who writes for all, also while that one waits for space without the write lock. Taken before it. */
    private final Lock leading = new ReentrantLock();

    private final Queue<Pending> waiting = new ConcurrentLinkedQueue<>();
    private boolean writesFailing;
    private long nextDiskCheckAt;

    BlockWriter(
            Path directory,
            SegmentIndex index,
            BlockLog log,
            SpaceKeeper spaceKeeper,
            Durability durability,
            Lock writeLock,
            BooleanSupplier closed) {
        this.directory = directory;
        this.index = index;
        this.log = log;
        this.spaceKeeper = spaceKeeper;
        this.durability = durability;
        this.writeLock = writeLock;
        this.closed = closed;
    }

    /** Why a block cannot be stored whatever room there is, or that it is held; null when it is to be written. */
    static @Nullable PutResult refusal(@Nullable SegmentEntry held, BlockKey key) {
        if (held == null) {
            return null;
        }
        if (!held.attributes().sameGeometry(key.attributes())) {
            return PutResult.REJECTED_GEOMETRY;
        }
        return held.placement(key.blockIndex()) == null ? null : PutResult.ALREADY_HELD;
    }

    /** Writes the blocks of one caller, one or more; each has its result afterwards. */
    void put(List<Pending> blocks) {
        waiting.addAll(blocks);
        // Blocks are written in the order of the queue, so the others are done when the last one is.
        Pending last = blocks.get(blocks.size() - 1);
        while (last.result() == null && isTurnOf(last)) {
            try {
                if (last.result() == null) {
                    lead();
                }
            } finally {
                leading.unlock();
            }
        }
        durability.throttle();
        spaceKeeper.throttle();
    }

    private void lead() {
        writeLock.lock();
        try {
            writeGroup(waiting);
            spaceKeeper.noteShortage();
        } finally {
            writeLock.unlock();
        }
    }

    /** Takes the lead, unless {@code block} gets done meanwhile: then false. */
    private boolean isTurnOf(Pending block) {
        // A group takes about as long as it takes to put a thread to sleep and wake it up.
        for (int i = 0; i < SPINS; i++) {
            if (leading.tryLock()) {
                return true;
            }
            Thread.onSpinWait();
            if (block.result() != null) {
                return false;
            }
        }
        leading.lock();
        return true;
    }

    /** Writes as many blocks of {@code source} as make a group, at least one. Under the write lock. */
    private void writeGroup(Queue<Pending> source) {
        List<Pending> group = new ArrayList<>();
        boolean answered = false;
        try {
            IndexUpdate update = new IndexUpdate();
            collect(source, group, update);
            if (!group.isEmpty()) {
                log.appendStaged();
                index.commit(update);
                durability.forceIfDue();
                stored(group);
            }
            answered = true;
        } catch (IOException e) {
            failed(group, StoreDirectory.isDiskFull(e) ? PutResult.REJECTED_DISK_FULL : PutResult.REJECTED_IO, e);
            answered = true;
        } catch (BlockStoreException e) {
            failed(group, e);
            answered = true;
        } finally {
            if (!answered) {
                abandon(group);
            }
        }
    }

    private void failed(List<Pending> group, BlockStoreException reason) {
        if (reason.kind() == BlockStoreException.Kind.CLOSED) {
            log.dropStaged();
            group.forEach(block -> block.result = PutResult.REJECTED_CLOSED);
        } else {
            boolean full = reason.kind() == BlockStoreException.Kind.FULL;
            failed(group, full ? PutResult.REJECTED_DISK_FULL : PutResult.REJECTED_IO, reason);
        }
    }

    /** A defect ends the put of the thread that leads; the others of its group must not wait for ever. */
    private void abandon(List<Pending> group) {
        log.dropStaged();
        for (Pending block : group) {
            if (block.result == null) {
                block.result = PutResult.REJECTED_IO;
            }
        }
    }

    private void stored(List<Pending> group) {
        if (writesFailing) {
            writesFailing = false;
            LOG.info("The block store {} takes blocks again", directory);
        }
        group.forEach(block -> block.result = PutResult.STORED);
    }

    /** One block may have taken the others of its group with it, so each gets another chance alone. */
    private void failed(List<Pending> group, PutResult result, Exception reason) {
        log.dropStaged();
        if (group.size() == 1) {
            group.get(0).result = reject(result, reason);
            return;
        }
        for (Pending block : group) {
            writeGroup(new ArrayDeque<>(List.of(block)));
        }
    }

    /** Says so once, not for every block, until a put succeeds again. */
    private PutResult reject(PutResult result, @Nullable Exception reason) {
        if (!writesFailing) {
            writesFailing = true;
            LOG.warn(
                    "The block store {} cannot take blocks ({}); it goes on serving those it has",
                    directory,
                    result == PutResult.REJECTED_DISK_FULL ? "the disk is full" : "writing failed",
                    reason);
        }
        return result;
    }

    /** Moves blocks from {@code source} to {@code group}, staged in the log; those that cannot be stored get their result. */
    private void collect(Queue<Pending> source, List<Pending> group, IndexUpdate update) throws IOException {
        int bytes = 0;
        for (Pending next = source.peek(); next != null; next = source.peek()) {
            if (!group.isEmpty() && !joins(next, bytes, update)) {
                return;
            }
            source.remove();
            group.add(next);
            PutResult refusal = refusalNow(next, group.size() == 1, update);
            if (refusal != null) {
                group.remove(group.size() - 1);
                next.result = refusal;
                continue;
            }
            bytes += next.recordBytes();
            stage(next, update);
        }
    }

    /** Whether {@code next} can be written together with those before it. */
    private boolean joins(Pending next, int bytes, IndexUpdate update) {
        SegmentEntry entry = update.after(next.key.id());
        return !log.isStageFull()
                && bytes + next.recordBytes() <= MAX_GROUP_BYTES
                && spaceKeeper.hasRoom(next.recordBytes())
                // Whether a block is held already is known when the group is written.
                && (entry == null || entry.placement(next.key.blockIndex()) == null);
    }

    private @Nullable PutResult refusalNow(Pending block, boolean isFirst, IndexUpdate update) throws IOException {
        if (closed.getAsBoolean()) {
            return PutResult.REJECTED_CLOSED;
        }
        PutResult refusal = refusal(index.loadInPassing(block.key.id(), update), block.key);
        if (refusal != null) {
            return refusal;
        }
        if (isDiskFull(block.recordBytes())) {
            return reject(PutResult.REJECTED_DISK_FULL, null);
        }
        PutResult room = isFirst ? spaceKeeper.makeRoom(block.recordBytes()) : PutResult.STORED;
        return room == PutResult.STORED ? null : room;
    }

    private boolean isDiskFull(int recordBytes) throws IOException {
        if (log.appendedBytes() < nextDiskCheckAt) {
            return false;
        }
        boolean full = log.files().usableBytes() < recordBytes + DISK_RESERVE_BYTES;
        nextDiskCheckAt = full ? 0 : log.appendedBytes() + BYTES_PER_DISK_CHECK;
        return full;
    }

    private void stage(Pending block, IndexUpdate update) {
        // Making room may have evicted blocks of this very segment.
        SegmentEntry current = index.loadInPassing(block.key.id(), update);
        BlockPlacement placement = log.stage(block.key, block.content);
        SegmentEntry base = current != null
                ? current
                : SegmentEntry.create(block.key.attributes(), block.content.createdMillis(), false);
        update.replace(current, base.with(block.key.blockIndex(), placement));
    }
}
