// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrr.RetrievalCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The append-only log of encrypted blocks: extents on the disk, the newest of which takes records. It knows nothing of the
 * catalogue. Methods that change it are called under the store's write lock; {@link #retain}, {@link #read} and the
 * counts may be called from anywhere.
 */
final class BlockLog implements AutoCloseable {
    private final ExtentFiles files;
    private final RandomGenerator random;
    private final ConcurrentMap<Integer, Extent> extents = new ConcurrentHashMap<>();

    /** Lengths of all extents, and of deleted ones until their last reader has closed them. */
    private final AtomicLong fileBytes = new AtomicLong();

    private final Set<Extent> unsynced = new HashSet<>();
    private final RecordBatch staged = new RecordBatch();

    private @Nullable Extent open;
    private int nextExtentId = 1;
    private long nextSequence = 1;
    private volatile long appendedBytes;
    private boolean directoryChanged;

    /** {@code random} makes the salts, so outsiders must not be able to guess it. */
    BlockLog(ExtentFiles files, RandomGenerator random) {
        this.files = files;
        this.random = random;
    }

    ExtentFiles files() {
        return files;
    }

    /** Adds an extent found at start. */
    Extent adopt(ExtentState state, ExtentFile file) {
        return register(state, file);
    }

    /** Lets an extent found at start take the next records; whatever is in its file behind the last one is cut off. */
    void reopen(Extent extent) throws IOException {
        extent.file().resize(extent.state().writtenBytes());
        extent.file().resize(extent.state().extentBytes());
        open = extent;
    }

    /** Numbers that later extents and records must exceed. */
    void reserve(int extentId, long sequence) {
        nextExtentId = Math.max(nextExtentId, extentId + 1);
        nextSequence = Math.max(nextSequence, sequence + 1);
    }

    long nextSequence() {
        return nextSequence;
    }

    private Extent register(ExtentState state, ExtentFile file) {
        int bytes = state.extentBytes();
        Extent extent = new Extent(state, file, () -> fileBytes.addAndGet(-bytes));
        fileBytes.addAndGet(bytes);
        extents.put(state.extentId(), extent);
        reserve(state.extentId(), 0);
        return extent;
    }

    /** Makes a new extent, which takes the next records. */
    Extent create(int extentBytes) throws IOException {
        ExtentHeader header = new ExtentHeader(nextExtentId, extentBytes, random.nextLong());
        ExtentFile file = files.create(header.extentId(), extentBytes);
        try {
            file.writeFully(header.encode(), 0);
            file.writeFully(header.encode(), ExtentHeader.COPY_POSITION);
        } catch (IOException e) {
            closeAndDelete(header.extentId(), file, e);
            throw e;
        }
        directoryChanged = true;
        open = register(ExtentState.created(header), file);
        return open;
    }

    private void closeAndDelete(int extentId, ExtentFile file, IOException reason) {
        try {
            file.close();
            files.delete(extentId);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** The extent that takes records, if there is one. */
    @Nullable
    Extent open() {
        return open;
    }

    /** Whether a record fits in the open extent behind those that are staged. */
    boolean hasRoom(int recordBytes) {
        return open != null && recordBytes <= roomBytes();
    }

    /** What the open extent has left behind the records that are staged. */
    int roomBytes() {
        return open == null ? 0 : open.state().extentBytes() - open.state().writtenBytes() - staged.bytes();
    }

    /** Closes the open extent to further records. It is forced with the next ones. */
    void seal(Extent extent) {
        if (extent.state().syncedBytes() < extent.state().writtenBytes()) {
            markUnsynced(extent);
        }
        extent.setState(extent.state().withPhase(ExtentState.Phase.SEALED));
        if (open == extent) {
            open = null;
        }
    }

    /** Appends a record to the open extent, as {@link #stage} and {@link #appendStaged} do. */
    BlockPlacement append(BlockKey key, BlockContent content) throws IOException {
        BlockPlacement placement = stage(key, content);
        appendStaged();
        return placement;
    }

    /** Whether {@link #stage} takes another record before {@link #appendStaged}. */
    boolean isStageFull() {
        return staged.isFull();
    }

    /**
     * Has a record written with the next {@link #appendStaged}, to the open extent, which must have room. Answers where it
     * will be.
     */
    BlockPlacement stage(BlockKey key, BlockContent content) {
        Extent extent = requireOpen();
        ExtentState state = extent.state();
        int offset = state.writtenBytes() + staged.bytes();
        staged.add(
                new RecordHeader(
                        state.salt(), offset, nextSequence, key, content.createdMillis(), content.body(), true),
                content);
        nextSequence++;
        BlockPlacement placement = new BlockPlacement(
                extent.extentId(),
                offset,
                content.body().ciphertextBytes(),
                content.body().crypto(),
                content.iv());
        placement.markChecked();
        return placement;
    }

    /**
     * Writes the staged records. When that fails the log is as it was, without them: the next record goes over the torn
     * ones.
     */
    void appendStaged() throws IOException {
        Extent extent = requireOpen();
        ExtentState state = extent.state();
        int bytes = staged.bytes();
        try {
            staged.writeTo(extent.file(), state.writtenBytes());
        } finally {
            staged.clear();
        }
        extent.setState(state.withWrittenBytes(state.writtenBytes() + bytes));
        long all = appendedBytes + bytes;
        appendedBytes = all;
    }

    /** Forgets the staged records. */
    void dropStaged() {
        staged.clear();
    }

    private Extent requireOpen() {
        if (open == null) {
            throw new IllegalStateException("no open extent (expected: room was made before)");
        }
        return open;
    }

    @Nullable
    Extent extent(int extentId) {
        return extents.get(extentId);
    }

    /** A reference to the extent, to be released, or null when it is gone. */
    @Nullable
    Extent retain(int extentId) {
        Extent extent = extents.get(extentId);
        return extent != null && extent.retain() ? extent : null;
    }

    Collection<Extent> extents() {
        return extents.values();
    }

    List<Extent> extentsInOrder() {
        return extents.values().stream()
                .sorted(Comparator.comparingInt(Extent::extentId))
                .toList();
    }

    /** What the log takes on the disk. */
    long fileBytes() {
        return fileBytes.get();
    }

    /** Octets of all records appended since the store was opened. From anywhere. */
    long appendedBytes() {
        return appendedBytes;
    }

    boolean hasUnsynced() {
        return !unsynced.isEmpty()
                || (open != null && open.state().syncedBytes() < open.state().writtenBytes());
    }

    /** Whether files have been made since this was called last: their names have to be forced, too. */
    boolean takeDirectoryChanged() {
        boolean changed = directoryChanged;
        directoryChanged = false;
        return changed;
    }

    /** Has the directory forced with the next extents. */
    void markDirectoryChanged() {
        directoryChanged = true;
    }

    /** Has the extent forced with the next ones. */
    void markUnsynced(Extent extent) {
        unsynced.add(extent);
    }

    /**
     * The extents that have been written to since this was called last, each with a reference for the caller, who is to
     * force and release them.
     */
    List<Extent> takeUnsynced() {
        if (open != null) {
            unsynced.add(open);
        }
        List<Extent> taken = unsynced.stream().filter(Extent::retain).toList();
        unsynced.clear();
        return taken;
    }

    /** Unlinks the extent's file. Readers who have a block of it open can finish. */
    void delete(Extent extent) throws IOException {
        files.delete(extent.extentId());
        forget(extent);
    }

    /**
     * Unlinks the extent's file and leaves the store's reference to the caller: with the last one the file's blocks come
     * free, which takes the disk long.
     */
    void unlink(Extent extent) throws IOException {
        files.delete(extent.extentId());
        unregister(extent);
    }

    private void forget(Extent extent) {
        if (unregister(extent)) {
            extent.release();
        }
    }

    private boolean unregister(Extent extent) {
        if (open == extent) {
            open = null;
        }
        return extents.remove(extent.extentId(), extent);
    }

    /**
     * The record at {@code placement}, of which the caller holds the extent: null unless header, checksums, key and lengths
     * are all as the catalogue says. Reads the whole record.
     */
    @Nullable
    BlockContent read(Extent extent, BlockKey key, BlockPlacement placement) throws IOException {
        if (placement.offset() + placement.recordBytes() > extent.state().writtenBytes()) {
            return null;
        }
        ByteBuffer record = ByteBuffer.allocate(placement.recordBytes());
        extent.file().readFully(record, placement.offset());
        record.flip();
        RecordHeader header = RecordHeader.decode(record, extent.state().salt(), placement.offset());
        if (header == null || !header.live() || !isOf(header, key, placement)) {
            return null;
        }
        int bodyBytes = header.body().bytes();
        if (record.remaining() < RecordHeader.BYTES + bodyBytes
                || Checksums.crc32c(record, RecordHeader.BYTES, bodyBytes)
                        != header.body().crc()) {
            return null;
        }
        byte[] iv = placement.initializationVector();
        ByteBuffer trailer = record.slice(
                RecordHeader.BYTES + placement.ciphertextBytes(), header.body().trailerBytes());
        if (!trailer.equals(RetrievalCodec.blockTrailer(placement.ciphertextBytes(), iv))) {
            return null;
        }
        ByteBuffer ciphertext = record.slice(RecordHeader.BYTES, placement.ciphertextBytes());
        return new BlockContent(header.body(), iv, ciphertext, trailer, header.createdMillis());
    }

    private static boolean isOf(RecordHeader header, BlockKey key, BlockPlacement placement) {
        return header.key().id().equals(key.id())
                && header.key().blockIndex() == key.blockIndex()
                && header.body().ciphertextBytes() == placement.ciphertextBytes()
                && header.body().crypto() == placement.crypto();
    }

    /**
     * Marks the record as removed where it stands, so that no later scan brings the block back. Leaves anything else than
     * that record alone.
     */
    void invalidate(BlockKey key, BlockPlacement placement) throws IOException {
        Extent extent = extents.get(placement.extentId());
        if (extent == null) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(RecordHeader.BYTES);
        extent.file().readFully(bytes, placement.offset());
        RecordHeader header = RecordHeader.decode(bytes.flip(), extent.state().salt(), placement.offset());
        if (header != null && header.live() && isOf(header, key, placement)) {
            ByteBuffer magic = ByteBuffer.allocate(Integer.BYTES)
                    .putInt(RecordHeader.MAGIC_DEAD)
                    .flip();
            extent.file().writeFully(magic, placement.offset());
            markUnsynced(extent);
        }
    }

    /** Lets go of every file. Readers who have a block open can finish. */
    @Override
    public void close() {
        for (Extent extent : extentsInOrder()) {
            forget(extent);
        }
    }
}
