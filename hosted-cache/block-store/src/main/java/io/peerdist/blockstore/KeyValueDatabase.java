// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.PerfContext;
import org.rocksdb.PerfLevel;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The narrow waist over RocksDB: octets in, octets out, in a few column families; the one place that translates its
 * exceptions. Writes go through the write-ahead log without forcing it, so they survive the death of the process but not a
 * power cut. Thread-safe; RocksDB would take the process down if it were used after {@link #close()}, so every use holds
 * the read half of a lock of which closing takes the write half.
 */
final class KeyValueDatabase implements AutoCloseable {
    /** Sees entries in the order of their keys. */
    interface EntryVisitor {
        /** False ends the scan. */
        boolean visit(byte[] key, byte[] value);
    }

    /** Fills a batch of writes. */
    interface BatchFiller {
        void fill(Batch batch);
    }

    private final Path directory;
    private final KeyValueResources resources;
    private final RocksDB database;
    private final List<ColumnFamilyHandle> families;
    private final WriteOptions writeOptions = new WriteOptions();
    private final ReadWriteLock lifecycle = new ReentrantReadWriteLock();
    private boolean closed;

    private KeyValueDatabase(
            Path directory, KeyValueResources resources, RocksDB database, List<ColumnFamilyHandle> families) {
        this.directory = directory;
        this.resources = resources;
        this.database = database;
        this.families = families;
    }

    /** Opens or creates the database, with {@code familyNames} after the default family, which is number 0. */
    static KeyValueDatabase open(Path directory, List<String> familyNames, KeyValueSettings settings) {
        KeyValueResources resources = KeyValueResources.allocate(directory, settings);
        List<ColumnFamilyHandle> families = new ArrayList<>();
        try {
            Files.createDirectories(directory);
            ColumnFamilyOptions familyOptions = resources.familyOptions();
            List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
            descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions));
            for (String name : familyNames) {
                descriptors.add(new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII), familyOptions));
            }
            DBOptions options = resources.databaseOptions();
            RocksDB database = RocksDB.open(options, directory.toString(), descriptors, families);
            return new KeyValueDatabase(directory, resources, database, families);
        } catch (RocksDBException e) {
            families.forEach(ColumnFamilyHandle::close);
            resources.close();
            throw translate(directory, "opening", e);
        } catch (IOException e) {
            resources.close();
            throw StoreDirectory.translate(directory, "creating", e);
        }
    }

    byte @Nullable [] get(int family, byte[] key) {
        lifecycle.readLock().lock();
        try {
            requireOpen();
            return database.get(families.get(family), key);
        } catch (RocksDBException e) {
            throw translate(directory, "reading", e);
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    /** Commits everything that {@code filler} puts into the batch, or nothing. */
    void commit(BatchFiller filler) {
        lifecycle.readLock().lock();
        try (WriteBatch batch = new WriteBatch()) {
            requireOpen();
            filler.fill(new Batch(directory, batch, families));
            database.write(writeOptions, batch);
        } catch (RocksDBException e) {
            throw translate(directory, "writing", e);
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    /** Shows the entries of {@code family} from {@code from} on, as they were when the scan began. */
    void scan(int family, byte[] from, EntryVisitor visitor) {
        lifecycle.readLock().lock();
        try {
            requireOpen();
            try (RocksIterator iterator = database.newIterator(families.get(family))) {
                iterator.seek(from);
                while (iterator.isValid() && visitor.visit(iterator.key(), iterator.value())) {
                    iterator.next();
                }
                iterator.status();
            }
        } catch (RocksDBException e) {
            throw translate(directory, "scanning", e);
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    /** Writes the memory tables of all families out, and waits for that, so that writers cannot outrun the disk. */
    void flush() {
        lifecycle.readLock().lock();
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true).setAllowWriteStall(false)) {
            requireOpen();
            database.flush(options, families);
        } catch (RocksDBException e) {
            throw translate(directory, "flushing", e);
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    /** Rewrites all tables without what has been overwritten and deleted, and waits for that. */
    void compact() {
        lifecycle.readLock().lock();
        try {
            requireOpen();
            for (ColumnFamilyHandle family : families) {
                database.compactRange(family);
            }
        } catch (RocksDBException e) {
            throw translate(directory, "compacting", e);
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    /** Forces the write-ahead log to the disk. */
    void sync() {
        lifecycle.readLock().lock();
        try {
            requireOpen();
            database.syncWal();
        } catch (RocksDBException e) {
            throw translate(directory, "forcing", e);
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    /**
     * What reads in this thread cost.
     *
     * @param dataBlocks read from a file because they were not in the block cache
     * @param filterAndIndexBlocks likewise
     */
    record BlockReads(long dataBlocks, long filterAndIndexBlocks) {}

    /** Counts what {@code reads} costs; other threads do not matter. */
    BlockReads count(Runnable reads) {
        lifecycle.readLock().lock();
        try {
            requireOpen();
            database.setPerfLevel(PerfLevel.ENABLE_COUNT);
            try (PerfContext context = database.getPerfContext()) {
                context.reset();
                reads.run();
                long filtersAndIndexes = context.getFilterBlockReadCount() + context.getIndexBlockReadCount();
                return new BlockReads(context.getBlockReadCount() - filtersAndIndexes, filtersAndIndexes);
            } finally {
                database.setPerfLevel(PerfLevel.DISABLE);
            }
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    /** What the database's files take on the disk at this moment. */
    long fileBytes() {
        long bytes = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                bytes += sizeOf(file);
            }
        } catch (IOException e) {
            throw StoreDirectory.translate(directory, "listing", e);
        }
        return bytes;
    }

    /** RocksDB deletes files in the background, so one that was listed may be gone. */
    private static long sizeOf(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException gone) {
            return 0;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new BlockStoreException(
                    BlockStoreException.Kind.CLOSED, "the database in " + directory + " has been closed");
        }
    }

    /** Waits for those who use the database, then frees everything native. */
    @Override
    public void close() {
        lifecycle.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                families.forEach(ColumnFamilyHandle::close);
                database.close();
                writeOptions.close();
                resources.close();
            }
        } finally {
            lifecycle.writeLock().unlock();
        }
    }

    /** Writes to be committed together. */
    static final class Batch {
        private final Path directory;
        private final WriteBatch batch;
        private final List<ColumnFamilyHandle> families;

        private Batch(Path directory, WriteBatch batch, List<ColumnFamilyHandle> families) {
            this.directory = directory;
            this.batch = batch;
            this.families = families;
        }

        void put(int family, byte[] key, byte[] value) {
            try {
                batch.put(families.get(family), key, value);
            } catch (RocksDBException e) {
                throw translate(directory, "writing", e);
            }
        }

        void delete(int family, byte[] key) {
            try {
                batch.delete(families.get(family), key);
            } catch (RocksDBException e) {
                throw translate(directory, "deleting in", e);
            }
        }

        /** Deletes from {@code first} up to, but without, {@code end}. */
        void deleteRange(int family, byte[] first, byte[] end) {
            try {
                batch.deleteRange(families.get(family), first, end);
            } catch (RocksDBException e) {
                throw translate(directory, "deleting in", e);
            }
        }

        long bytes() {
            return batch.getDataSize();
        }
    }

    private static BlockStoreException translate(Path directory, String doing, RocksDBException e) {
        Status status = e.getStatus();
        Status.Code code = status == null ? Status.Code.Undefined : status.getCode();
        BlockStoreException.Kind kind = switch (code) {
            case Corruption, InvalidArgument, NotSupported -> BlockStoreException.Kind.CORRUPT;
            case IOError -> ofInputOutput(status);
            default -> BlockStoreException.Kind.IO;
        };
        return new BlockStoreException(kind, doing + " the database in " + directory + " failed: " + e.getMessage(), e);
    }

    private static BlockStoreException.Kind ofInputOutput(@Nullable Status status) {
        return status != null && status.getSubCode() == Status.SubCode.NoSpace
                ? BlockStoreException.Kind.FULL
                : BlockStoreException.Kind.IO;
    }
}
