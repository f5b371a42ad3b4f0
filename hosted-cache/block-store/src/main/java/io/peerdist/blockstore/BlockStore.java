// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.blockstore.BlockStoreException.Kind;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.codec.pchc.ContentComponent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds encrypted blocks on the disk, up to a hard limit of bytes. A store survives the death of its process at any moment;
 * a power cut costs at most the blocks put since the last {@link #sync()}. What it gives to readers has been checked
 * against a checksum since it was opened; blocks that fail are dropped and read as absent. One store at a time may use a
 * directory.
 *
 * <p>Thread-safe. Reads take no lock; changes take turns. Methods other than {@link #peek}, {@link #peekBlock}, and the blocks' {@code
 * openChecked}, may use the disk and are not for event loops. They throw {@link BlockStoreException} when the disk or the
 * catalogue fails, or when the store is closed, except where they say otherwise.
 */
public final class BlockStore implements SegmentSource, AutoCloseable {
    /** The most segments that {@link #list} answers at once. */
    public static final int MAX_LIST = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(BlockStore.class);

    /** Blocks of the size that is most common, for estimates of how many there are. */
    private static final int TYPICAL_BLOCK_BYTES = 64 << 10;

    private final BlockStoreSettings settings;
    private final StoreParts parts;
    private final InstantSource clock;
    private final Catalogue catalogue;
    private final BlockLog log;
    private final SegmentIndex index;
    private final Durability durability;
    private final SpaceKeeper spaceKeeper;
    private final BlockWriter writer;
    private final BlockReader reader;
    private final BlockRemover remover;
    private final StoreStart start;
    private final BlockStoreMetrics metrics;
    private final UsedDays usedDays;
    private final ExtentUseFile uses;
    private final Upkeep upkeep;
    private final BackgroundSync backgroundSync;
    private final Housekeeping housekeeping = new Housekeeping();
    private final Housekeeping.Job evictionJob;

    /** Fair, as who evicts in the background would hardly ever get it beside writers at full load. */
    private final ReentrantLock writeLock = new ReentrantLock(true);

    private RecoveryReport recoveryReport = RecoveryReport.NOTHING;
    private volatile @Nullable Scrubber scrubber;
    private volatile boolean closed;

    private BlockStore(BlockStoreSettings settings, StoreParts parts, InstantSource clock, BlockStoreMetrics metrics) {
        this.settings = settings;
        this.parts = parts;
        this.clock = clock;
        this.metrics = metrics;
        this.catalogue = parts.catalogue();
        this.log = parts.log();
        this.usedDays = new UsedDays(clock, settings.maxAge(), metrics::useNotNoted);
        PinFile pins = new PinFile(parts.pins());
        FrequencySketch frequencies = new FrequencySketch(settings.maxBytes() / TYPICAL_BLOCK_BYTES);
        EvictionPolicy policy = new EvictionPolicy(frequencies, settings.quotas());
        this.index = new SegmentIndex(
                catalogue,
                log,
                new SegmentIndex.Keeping(policy, pins, usedDays),
                settings.entryCacheBytes(),
                parts::catalogueDamaged);
        this.backgroundSync = new BackgroundSync(settings.syncInterval(), this::syncIfNeeded);
        this.durability =
                new Durability(settings.syncBytes(), catalogue, index, log, metrics, writeLock, backgroundSync);
        ExtentRemoval removal = new ExtentRemoval(catalogue, index, log, writeLock, () -> closed);
        this.spaceKeeper = new SpaceKeeper(
                settings,
                catalogue,
                index,
                log,
                policy,
                durability,
                metrics,
                removal,
                writeLock,
                this::requestEviction);
        this.evictionJob = housekeeping.job(
                "Making room in " + settings.directory(),
                new EvictionWork(spaceKeeper, durability, writeLock, () -> closed));
        this.remover = new BlockRemover(index, log, metrics, writeLock, () -> closed);
        this.reader = new BlockReader(index, log, policy, usedDays, clock, remover::dropDamaged);
        this.start = new StoreStart(
                settings.directory(), catalogue, index, log, pins, housekeeping, writeLock, () -> closed);
        this.writer =
                new BlockWriter(settings.directory(), index, log, spaceKeeper, durability, writeLock, () -> closed);
        this.uses = new ExtentUseFile(parts.uses());
        this.upkeep = new Upkeep(
                index, log, spaceKeeper, durability, usedDays, uses, remover, removal, writeLock, () -> closed);
    }

    /**
     * Opens the store in {@code settings.directory()}, or makes one there, and repairs what the last end of the process
     * left behind.
     */
    public static BlockStore open(BlockStoreSettings settings, InstantSource wallClock, MeterRegistry registry) {
        return open(settings, wallClock, registry, DiskExtentFiles::new);
    }

    static BlockStore open(
            BlockStoreSettings settings,
            InstantSource wallClock,
            MeterRegistry registry,
            StoreParts.FilesFactory files) {
        return open(settings, wallClock, registry, files, Recovery.Limits.DEFAULT);
    }

    static BlockStore open(
            BlockStoreSettings settings,
            InstantSource wallClock,
            MeterRegistry registry,
            StoreParts.FilesFactory files,
            Recovery.Limits limits) {
        try {
            return openOnce(settings, wallClock, registry, files, limits);
        } catch (BlockStoreException e) {
            if (StoreParts.isRebuildDue(settings.directory())) {
                // Only the recovery has found out that the catalogue is damaged: now it is made anew.
                return openOnce(settings, wallClock, registry, files, limits);
            }
            throw e;
        }
    }

    private static BlockStore openOnce(
            BlockStoreSettings settings,
            InstantSource wallClock,
            MeterRegistry registry,
            StoreParts.FilesFactory files,
            Recovery.Limits limits) {
        StoreParts parts = StoreParts.open(settings, new SecureRandom(), files);
        BlockStoreMetrics metrics = new BlockStoreMetrics(registry);
        boolean opened = false;
        BlockStore store = new BlockStore(settings, parts, wallClock, metrics);
        try {
            store.recover(limits);
            metrics.follow(store);
            store.backgroundSync.start();
            opened = true;
            return store;
        } catch (IOException e) {
            throw StoreDirectory.translate(settings.directory(), "opening the block log in", e);
        } catch (BlockStoreException e) {
            if (e.kind() == Kind.CORRUPT) {
                parts.catalogueDamaged(e);
            }
            throw e;
        } finally {
            if (!opened) {
                store.housekeeping.close();
                metrics.close();
                parts.close();
            }
        }
    }

    private void recover(Recovery.Limits limits) throws IOException {
        Recovery recovery = start.repair(limits);
        recoveryReport = recovery.report();
        uses.readInto(log);
        spaceKeeper.shrinkToLimit();
        StoreStatistics now = statistics();
        LOG.info(
                "Block store {}: {} segments, {} blocks, {} of {} bytes; {}",
                settings.directory(),
                now.segments(),
                now.blocks(),
                now.usedBytes(),
                now.limitBytes(),
                recoveryReport.summary());
        start.requestRest(recovery, reader);
    }

    /**
     * Begins to read everything again in the background, over and over, at {@code bytesPerSecond}, more slowly while much
     * is put. Damaged blocks are dropped and read as absent. To be called once at most.
     */
    public void scrub(long bytesPerSecond) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytesPerSecond: " + bytesPerSecond + " (expected: at least 1)");
        }
        writeLock.lock();
        try {
            requireOpen();
            Scrubber started = new Scrubber(
                    bytesPerSecond, catalogue, index, log, reader, clock, writeLock, () -> closed, metrics.registry());
            scrubber = started;
            housekeeping.job("Scrubbing " + settings.directory(), started).request();
        } finally {
            writeLock.unlock();
        }
    }

    /** How far the scrubber is. Does not touch the disk. */
    public ScrubStatus scrubStatus() {
        Scrubber running = scrubber;
        return running == null ? new ScrubStatus(0, 0, 0, Optional.empty(), 0, 0) : running.status();
    }

    /** What the start found and repaired. */
    public RecoveryReport recoveryReport() {
        return recoveryReport;
    }

    /** Whether work is left that the start has put off. */
    public boolean isRecovering() {
        return start.isBusy();
    }

    @Override
    public @Nullable HeldSegment peek(SegmentId id) {
        return reader.peek(id);
    }

    /** What is held of {@code id}; nothing once the store is closed. */
    @Override
    public HeldSegment load(SegmentId id) {
        return reader.load(id);
    }

    /** Whether every block of the segment is held. */
    public boolean isComplete(SegmentId id) {
        SegmentEntry entry = index.load(id);
        return entry != null && entry.isComplete();
    }

    /**
     * Stores a block. A full disk, a full store and a failing disk are answered, not thrown.
     *
     * @param segment the segment, whose geometry must agree with what is held of it
     * @param blockIndex which of its blocks
     * @param crypto how {@code ciphertext} is encrypted
     * @param iv the initialization vector: 16 octets, or none without encryption
     * @param ciphertext the remaining octets are stored; the position stays where it is
     */
    public PutResult put(
            SegmentAttributes segment, int blockIndex, CryptoAlgorithm crypto, byte[] iv, ByteBuffer ciphertext) {
        return putAll(List.of(new NewBlock(segment, blockIndex, crypto, iv, ciphertext)))
                .get(0);
    }

    /** Stores several blocks as {@link #put} does, in fewer writes. Answers what became of each, in their order. */
    public List<PutResult> putAll(List<NewBlock> blocks) {
        List<BlockWriter.Pending> pending = new ArrayList<>(blocks.size());
        List<Object> outcomes = new ArrayList<>(blocks.size());
        for (NewBlock block : blocks) {
            PutResult refusal = refusal(block);
            if (refusal == null) {
                BlockWriter.Pending waiting = new BlockWriter.Pending(block.key(), block.content(clock.millis()));
                pending.add(waiting);
                outcomes.add(waiting);
            } else {
                outcomes.add(refusal);
            }
        }
        if (!pending.isEmpty()) {
            writer.put(pending);
        }
        List<PutResult> results = new ArrayList<>(blocks.size());
        for (int i = 0; i < blocks.size(); i++) {
            Object outcome = outcomes.get(i);
            PutResult result = outcome instanceof BlockWriter.Pending written
                    ? Objects.requireNonNull(written.result())
                    : (PutResult) outcome;
            metrics.put(result, blocks.get(i).ciphertext().remaining());
            results.add(result);
        }
        return results;
    }

    /** What can be refused without the write lock, or null. */
    private @Nullable PutResult refusal(NewBlock block) {
        if (!block.fits()) {
            return PutResult.REJECTED_MALFORMED;
        }
        if (closed) {
            return PutResult.REJECTED_CLOSED;
        }
        try {
            BlockKey key = block.key();
            // It also brings the entry into memory before others wait for that.
            return BlockWriter.refusal(index.load(key.id()), key);
        } catch (BlockStoreException e) {
            LOG.warn("The catalogue of the block store {} could not be read", settings.directory(), e);
            return PutResult.REJECTED_IO;
        }
    }

    /** Forces everything put so far to the disk. When this returns, it survives a power cut. */
    public void sync() {
        requireOpen();
        try {
            durability.sync();
        } catch (IOException e) {
            metrics.syncFailed();
            throw StoreDirectory.translate(settings.directory(), "forcing the block log in", e);
        }
    }

    /** Does a part of what is due about the age of segments. */
    void upkeep() {
        try {
            upkeep.step();
        } catch (IOException e) {
            throw StoreDirectory.translate(settings.directory(), "removing old segments of", e);
        }
    }

    private void syncIfNeeded() {
        upkeep();
        boolean needed;
        writeLock.lock();
        try {
            needed = !closed && log.hasUnsynced();
        } finally {
            writeLock.unlock();
        }
        if (needed) {
            sync();
            durability.flushIfDue();
        }
    }

    /** Removes one block. Answers whether it was held. */
    public boolean removeBlock(SegmentId id, int blockIndex) {
        return change(id, entry -> remover.remove(entry, blockIndex, BlockStoreMetrics.Removal.REQUEST));
    }

    /** Removes a segment, also a pinned one. Answers whether any block of it was held. */
    public boolean evict(SegmentId id) {
        return change(id, entry -> {
            remover.removeAll(entry, BlockStoreMetrics.Removal.REQUEST);
            return true;
        });
    }

    /**
     * Notes that somebody has offered a segment that is held: it is in use, and not too old. Never blocks, and does nothing
     * for segments that memory does not know.
     */
    public void touch(SegmentId id) {
        SegmentIndex.Known known = index.peek(id);
        SegmentEntry entry = known == null ? null : known.entry();
        if (entry != null) {
            usedDays.used(entry);
        }
    }

    /** The store as those see it who offer segments: looking one up counts as a use of it. */
    public SegmentSource forOffers() {
        return new SegmentSource() {
            @Override
            public @Nullable HeldSegment peek(SegmentId id) {
                touch(id);
                return BlockStore.this.peek(id);
            }

            @Override
            public HeldSegment load(SegmentId id) {
                HeldSegment held = BlockStore.this.load(id);
                touch(id);
                return held;
            }
        };
    }

    private boolean requestEviction() {
        return evictionJob.request();
    }

    /** Whether blocks are being evicted, or moved, in the background. */
    boolean isMakingRoom() {
        return evictionJob.isBusy();
    }

    /** Keeps a segment, and what will be added to it, from eviction for space. Answers whether it is held. */
    public boolean pin(SegmentId id) {
        return setPinned(id, true);
    }

    /** Lets a segment be evicted for space again. Answers whether it is held. */
    public boolean unpin(SegmentId id) {
        return setPinned(id, false);
    }

    private boolean setPinned(SegmentId id, boolean pinned) {
        return change(id, entry -> {
            if (entry.isPinned() != pinned) {
                index.replace(entry, entry.withPinned(pinned));
            }
            return true;
        });
    }

    private interface EntryChange {
        boolean apply(SegmentEntry entry);
    }

    private boolean change(SegmentId id, EntryChange change) {
        writeLock.lock();
        try {
            requireOpen();
            SegmentEntry entry = index.load(id);
            return entry != null && change.apply(entry);
        } finally {
            writeLock.unlock();
        }
    }

    /** Removes every segment, also pinned ones, and frees the space. Answers how many blocks there were. */
    public long dropAll() {
        writeLock.lock();
        try {
            requireOpen();
            long blocks = index.blocks();
            spaceKeeper.abandonEviction();
            index.clear();
            for (Extent extent : log.extentsInOrder()) {
                log.delete(extent);
                index.commitExtentRemoved(extent.extentId());
            }
            metrics.removed(BlockStoreMetrics.Removal.REQUEST, (int) Math.min(Integer.MAX_VALUE, blocks));
            return blocks;
        } catch (IOException e) {
            throw StoreDirectory.translate(settings.directory(), "deleting the block log in", e);
        } finally {
            writeLock.unlock();
        }
    }

    /** What is known of a segment, or null when no block of it is held. */
    public @Nullable SegmentSummary find(SegmentId id) {
        SegmentEntry entry = index.load(id);
        return entry == null ? null : summary(entry);
    }

    /**
     * Segments in the order of their ids.
     *
     * @param cursor {@link SegmentListing#next} of the page before, or null for the first
     * @param limit 1 to {@link #MAX_LIST} segments
     */
    public SegmentListing list(@Nullable SegmentId cursor, int limit) {
        if (limit < 1 || limit > MAX_LIST) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MAX_LIST + ")");
        }
        List<SegmentSummary> segments = new ArrayList<>();
        index.walk(cursor, (id, entry) -> {
            if (entry != null) {
                segments.add(summary(entry));
            }
            return segments.size() < limit;
        });
        SegmentId next = segments.size() < limit
                ? null
                : segments.get(limit - 1).attributes().id();
        return new SegmentListing(segments, next);
    }

    private static SegmentSummary summary(SegmentEntry entry) {
        return new SegmentSummary(
                entry.attributes(),
                entry.blocks(),
                entry.storedBytes(),
                Instant.ofEpochMilli(entry.createdMillis()),
                entry.isPinned());
    }

    /**
     * Reads every block and compares checksums; damaged blocks are dropped. The store serves and takes blocks meanwhile.
     * Blocks put after the beginning may be left out.
     */
    public VerificationProgress verifyAll(VerificationListener listener) {
        requireOpen();
        return new Verification(index, reader).run(listener);
    }

    /** What is held of the content of each component that content tags name, in their order. Does not touch the disk. */
    public List<TagStatistics> tagStatistics() {
        TagCounts tags = index.tags();
        return Arrays.stream(ContentComponent.values())
                .map(component -> new TagStatistics(component, tags.segments(component), tags.bytes(component)))
                .toList();
    }

    /** What memory knows of a block, or null when it is not held or only the disk can tell. Never blocks. */
    public @Nullable HeldBlock peekBlock(SegmentId id, int blockIndex) {
        SegmentIndex.Known known = index.peek(id);
        SegmentEntry entry = known == null ? null : known.entry();
        BlockPlacement placement = entry == null ? null : entry.placement(blockIndex);
        return entry == null || placement == null
                ? null
                : new HeldBlock(entry.component(), placement.ciphertextBytes());
    }

    TagCounts tagCounts() {
        return index.tags();
    }

    /** How full the store is. Does not touch the disk. */
    public StoreStatistics statistics() {
        long live = 0;
        long pinned = 0;
        long blocks = 0;
        int extents = 0;
        for (Extent extent : log.extents()) {
            ExtentState state = extent.state();
            live += state.liveBytes();
            pinned += state.pinnedBytes();
            blocks += state.liveBlocks();
            extents++;
        }
        long catalogueBytes = catalogue.fileBytes();
        return new StoreStatistics(
                settings.maxBytes(),
                log.fileBytes() + catalogueBytes,
                live,
                pinned,
                catalogueBytes,
                extents,
                index.segments(),
                blocks);
    }

    private void requireOpen() {
        if (closed) {
            throw new BlockStoreException(Kind.CLOSED, "the block store " + settings.directory() + " is closed");
        }
    }

    /** Forces everything to the disk and releases the directory. Blocks that are open can still be read. Idempotent. */
    @Override
    public void close() {
        backgroundSync.close();
        housekeeping.close();
        durability.alone(this::closeAlone);
    }

    private void closeScrubber() {
        Scrubber running = scrubber;
        if (running != null) {
            running.savePosition();
            running.close();
        }
    }

    private void closeAlone() {
        writeLock.lock();
        try {
            if (closed) {
                return;
            }
            try {
                sync();
                spaceKeeper.abandonEviction();
                closeScrubber();
                upkeep.save();
                index.commitStatus(true);
                catalogue.sync();
            } finally {
                closed = true;
                metrics.close();
                parts.close();
            }
        } finally {
            writeLock.unlock();
        }
    }
}
