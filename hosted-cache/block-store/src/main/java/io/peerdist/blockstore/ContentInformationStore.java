// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps content information, or any other octets, under a key of octets, up to a limit of which the oldest entries pay. A
 * put survives the death of the process; after a power cut the latest may be gone, or all if the database is damaged: what
 * is kept can be computed anew. A value that is damaged reads as absent.
 *
 * <p>Thread-safe; all methods use the disk. They throw {@link BlockStoreException} when it fails, or when the store is
 * closed.
 */
public final class ContentInformationStore implements AutoCloseable {
    /** The longest key. */
    public static final int MAX_KEY_BYTES = 1024;

    /** The largest value: 16 MiB of hashes describe 32 GiB in blocks of 64 KiB with SHA-256. */
    public static final int MAX_VALUE_BYTES = 16 << 20;

    /** The limit of {@link #open(Path, MeterRegistry)}. */
    public static final long DEFAULT_MAX_BYTES = 256L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(ContentInformationStore.class);
    private static final String PRODUCT = "peerdist-content-information";
    private static final int FORMAT_VERSION = 1;
    private static final String DATABASE_NAME = "database";
    private static final int META = 0;

    /** Key to {@link Entry}. */
    private static final int ENTRIES = 1;

    /** Sequence number to value. */
    private static final int VALUES = 2;

    /** Sequence number to key: which entry is the oldest. */
    private static final int AGES = 3;

    static final List<String> FAMILIES = List.of("entries", "values", "ages");

    /** While this file is there, the next start drops everything. */
    private static final String DAMAGED_NAME = "damaged";

    private static final byte[] STATUS_KEY = "status".getBytes(StandardCharsets.US_ASCII);
    private static final int STATUS_BYTES = 24;
    private static final int ENTRY_BYTES = 16;

    /** A value may be replaced while it is being read, but hardly twice in a row. */
    private static final int MAX_ATTEMPTS = 3;

    /** What an entry costs besides its value and, twice, its key. */
    private static final int ENTRY_OVERHEAD_BYTES = 64;

    private static final KeyValueSettings DATABASE_SETTINGS = new KeyValueSettings(4L << 20, 4L << 20);

    private final StoreDirectory directory;
    private final KeyValueDatabase database;
    private final long maxBytes;
    private final ContentInformationStoreMetrics metrics;
    private final ReentrantLock writeLock = new ReentrantLock();
    private long nextSequence = 1;
    private volatile long bytes;
    private volatile long entries;

    private ContentInformationStore(
            StoreDirectory directory,
            KeyValueDatabase database,
            long maxBytes,
            ContentInformationStoreMetrics metrics) {
        this.directory = directory;
        this.database = database;
        this.maxBytes = maxBytes;
        this.metrics = metrics;
    }

    /** Opens the store in {@code directory}, or makes one there, with a limit of {@link #DEFAULT_MAX_BYTES}. */
    public static ContentInformationStore open(Path directory, MeterRegistry registry) {
        return open(directory, DEFAULT_MAX_BYTES, registry);
    }

    /**
     * Opens the store in {@code directory}, or makes one there.
     *
     * @param maxBytes the most that keys and values may take together; the files of the database may take up to about
     *     twice that while it tidies up
     */
    public static ContentInformationStore open(Path directory, long maxBytes, MeterRegistry registry) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: at least 1)");
        }
        StoreDirectory locked =
                StoreDirectory.open(directory, PRODUCT, FORMAT_VERSION, Set.of(DATABASE_NAME, DAMAGED_NAME));
        try {
            KeyValueDatabase database = openDatabase(locked);
            ContentInformationStoreMetrics metrics = new ContentInformationStoreMetrics(registry);
            ContentInformationStore store = new ContentInformationStore(locked, database, maxBytes, metrics);
            store.readStatus();
            metrics.follow(store);
            return store;
        } catch (BlockStoreException e) {
            locked.close();
            throw e;
        }
    }

    /** What is damaged is thrown away: everything in it can be computed again. */
    private static KeyValueDatabase openDatabase(StoreDirectory directory) {
        Path path = directory.path().resolve(DATABASE_NAME);
        if (Files.exists(directory.path().resolve(DAMAGED_NAME))) {
            LOG.warn("The content information in {} was found damaged; it is dropped and made anew on demand", path);
            directory.deletePart(DATABASE_NAME);
            directory.deletePart(DAMAGED_NAME);
        }
        try {
            return KeyValueDatabase.open(path, FAMILIES, DATABASE_SETTINGS);
        } catch (BlockStoreException e) {
            if (e.kind() != BlockStoreException.Kind.CORRUPT) {
                throw e;
            }
            LOG.warn("The content information in {} cannot be opened; it is dropped and made anew on demand", path, e);
            directory.deletePart(DATABASE_NAME);
            return KeyValueDatabase.open(path, FAMILIES, DATABASE_SETTINGS);
        }
    }

    private void readStatus() {
        byte[] status = database.get(META, STATUS_KEY);
        if (status != null && status.length == STATUS_BYTES) {
            ByteBuffer source = ByteBuffer.wrap(status);
            nextSequence = source.getLong();
            bytes = source.getLong();
            entries = source.getLong();
        }
    }

    /**
     * What is known of a value.
     *
     * @param sequence its number; greater numbers were put later
     * @param crc CRC32C of key and value
     */
    private record Entry(long sequence, int valueBytes, int crc) {
        byte[] encode() {
            return ByteBuffer.allocate(ENTRY_BYTES)
                    .putLong(sequence)
                    .putInt(valueBytes)
                    .putInt(crc)
                    .array();
        }

        static @Nullable Entry decode(byte @Nullable [] octets) {
            if (octets == null || octets.length != ENTRY_BYTES) {
                return null;
            }
            ByteBuffer source = ByteBuffer.wrap(octets);
            return new Entry(source.getLong(), source.getInt(), source.getInt());
        }
    }

    /** The value put last under {@code key}, or null when there is none, or it has been dropped or damaged. */
    public byte @Nullable [] get(byte[] key) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Entry entry = orNullIfDamaged(() -> Entry.decode(database.get(ENTRIES, key)));
            if (entry == null) {
                return null;
            }
            byte[] value = valueOrNullIfDamaged(entry);
            if (value != null && value.length == entry.valueBytes() && checksum(key, value) == entry.crc()) {
                return value;
            }
            if (dropDamaged(key, entry)) {
                return null;
            }
        }
        return null;
    }

    private byte @Nullable [] valueOrNullIfDamaged(Entry entry) {
        try {
            return database.get(VALUES, sequenceKey(entry.sequence()));
        } catch (BlockStoreException e) {
            if (e.kind() == BlockStoreException.Kind.CORRUPT) {
                return null;
            }
            throw e;
        }
    }

    /** False when another value has been put, or the entry dropped to make room, since {@code entry} was read. */
    private boolean dropDamaged(byte[] key, Entry entry) {
        writeLock.lock();
        try {
            if (!entry.equals(orNullIfDamaged(() -> Entry.decode(database.get(ENTRIES, key))))) {
                return false;
            }
            LOG.warn("An entry of the content information in {} is damaged and dropped", directory.path());
            metrics.damaged();
            remove(key, entry);
            return true;
        } finally {
            writeLock.unlock();
        }
    }

    private interface Reading<T> {
        @Nullable
        T read();
    }

    /** Where entries themselves are damaged, nothing can be put right one by one. */
    private <T> @Nullable T orNullIfDamaged(Reading<T> reading) {
        try {
            return reading.read();
        } catch (BlockStoreException e) {
            if (e.kind() != BlockStoreException.Kind.CORRUPT) {
                throw e;
            }
            markDamaged(e);
            return null;
        }
    }

    private void markDamaged(BlockStoreException reason) {
        Path mark = directory.path().resolve(DAMAGED_NAME);
        metrics.damaged();
        if (Files.exists(mark)) {
            return;
        }
        LOG.warn("Content information in {} is damaged; the next start drops it", directory.path(), reason);
        try {
            Files.writeString(mark, reason.getMessage() + "\n");
        } catch (IOException e) {
            LOG.warn("The file {} could not be written; delete the database by hand", mark, e);
        }
    }

    private static int checksum(byte[] key, byte[] value) {
        return Checksums.crc32c(ByteBuffer.wrap(key), ByteBuffer.wrap(value));
    }

    /**
     * Keeps {@code value} under {@code key}, instead of what was there. Answers false, and keeps neither, when it is larger
     * than {@link #MAX_VALUE_BYTES} or the limit, or no room can be made because the database is damaged.
     *
     * @param key 1 to {@link #MAX_KEY_BYTES} octets
     */
    public boolean put(byte[] key, byte[] value) {
        if (key.length < 1 || key.length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException("key length: " + key.length + " (expected: 1 to " + MAX_KEY_BYTES + ")");
        }
        long cost = costOf(key.length, value.length);
        writeLock.lock();
        try {
            remove(key);
            if (value.length > MAX_VALUE_BYTES || cost > maxBytes) {
                metrics.rejected();
                return false;
            }
            dropOldest(maxBytes - cost);
            if (bytes > maxBytes - cost) {
                return false;
            }
            byte[] sequence = sequenceKey(nextSequence);
            Entry entry = new Entry(nextSequence, value.length, checksum(key, value));
            commit(nextSequence + 1, cost, 1, batch -> {
                batch.put(ENTRIES, key, entry.encode());
                batch.put(VALUES, sequence, value);
                batch.put(AGES, sequence, key);
            });
            metrics.put();
            return true;
        } finally {
            writeLock.unlock();
        }
    }

    /** Sees keys one after the other. */
    public interface KeyVisitor {
        /** Answers whether to go on. Must not close the store; may read and change it, which shows at the next visit. */
        boolean visit(byte[] key, int valueBytes);
    }

    /**
     * Shows the keys from {@code from} on and below {@code to}, in the order of their unsigned octets, without reading
     * values. Where the database is damaged, what cannot be read is left out.
     */
    public void visitKeys(byte[] from, byte[] to, KeyVisitor visitor) {
        orNullIfDamaged(() -> {
            database.scan(ENTRIES, from, (key, octets) -> {
                if (Arrays.compareUnsigned(key, to) >= 0) {
                    return false;
                }
                Entry entry = Entry.decode(octets);
                return entry == null || visitor.visit(key, entry.valueBytes());
            });
            return null;
        });
    }

    /** Forgets what is kept under {@code key}, if anything is. */
    public void remove(byte[] key) {
        writeLock.lock();
        try {
            Entry entry = orNullIfDamaged(() -> Entry.decode(database.get(ENTRIES, key)));
            if (entry != null) {
                remove(key, entry);
            }
        } finally {
            writeLock.unlock();
        }
    }

    private void remove(byte[] key, Entry entry) {
        byte[] sequence = sequenceKey(entry.sequence());
        commit(nextSequence, -costOf(key.length, entry.valueBytes()), -1, batch -> {
            batch.delete(ENTRIES, key);
            batch.delete(VALUES, sequence);
            batch.delete(AGES, sequence);
        });
    }

    private void dropOldest(long limit) {
        if (bytes <= limit) {
            return;
        }
        orNullIfDamaged(() -> {
            database.scan(AGES, new byte[0], (sequence, key) -> {
                Entry entry = Entry.decode(database.get(ENTRIES, key));
                if (entry != null && Arrays.equals(sequenceKey(entry.sequence()), sequence)) {
                    remove(key, entry);
                    metrics.dropped();
                } else {
                    // Left over from an entry that could not be read when it was replaced.
                    commit(nextSequence, 0, 0, batch -> {
                        batch.delete(VALUES, sequence);
                        batch.delete(AGES, sequence);
                    });
                }
                return bytes > limit;
            });
            return null;
        });
    }

    private void commit(long sequenceAfter, long moreBytes, long moreEntries, KeyValueDatabase.BatchFiller changes) {
        long bytesAfter = Math.max(0, bytes + moreBytes);
        long entriesAfter = Math.max(0, entries + moreEntries);
        database.commit(batch -> {
            changes.fill(batch);
            ByteBuffer status = ByteBuffer.allocate(STATUS_BYTES);
            status.putLong(sequenceAfter).putLong(bytesAfter).putLong(entriesAfter);
            batch.put(META, STATUS_KEY, status.array());
        });
        nextSequence = sequenceAfter;
        bytes = bytesAfter;
        entries = entriesAfter;
    }

    private static byte[] sequenceKey(long sequence) {
        return ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
    }

    /** The key stands twice, with the entry and in the order of ages. */
    private static long costOf(int keyBytes, int valueBytes) {
        return 2L * keyBytes + valueBytes + ENTRY_OVERHEAD_BYTES;
    }

    /** What keys and values take together. */
    public long bytes() {
        return bytes;
    }

    /** How many values are kept. */
    public long entries() {
        return entries;
    }

    /** Releases the directory. Idempotent. */
    @Override
    public void close() {
        metrics.close();
        database.close();
        directory.close();
    }
}
