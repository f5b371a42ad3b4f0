// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue on the disk: which segments there are, where their blocks are in the log, and what state the extents are
 * in. Everything in it can be made anew from the log, except which segments are pinned. Thread-safe.
 */
final class Catalogue implements AutoCloseable {
    private static final int SCHEMA_VERSION = 1;
    private static final int META = 0;
    private static final int SEGMENTS = 1;
    private static final int EXTENTS = 2;
    static final List<String> FAMILIES = List.of("segments", "extents");
    private static final byte[] SCHEMA_KEY = "schema".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SCRUB_KEY = "scrub".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STATUS_KEY = "status".getBytes(StandardCharsets.US_ASCII);

    /** Files of RocksDB that no write makes grow: manifest, options and log of the last start. */
    private static final long FIXED_FILE_BYTES = 128L << 10;

    private static final int EXTENT_VALUE_BYTES = 45;

    /** The status without the counts of content tags, as the first stores have it. */
    private static final int SHORT_STATUS_BYTES = 18;

    private final KeyValueDatabase database;
    private final long writeBufferBytes;
    private volatile long measuredBytes;
    private long writtenSinceMeasured;
    private long writtenSinceFlush;
    private long writtenSinceCompaction;

    /**
     * What the catalogue says of itself.
     *
     * @param segments segments in it
     * @param nextSequence greater than the sequence number of every record in the log
     * @param clean whether the store was closed in order, so that log and catalogue agree
     * @param sweepNeeded whether entries may be left that point to extents that are gone, or counts are not known
     * @param tags what is held of each component
     */
    record StoreStatus(long segments, long nextSequence, boolean clean, boolean sweepNeeded, TagCounts tags) {}

    /** A batch of changes. */
    interface Change {
        void writeTo(Batch batch);
    }

    private Catalogue(KeyValueDatabase database, long writeBufferBytes) {
        this.database = database;
        this.writeBufferBytes = writeBufferBytes;
        this.measuredBytes = database.fileBytes();
    }

    /** Opens or creates the catalogue; {@link BlockStoreException.Kind#CORRUPT} means that it must be rebuilt. */
    static Catalogue open(Path directory, KeyValueSettings settings) {
        KeyValueDatabase database = KeyValueDatabase.open(directory, FAMILIES, settings);
        try {
            Catalogue catalogue = new Catalogue(database, settings.writeBufferBytes());
            byte[] schema = database.get(META, SCHEMA_KEY);
            if (schema != null
                    && (schema.length != Integer.BYTES
                            || ByteBuffer.wrap(schema).getInt() != SCHEMA_VERSION)) {
                throw new BlockStoreException(
                        BlockStoreException.Kind.CORRUPT,
                        "the catalogue in " + directory + " has another schema (expected: " + SCHEMA_VERSION + ")");
            }
            return catalogue;
        } catch (BlockStoreException e) {
            database.close();
            throw e;
        }
    }

    /** What the catalogue says of itself, or null when it is new. */
    @Nullable
    StoreStatus status() {
        byte[] value = database.get(META, STATUS_KEY);
        if (value == null
                || (value.length != SHORT_STATUS_BYTES && value.length != SHORT_STATUS_BYTES + TagCounts.BYTES)) {
            return null;
        }
        boolean hasTags = value.length > SHORT_STATUS_BYTES;
        ByteBuffer source = ByteBuffer.wrap(value);
        return new StoreStatus(
                source.getLong(),
                source.getLong(),
                source.get() == 1,
                source.get() == 1 || !hasTags,
                hasTags ? TagCounts.read(source) : TagCounts.NONE);
    }

    /** What {@link ScrubPosition} encodes, or null. */
    byte @Nullable [] scrubPosition() {
        return database.get(META, SCRUB_KEY);
    }

    /** Sees extents in the order of their ids. */
    interface ExtentVisitor {
        /** Called for each extent, with null for a damaged entry. */
        void visit(int extentId, @Nullable ExtentState state);
    }

    /** Shows all extents. */
    void extents(ExtentVisitor visitor) {
        database.scan(EXTENTS, new byte[0], (key, value) -> {
            if (key.length == Integer.BYTES) {
                visitor.visit(ByteBuffer.wrap(key).getInt(), decodeExtent(key, value));
            }
            return true;
        });
    }

    /**
     * The segment, or null when it is unknown. Throws {@link BlockStoreException.Kind#CORRUPT} when the catalogue is
     * damaged there.
     */
    @Nullable
    SegmentEntry read(SegmentId id) {
        byte[] key = SegmentPages.key(id, 0);
        byte[] value = database.get(SEGMENTS, key);
        return value == null ? null : read(key, value);
    }

    private SegmentEntry read(byte[] firstKey, byte[] firstValue) {
        SegmentEntry empty = SegmentPages.decodeAttributes(firstKey, firstValue);
        if (empty == null) {
            throw damaged(firstKey);
        }
        @Nullable
        BlockPlacement[] placements =
                new @Nullable BlockPlacement[empty.attributes().blockCount()];
        byte[] key = firstKey;
        byte[] value = firstValue;
        int pages = SegmentPages.pageCount(empty.attributes());
        for (int page = 0; page < pages; page++) {
            if (page > 0) {
                key = SegmentPages.key(empty.id(), page);
                value = database.get(SEGMENTS, key);
            }
            if (value != null && !SegmentPages.decodePlacements(key, value, placements)) {
                throw damaged(key);
            }
        }
        return empty.withPlacements(placements);
    }

    private static BlockStoreException damaged(byte[] key) {
        return new BlockStoreException(
                BlockStoreException.Kind.CORRUPT,
                "the catalogue entry of segment " + SegmentPages.idOf(key) + " is damaged");
    }

    /** Sees segments in the order of their ids. */
    interface EntryVisitor {
        /** Called for each segment, with null for a damaged entry; false ends the walk. */
        boolean visit(SegmentId id, @Nullable SegmentEntry entry);
    }

    /** Walks through the segments after {@code after}, or through all. */
    void walk(@Nullable SegmentId after, EntryVisitor visitor) {
        byte[] from = after == null ? new byte[0] : SegmentPages.key(after, 0);
        database.scan(SEGMENTS, from, (key, value) -> {
            SegmentId id = SegmentPages.idOf(key);
            if (id == null || SegmentPages.pageOf(key) != 0 || (after != null && id.equals(after))) {
                return true;
            }
            return visitor.visit(id, readOrNull(key, value));
        });
    }

    private @Nullable SegmentEntry readOrNull(byte[] key, byte[] value) {
        try {
            return read(key, value);
        } catch (BlockStoreException e) {
            if (e.kind() == BlockStoreException.Kind.CORRUPT) {
                return null;
            }
            throw e;
        }
    }

    void commit(Change change) {
        database.commit(batch -> {
            change.writeTo(new Batch(batch));
            writtenSinceMeasured += batch.bytes();
            writtenSinceFlush += batch.bytes();
            writtenSinceCompaction += batch.bytes();
        });
    }

    /** Whether the memory tables should be written out before RocksDB does so by itself. */
    boolean isFlushDue() {
        return writtenSinceFlush > writeBufferBytes / 2;
    }

    /** Writes the memory tables out. What they point to must have been forced to the disk before. */
    void flush() {
        beginFlush();
        finishFlush();
    }

    /** Has the next flush counted from here. Under the store's write lock. */
    void beginFlush() {
        writtenSinceFlush = 0;
    }

    /** Writes the memory tables out. From anywhere. */
    void finishFlush() {
        database.flush();
    }

    void sync() {
        database.sync();
    }

    /** Whether enough has been overwritten or deleted since the last time. */
    boolean isCompactionWorthwhile() {
        return writtenSinceCompaction > Math.max(writeBufferBytes / 2, measuredBytes / 8)
                && measuredBytes <= KeyValueResources.COMPACTION_BYTES;
    }

    /** Rids the files of what has been overwritten and deleted. Takes as much space again while it works. */
    void compact() {
        writtenSinceCompaction = 0;
        database.compact();
        measure();
    }

    /** What it costs the disk to do {@code reads}. */
    KeyValueDatabase.BlockReads count(Runnable reads) {
        return database.count(reads);
    }

    /** What the catalogue's files took when they were last measured. */
    long fileBytes() {
        return measuredBytes;
    }

    /** Measures the files if enough has been written since the last time. */
    void measureIfDue() {
        if (writtenSinceMeasured > writeBufferBytes / 2) {
            measure();
        }
    }

    void measure() {
        measuredBytes = database.fileBytes();
        writtenSinceMeasured = 0;
    }

    /**
     * An upper bound of what the files can take before they are measured again: what has been written since lands in the
     * write-ahead log and once more in a table; a compaction keeps its inputs until its outputs are complete.
     */
    long reservedBytes() {
        return measuredBytes
                + 2 * (writtenSinceMeasured + writeBufferBytes)
                + Math.min(measuredBytes, KeyValueResources.COMPACTION_BYTES)
                + FIXED_FILE_BYTES;
    }

    @Override
    public void close() {
        database.close();
    }

    /** Changes to be committed together. */
    static final class Batch {
        private final KeyValueDatabase.Batch batch;

        private Batch(KeyValueDatabase.Batch batch) {
            this.batch = batch;
        }

        void putPage(SegmentEntry entry, int page) {
            byte[] value = SegmentPages.encode(entry, page);
            if (value == null) {
                batch.delete(SEGMENTS, SegmentPages.key(entry.id(), page));
            } else {
                batch.put(SEGMENTS, SegmentPages.key(entry.id(), page), value);
            }
        }

        void removeSegment(SegmentAttributes attributes) {
            for (int page = 0; page < SegmentPages.pageCount(attributes); page++) {
                batch.delete(SEGMENTS, SegmentPages.key(attributes.id(), page));
            }
        }

        /** Removes whatever is stored under {@code id}, for entries that cannot be read. */
        void removePages(SegmentId id) {
            for (int page = 0; page <= SegmentPages.pageOf(SegmentAttributes.MAX_BLOCKS - 1); page++) {
                batch.delete(SEGMENTS, SegmentPages.key(id, page));
            }
        }

        void removeAllSegments() {
            byte[] end = new byte[66];
            Arrays.fill(end, (byte) 0xFF);
            batch.deleteRange(SEGMENTS, new byte[0], end);
        }

        void putExtent(ExtentState state) {
            batch.put(EXTENTS, extentKey(state.extentId()), encodeExtent(state));
        }

        void removeExtent(int extentId) {
            batch.delete(EXTENTS, extentKey(extentId));
        }

        void putStatus(StoreStatus status) {
            ByteBuffer value = ByteBuffer.allocate(SHORT_STATUS_BYTES + TagCounts.BYTES);
            value.putLong(status.segments()).putLong(status.nextSequence());
            value.put((byte) (status.clean() ? 1 : 0)).put((byte) (status.sweepNeeded() ? 1 : 0));
            status.tags().writeTo(value);
            batch.put(META, STATUS_KEY, value.array());
        }

        void putScrubPosition(byte[] position) {
            batch.put(META, SCRUB_KEY, position);
        }

        void putSchema() {
            batch.put(
                    META,
                    SCHEMA_KEY,
                    ByteBuffer.allocate(Integer.BYTES).putInt(SCHEMA_VERSION).array());
        }
    }

    private static byte[] extentKey(int extentId) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(extentId).array();
    }

    private static byte[] encodeExtent(ExtentState state) {
        ByteBuffer value = ByteBuffer.allocate(EXTENT_VALUE_BYTES);
        value.put((byte) state.phase().code()).putLong(state.salt()).putInt(state.extentBytes());
        value.putInt(state.writtenBytes()).putInt(state.syncedBytes()).putInt(state.liveBlocks());
        value.putLong(state.liveBytes()).putLong(state.pinnedBytes());
        return value.putInt(Checksums.crc32c(value, 0, EXTENT_VALUE_BYTES - Integer.BYTES))
                .array();
    }

    /** Null for a damaged value: the extent is then scanned like one that nobody knows. */
    private static @Nullable ExtentState decodeExtent(byte[] key, byte[] value) {
        ByteBuffer source = ByteBuffer.wrap(value);
        if (value.length != EXTENT_VALUE_BYTES
                || source.getInt(EXTENT_VALUE_BYTES - Integer.BYTES)
                        != Checksums.crc32c(source, 0, EXTENT_VALUE_BYTES - Integer.BYTES)) {
            return null;
        }
        ExtentState.Phase phase = ExtentState.Phase.ofCode(source.get());
        if (phase == null) {
            return null;
        }
        return new ExtentState(
                ByteBuffer.wrap(key).getInt(),
                source.getLong(),
                source.getInt(),
                phase,
                source.getInt(),
                source.getInt(),
                source.getInt(),
                source.getLong(),
                source.getLong());
    }
}
