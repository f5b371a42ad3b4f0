// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.codec.manifest.FeedId;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the hashes and secrets of segments that a content server has listed, up to a limit of bytes of which those listed
 * longest ago pay, together with how far its manifest has been read. Both change at once or not at all: after the death of
 * the process nothing that was read is lost, and after a power cut the state is one of those before, from which reading
 * goes on. What is damaged reads as absent; a database that is damaged is dropped at the next start and read anew.
 *
 * <p>The directory is readable for its owner alone. Thread-safe; all methods use the disk. They throw
 * {@link BlockStoreException} when it fails, or when the store is closed.
 */
public final class SegmentKeyStore implements AutoCloseable {
    /** The least limit: a whole page of a manifest fits in. */
    public static final long MIN_MAX_BYTES = 16L << 20;

    /** The limit unless told otherwise: more than two million segments of version 2.0, some 128 GiB of content. */
    public static final long DEFAULT_MAX_BYTES = 512L << 20;

    static final List<String> FAMILIES = List.of("keys", "ages");

    private static final Logger LOG = LoggerFactory.getLogger(SegmentKeyStore.class);
    private static final String PRODUCT = "peerdist-segment-keys";
    private static final int FORMAT_VERSION = 1;
    private static final String DATABASE_NAME = "database";
    private static final int META = 0;

    /** Identifier to {@link SegmentKeyRecord}. */
    private static final int KEYS = 1;

    /** Sequence number to identifier: which entry is the oldest. */
    private static final int AGES = 2;

    /** While this file is there, the next start drops everything. */
    private static final String DAMAGED_NAME = "damaged";

    private static final byte[] STATUS_KEY = "status".getBytes(StandardCharsets.US_ASCII);
    private static final int STATUS_BYTES = 6 * Long.BYTES + FeedId.BYTES;

    /** What an entry costs besides its value and, twice, its identifier. */
    private static final int ENTRY_OVERHEAD_BYTES = 64;

    /** Entries dropped in one batch: more than a page adds, so that also a limit that was lowered is met after some. */
    private static final int MAX_DROPS = 200_000;

    private static final KeyValueSettings DATABASE_SETTINGS = new KeyValueSettings(16L << 20, 4L << 20);

    private final StoreDirectory directory;
    private final KeyValueDatabase database;
    private final long maxBytes;
    private final SegmentKeyStoreMetrics metrics;
    private final ReentrantLock writeLock = new ReentrantLock();
    private volatile Status status = new Status(1, 1, 0, 0, SubscriptionState.NONE);

    private SegmentKeyStore(
            StoreDirectory directory, KeyValueDatabase database, long maxBytes, SegmentKeyStoreMetrics metrics) {
        this.directory = directory;
        this.database = database;
        this.maxBytes = maxBytes;
        this.metrics = metrics;
    }

    /**
     * Opens the store in {@code directory}, or makes one there.
     *
     * @param maxBytes the most that entries may take together, {@link #MIN_MAX_BYTES} or more; the files of the database may
     *     take up to about twice that while it tidies up
     */
    public static SegmentKeyStore open(Path directory, long maxBytes, MeterRegistry registry) {
        if (maxBytes < MIN_MAX_BYTES) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: at least " + MIN_MAX_BYTES + ")");
        }
        return openWithin(directory, maxBytes, registry);
    }

    /** As {@link #open}, with any limit. */
    static SegmentKeyStore openWithin(Path directory, long maxBytes, MeterRegistry registry) {
        keepPrivate(directory);
        StoreDirectory locked =
                StoreDirectory.open(directory, PRODUCT, FORMAT_VERSION, Set.of(DATABASE_NAME, DAMAGED_NAME));
        try {
            KeyValueDatabase database = openDatabase(locked);
            SegmentKeyStoreMetrics metrics = new SegmentKeyStoreMetrics(registry);
            SegmentKeyStore store = new SegmentKeyStore(locked, database, maxBytes, metrics);
            store.status = Status.decode(database.get(META, STATUS_KEY));
            metrics.follow(store);
            return store;
        } catch (BlockStoreException e) {
            locked.close();
            throw e;
        }
    }

    /** Before anything is written in it. A file system without owners has nothing to set. */
    private static void keepPrivate(Path directory) {
        try {
            Files.createDirectories(directory);
            if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            throw StoreDirectory.translate(directory, "preparing", e);
        }
    }

    private static KeyValueDatabase openDatabase(StoreDirectory directory) {
        Path path = directory.path().resolve(DATABASE_NAME);
        if (Files.exists(directory.path().resolve(DAMAGED_NAME))) {
            LOG.warn("The segment keys in {} were found damaged; they are dropped and read anew", path);
            directory.deletePart(DATABASE_NAME);
            directory.deletePart(DAMAGED_NAME);
        }
        try {
            return KeyValueDatabase.open(path, FAMILIES, DATABASE_SETTINGS);
        } catch (BlockStoreException e) {
            if (e.kind() != BlockStoreException.Kind.CORRUPT) {
                throw e;
            }
            LOG.warn("The segment keys in {} cannot be opened; they are dropped and read anew", path, e);
            directory.deletePart(DATABASE_NAME);
            return KeyValueDatabase.open(path, FAMILIES, DATABASE_SETTINGS);
        }
    }

    /**
     * What is kept once for the whole store.
     *
     * @param nextSequence the number of the next entry
     * @param firstSequence no entry has a smaller number: where to look for the oldest without passing what was deleted
     */
    private record Status(
            long nextSequence, long firstSequence, long bytes, long entries, SubscriptionState subscription) {
        byte[] encode() {
            ByteBuffer target = ByteBuffer.allocate(STATUS_BYTES);
            target.putLong(nextSequence).putLong(firstSequence).putLong(bytes).putLong(entries);
            target.putLong(subscription.after()).putLong(subscription.newestIssuedSeconds());
            subscription.feedId().writeTo(target);
            return target.array();
        }

        static Status decode(byte @Nullable [] octets) {
            if (octets == null || octets.length != STATUS_BYTES) {
                return new Status(1, 1, 0, 0, SubscriptionState.NONE);
            }
            ByteBuffer source = ByteBuffer.wrap(octets);
            long next = source.getLong();
            long first = source.getLong();
            long bytes = source.getLong();
            long entries = source.getLong();
            long after = source.getLong();
            long issued = source.getLong();
            byte[] feedId = new byte[FeedId.BYTES];
            source.get(feedId);
            return new Status(
                    next,
                    first,
                    bytes,
                    entries,
                    new SubscriptionState(FeedId.of(feedId), Math.max(0, after), Math.max(0, issued)));
        }
    }

    /** The description of {@code id}, with all block hashes; null when none is kept, or it has been dropped or damaged. */
    public @Nullable SegmentDescription find(SegmentId id) {
        SegmentKeyRecord found;
        try {
            found = SegmentKeyRecord.decode(id, database.get(KEYS, id.toByteArray()));
        } catch (BlockStoreException e) {
            if (e.kind() != BlockStoreException.Kind.CORRUPT) {
                throw e;
            }
            markDamaged(e);
            return null;
        }
        if (found != null && found.description() == null) {
            LOG.warn("The entry of segment {} in {} is damaged and not used", id, directory.path());
            metrics.damaged();
        }
        return found == null ? null : found.description();
    }

    private void markDamaged(BlockStoreException reason) {
        Path mark = directory.path().resolve(DAMAGED_NAME);
        metrics.damaged();
        if (Files.exists(mark)) {
            return;
        }
        LOG.warn("Segment keys in {} are damaged; the next start reads them anew", directory.path(), reason);
        try {
            Files.writeString(mark, reason.getMessage() + "\n");
        } catch (IOException e) {
            LOG.warn("The file {} could not be written; delete the database by hand", mark, e);
        }
    }

    /** How far the manifest has been read. */
    public SubscriptionState subscription() {
        return status.subscription();
    }

    /**
     * Keeps {@code segments}, as the newest, and {@code subscription}, both or neither; drops the oldest to make room.
     *
     * @throws IllegalArgumentException when the block hashes of a segment are not those of its hash of data
     */
    public void apply(Collection<SegmentDescription> segments, SubscriptionState subscription) {
        Map<SegmentId, SegmentDescription> unique = new LinkedHashMap<>();
        for (SegmentDescription segment : segments) {
            if (!segment.provesHashOfData()) {
                throw new IllegalArgumentException("segment: " + segment + " (expected: one that proves its hash)");
            }
            unique.put(segment.id(), segment);
        }
        writeLock.lock();
        try {
            Update update = new Update(status);
            database.commit(batch -> {
                unique.forEach((id, segment) -> update.put(batch, id, segment));
                update.dropOldest(batch);
                update.end(batch, subscription);
            });
            status = update.result();
            metrics.dropped(update.dropped);
        } catch (BlockStoreException e) {
            if (e.kind() == BlockStoreException.Kind.CORRUPT) {
                markDamaged(e);
            }
            throw e;
        } finally {
            writeLock.unlock();
        }
    }

    /** One batch of changes, while the write lock is held. */
    private final class Update {
        private final Set<Long> replaced = new HashSet<>();
        private long nextSequence;
        private long firstSequence;
        private long bytes;
        private long entries;
        private long dropped;
        private int dropsLeft = MAX_DROPS;
        private Status result;

        Update(Status before) {
            nextSequence = before.nextSequence();
            firstSequence = before.firstSequence();
            bytes = before.bytes();
            entries = before.entries();
            result = before;
        }

        void put(KeyValueDatabase.Batch batch, SegmentId id, SegmentDescription segment) {
            byte[] key = id.toByteArray();
            SegmentKeyRecord old = SegmentKeyRecord.decode(id, database.get(KEYS, key));
            if (old != null) {
                replaced.add(old.sequence());
                batch.delete(AGES, sequenceKey(old.sequence()));
                count(-1, key.length, old.valueBytes());
            }
            byte[] value = SegmentKeyRecord.encode(nextSequence, segment);
            batch.put(KEYS, key, value);
            batch.put(AGES, sequenceKey(nextSequence), key);
            count(1, key.length, value.length);
            nextSequence++;
        }

        /** Only of what was there before this batch; a limit holds at least one batch. */
        void dropOldest(KeyValueDatabase.Batch batch) {
            if (bytes <= maxBytes) {
                return;
            }
            database.scan(AGES, sequenceKey(firstSequence), (age, key) -> {
                long sequence = ByteBuffer.wrap(age).getLong();
                if (!replaced.contains(sequence)) {
                    byte[] value = database.get(KEYS, key);
                    batch.delete(KEYS, key);
                    batch.delete(AGES, age);
                    count(-1, key.length, value == null ? 0 : value.length);
                    dropped++;
                }
                firstSequence = sequence + 1;
                return bytes > maxBytes && --dropsLeft > 0;
            });
        }

        void end(KeyValueDatabase.Batch batch, SubscriptionState subscription) {
            result = new Status(nextSequence, firstSequence, Math.max(0, bytes), Math.max(0, entries), subscription);
            batch.put(META, STATUS_KEY, result.encode());
        }

        Status result() {
            return result;
        }

        private void count(int sign, int keyBytes, int valueBytes) {
            bytes += sign * costOf(keyBytes, valueBytes);
            entries += sign;
        }
    }

    private static byte[] sequenceKey(long sequence) {
        return ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
    }

    /** The identifier stands twice, with the entry and in the order of ages. */
    static long costOf(int keyBytes, int valueBytes) {
        return 2L * keyBytes + valueBytes + ENTRY_OVERHEAD_BYTES;
    }

    /** What the entries take together. */
    public long bytes() {
        return status.bytes();
    }

    /** How many segments are kept. */
    public long entries() {
        return status.entries();
    }

    /** Releases the directory. Idempotent. */
    @Override
    public void close() {
        metrics.close();
        database.close();
        directory.close();
    }
}
