// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

    /** Key to sequence number (8), CRC32C of key and value (4), value. */
    private static final int ENTRIES = 1;

    /** Sequence number (8) to bytes of the value (4), key: what is oldest. */
    private static final int AGES = 2;

    private static final List<String> FAMILIES = List.of("entries", "ages");
    private static final byte[] STATUS_KEY = "status".getBytes(StandardCharsets.US_ASCII);
    private static final int STATUS_BYTES = 24;
    private static final int ENTRY_HEADER_BYTES = 12;

    /** What an entry costs besides its value and twice its key. */
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
        StoreDirectory locked = StoreDirectory.open(directory, PRODUCT, FORMAT_VERSION, Set.of(DATABASE_NAME));
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

    /** The value put last under {@code key}, or null when there is none, or it has been dropped or damaged. */
    public byte @Nullable [] get(byte[] key) {
        byte[] entry;
        try {
            entry = database.get(ENTRIES, key);
        } catch (BlockStoreException e) {
            if (e.kind() != BlockStoreException.Kind.CORRUPT) {
                throw e;
            }
            LOG.warn("Content information in {} is damaged and counts as absent", directory.path(), e);
            metrics.damaged();
            return null;
        }
        if (entry == null) {
            return null;
        }
        if (entry.length < ENTRY_HEADER_BYTES
                || checksum(key, entry) != ByteBuffer.wrap(entry).getInt(8)) {
            LOG.warn("An entry of the content information in {} is damaged and dropped", directory.path());
            metrics.damaged();
            remove(key);
            return null;
        }
        return Arrays.copyOfRange(entry, ENTRY_HEADER_BYTES, entry.length);
    }

    private static int checksum(byte[] key, byte[] entry) {
        ByteBuffer value = ByteBuffer.wrap(entry, ENTRY_HEADER_BYTES, entry.length - ENTRY_HEADER_BYTES);
        return Checksums.crc32c(ByteBuffer.wrap(key), value);
    }

    /**
     * Keeps {@code value} under {@code key}, instead of what was there. Answers false, and keeps neither, when it is larger
     * than {@link #MAX_VALUE_BYTES} or the limit.
     *
     * @param key 1 to {@link #MAX_KEY_BYTES} octets
     */
    public boolean put(byte[] key, byte[] value) {
        if (key.length < 1 || key.length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException("key length: " + key.length + " (expected: 1 to " + MAX_KEY_BYTES + ")");
        }
        long cost = costOf(key.length, value.length);
        if (value.length > MAX_VALUE_BYTES || cost > maxBytes) {
            metrics.rejected();
            remove(key);
            return false;
        }
        byte[] entry = new byte[ENTRY_HEADER_BYTES + value.length];
        System.arraycopy(value, 0, entry, ENTRY_HEADER_BYTES, value.length);
        ByteBuffer header = ByteBuffer.wrap(entry);
        header.putInt(Long.BYTES, checksum(key, entry));
        writeLock.lock();
        try {
            remove(key);
            dropOldest(maxBytes - cost);
            header.putLong(0, nextSequence);
            byte[] age = ByteBuffer.allocate(Integer.BYTES + key.length)
                    .putInt(value.length)
                    .put(key)
                    .array();
            commit(nextSequence + 1, cost, 1, batch -> {
                batch.put(ENTRIES, key, entry);
                batch.put(AGES, sequenceKey(nextSequence), age);
            });
            metrics.put();
            return true;
        } finally {
            writeLock.unlock();
        }
    }

    /** Forgets what is kept under {@code key}, if anything is. */
    public void remove(byte[] key) {
        writeLock.lock();
        try {
            byte[] entry = database.get(ENTRIES, key);
            if (entry == null) {
                return;
            }
            long cost = costOf(key.length, Math.max(0, entry.length - ENTRY_HEADER_BYTES));
            commit(nextSequence, -cost, -1, batch -> {
                batch.delete(ENTRIES, key);
                if (entry.length >= Long.BYTES) {
                    batch.delete(AGES, sequenceKey(ByteBuffer.wrap(entry).getLong()));
                }
            });
        } finally {
            writeLock.unlock();
        }
    }

    private void dropOldest(long limit) {
        if (bytes <= limit) {
            return;
        }
        database.scan(AGES, new byte[0], (sequence, age) -> {
            byte[] key = Arrays.copyOfRange(age, Integer.BYTES, age.length);
            long cost = costOf(key.length, ByteBuffer.wrap(age).getInt());
            commit(nextSequence, -cost, -1, batch -> {
                batch.delete(AGES, sequence);
                batch.delete(ENTRIES, key);
            });
            metrics.dropped();
            return bytes > limit;
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

    /** The key stands in the entry and in the order of ages. */
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
