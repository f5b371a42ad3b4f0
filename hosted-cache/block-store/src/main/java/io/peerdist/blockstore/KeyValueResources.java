// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.nio.file.Path;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.WALRecoveryMode;

/**
 * The native objects behind one {@link KeyValueDatabase}, sized for a small, steady footprint: values are ids, offsets and
 * hashes, which do not compress; indexes and filters are cut in partitions that live in the block cache, so memory does not
 * grow with the number of keys.
 */
final class KeyValueResources implements AutoCloseable {
    private static final int BLOOM_BITS_PER_KEY = 10;
    private static final int METADATA_BLOCK_BYTES = 4096;
    private static final int CACHE_SHARD_BITS = 2;

    /** Data blocks are in the page cache of the system as well; filters that are not here cost every lookup a read. */
    private static final double CACHE_PART_FOR_INDEXES = 0.9;

    /** More than 20 million segments take; a table that has to be opened first costs a lookup three reads more. */
    private static final int OPEN_TABLES = 1024;

    private static final long INFO_LOG_BYTES = 64L << 10;
    private static final long MANIFEST_BYTES = 256L << 10;
    private static final long TABLE_BYTES = 8L << 20;

    /** The most that one compaction reads, and so about the most it takes on the disk until it is done. */
    static final long COMPACTION_BYTES = 64L << 20;

    private final Cache cache;
    private final BloomFilter filter;
    private final ColumnFamilyOptions familyOptions;
    private final DBOptions databaseOptions;

    private KeyValueResources(KeyValueSettings settings) {
        cache = new LRUCache(settings.blockCacheBytes(), CACHE_SHARD_BITS, false, CACHE_PART_FOR_INDEXES);
        filter = new BloomFilter(BLOOM_BITS_PER_KEY, false);
        familyOptions = new ColumnFamilyOptions()
                .setTableFormatConfig(tableFormat(cache, filter))
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(settings.writeBufferBytes())
                .setArenaBlockSize(settings.writeBufferBytes() / 8)
                .setMaxWriteBufferNumber(2)
                .setTargetFileSizeBase(TABLE_BYTES)
                .setMaxBytesForLevelBase(4 * TABLE_BYTES)
                .setMaxCompactionBytes(COMPACTION_BYTES);
        databaseOptions = new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setParanoidChecks(true)
                // A start need not write tables for what the write-ahead log holds anyway.
                .setAvoidFlushDuringRecovery(true)
                // Nor need it read every table for statistics that only compactions use.
                .setSkipStatsUpdateOnDbOpen(true)
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setDbWriteBufferSize(2 * settings.writeBufferBytes())
                .setMaxTotalWalSize(2 * settings.writeBufferBytes())
                .setMaxManifestFileSize(MANIFEST_BYTES)
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(OPEN_TABLES)
                // Preallocated files would take more of the disk than their length tells.
                .setAllowFAllocate(false)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(INFO_LOG_BYTES)
                .setKeepLogFileNum(1)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
    }

    private static BlockBasedTableConfig tableFormat(Cache cache, BloomFilter filter) {
        return new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setFilterPolicy(filter)
                .setIndexType(IndexType.kTwoLevelIndexSearch)
                .setPartitionFilters(true)
                .setMetadataBlockSize(METADATA_BLOCK_BYTES)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinTopLevelIndexAndFilter(true);
    }

    static KeyValueResources allocate(Path directory, KeyValueSettings settings) {
        NativeLibrary.load(directory);
        return new KeyValueResources(settings);
    }

    ColumnFamilyOptions familyOptions() {
        return familyOptions;
    }

    DBOptions databaseOptions() {
        return databaseOptions;
    }

    @Override
    public void close() {
        databaseOptions.close();
        familyOptions.close();
        filter.close();
        cache.close();
    }
}
