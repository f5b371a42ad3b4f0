// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a {@link BlockStore} is laid out and how much it may take. Immutable.
 *
 * @param directory where the store lives; created when absent, used by one store at a time
 * @param maxBytes hard limit of what the store takes on the disk, at least {@link #MIN_MAX_BYTES}
 * @param extentBytes size of one file of the block log, {@link #MIN_EXTENT_BYTES} to {@link #MAX_EXTENT_BYTES} and at
 *     most a quarter of {@code maxBytes}; space is freed in this unit
 * @param entryCacheBytes heap for catalogue entries, from which lookups are answered without the disk
 * @param catalogueMemoryBytes native memory for the catalogue's write buffers and block cache, at least 1 MiB
 * @param syncInterval the longest time that a stored block may be lost by a power cut; zero leaves it to
 *     {@link BlockStore#sync()} and {@code syncBytes}
 * @param syncBytes after how many bytes written to the log it is forced to the disk in the background; zero has every put
 *     forced before it is answered
 * @param maxAge how long a segment stays without being put, read or offered again, in whole days; zero is for ever
 * @param quotas what the content of each component may take once the store is full
 */
public record BlockStoreSettings(
        Path directory,
        long maxBytes,
        long extentBytes,
        long entryCacheBytes,
        long catalogueMemoryBytes,
        Duration syncInterval,
        long syncBytes,
        Duration maxAge,
        Quotas quotas) {
    /** The smallest limit that leaves room for the catalogue and three extents. */
    public static final long MIN_MAX_BYTES = 4L << 20;

    /** The smallest extent that holds the largest block. */
    public static final long MIN_EXTENT_BYTES = 256L << 10;

    /** Offsets in an extent are 31-bit numbers; this leaves a wide margin. */
    public static final long MAX_EXTENT_BYTES = 1L << 30;

    private static final long DEFAULT_EXTENT_BYTES = 256L << 20;
    private static final long DEFAULT_ENTRY_CACHE_BYTES = 16L << 20;
    private static final long MIN_DEFAULT_CATALOGUE_MEMORY_BYTES = 16L << 20;

    /** Filters and indexes take less than 3 octets for a segment of 64 KiB; they should all fit. */
    private static final long LIMIT_PER_CATALOGUE_MEMORY = (64 << 10) / 5;

    private static final long MAX_DEFAULT_CATALOGUE_MEMORY_BYTES = 256L << 20;
    private static final Duration DEFAULT_SYNC_INTERVAL = Duration.ofSeconds(5);
    private static final long DEFAULT_SYNC_BYTES = 64L << 20;

    /** As in Windows, for segments in the data cache. */
    public static final Duration DEFAULT_MAX_AGE = Duration.ofDays(28);

    /** One extent in sixteen keeps the space in reserve for moving blocks small. */
    private static final int EXTENTS_PER_STORE = 16;

    /** Throws {@link IllegalArgumentException} for a value out of its range. */
    public BlockStoreSettings {
        require(maxBytes >= MIN_MAX_BYTES, "maxBytes", maxBytes, "at least " + MIN_MAX_BYTES);
        require(
                extentBytes >= MIN_EXTENT_BYTES && extentBytes <= Math.min(MAX_EXTENT_BYTES, maxBytes / 4),
                "extentBytes",
                extentBytes,
                MIN_EXTENT_BYTES + " to " + Math.min(MAX_EXTENT_BYTES, maxBytes / 4));
        require(entryCacheBytes >= 0, "entryCacheBytes", entryCacheBytes, "at least 0");
        require(catalogueMemoryBytes >= 1 << 20, "catalogueMemoryBytes", catalogueMemoryBytes, "at least 1048576");
        require(!syncInterval.isNegative(), "syncInterval", syncInterval, "zero or more");
        require(syncBytes >= 0, "syncBytes", syncBytes, "at least 0");
        require(
                !maxAge.isNegative() && maxAge.equals(Duration.ofDays(maxAge.toDays())),
                "maxAge",
                maxAge,
                "whole days, or zero");
    }

    /** Settings for a store of at most {@code maxBytes} in {@code directory}, everything else by default. */
    public static BlockStoreSettings of(Path directory, long maxBytes) {
        long extentBytes = Math.min(DEFAULT_EXTENT_BYTES, Math.max(MIN_EXTENT_BYTES, maxBytes / EXTENTS_PER_STORE));
        return new BlockStoreSettings(
                directory,
                maxBytes,
                extentBytes,
                DEFAULT_ENTRY_CACHE_BYTES,
                Math.min(
                        MAX_DEFAULT_CATALOGUE_MEMORY_BYTES,
                        Math.max(MIN_DEFAULT_CATALOGUE_MEMORY_BYTES, maxBytes / LIMIT_PER_CATALOGUE_MEMORY)),
                DEFAULT_SYNC_INTERVAL,
                DEFAULT_SYNC_BYTES,
                DEFAULT_MAX_AGE,
                Quotas.NONE);
    }

    /** The same with another extent size. */
    public BlockStoreSettings withExtentBytes(long bytes) {
        return new BlockStoreSettings(
                directory,
                maxBytes,
                bytes,
                entryCacheBytes,
                catalogueMemoryBytes,
                syncInterval,
                syncBytes,
                maxAge,
                quotas);
    }

    /** The same with another share of the heap for catalogue entries. */
    public BlockStoreSettings withEntryCacheBytes(long bytes) {
        return new BlockStoreSettings(
                directory, maxBytes, extentBytes, bytes, catalogueMemoryBytes, syncInterval, syncBytes, maxAge, quotas);
    }

    /** The same with another amount of native memory. */
    public BlockStoreSettings withCatalogueMemoryBytes(long bytes) {
        return new BlockStoreSettings(
                directory, maxBytes, extentBytes, entryCacheBytes, bytes, syncInterval, syncBytes, maxAge, quotas);
    }

    /** The same with another limit to what a power cut may cost. */
    public BlockStoreSettings withSync(Duration interval, long bytes) {
        return new BlockStoreSettings(
                directory,
                maxBytes,
                extentBytes,
                entryCacheBytes,
                catalogueMemoryBytes,
                interval,
                bytes,
                maxAge,
                quotas);
    }

    /** The same with another limit of age. */
    public BlockStoreSettings withMaxAge(Duration age) {
        return new BlockStoreSettings(
                directory,
                maxBytes,
                extentBytes,
                entryCacheBytes,
                catalogueMemoryBytes,
                syncInterval,
                syncBytes,
                age,
                quotas);
    }

    /** The same with quotas. */
    public BlockStoreSettings withQuotas(Quotas limits) {
        return new BlockStoreSettings(
                directory,
                maxBytes,
                extentBytes,
                entryCacheBytes,
                catalogueMemoryBytes,
                syncInterval,
                syncBytes,
                maxAge,
                limits);
    }

    private static void require(boolean condition, String name, Object value, String expected) {
        if (!condition) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
