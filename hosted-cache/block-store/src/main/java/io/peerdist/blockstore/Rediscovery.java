// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the extents that the catalogue knows nothing of, the newest first, and enters their blocks, while the store serves
 * what it has. A block that has been put meanwhile stays as it was put. For one thread.
 */
final class Rediscovery implements Housekeeping.Work {
    private static final Logger LOG = LoggerFactory.getLogger(Rediscovery.class);

    /** What is read in one step, and entered in one batch. */
    private static final int BYTES_PER_STEP = 4 << 20;

    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    private record Found(RecordHeader header, byte[] iv) {}

    private final Deque<Extent> unread;
    private final SegmentIndex index;
    private final BlockLog log;
    private final Lock writeLock;
    private final BooleanSupplier closed;
    private @Nullable RecordScanner scanner;
    private int cursor;
    private int end;
    private long blocks;

    Rediscovery(Collection<Extent> unread, SegmentIndex index, BlockLog log, Lock writeLock, BooleanSupplier closed) {
        this.unread = new ArrayDeque<>(unread);
        this.index = index;
        this.log = log;
        this.writeLock = writeLock;
        this.closed = closed;
    }

    @Override
    public long step() throws IOException {
        Extent extent = unread.peek();
        if (extent == null) {
            return -1;
        }
        if (!extent.retain()) {
            // The whole store has been dropped.
            unread.remove();
            return 0;
        }
        try {
            return step(extent);
        } finally {
            extent.release();
        }
    }

    private long step(Extent extent) throws IOException {
        RecordScanner reading = scanner;
        if (reading == null) {
            reading = RecordScanner.ofRecords(extent.file(), extent.state().salt());
            scanner = reading;
            cursor = ExtentHeader.DATA_POSITION;
            end = cursor;
        }
        List<Found> found = new ArrayList<>();
        int to = extent.state().writtenBytes();
        int limit = (int) Math.min(to, (long) cursor + BYTES_PER_STEP);
        RecordScanner from = reading;
        cursor = reading.scanSome(cursor, to, header -> {
                    found.add(new Found(header, from.ivOf(header)));
                    return header.offset() + header.recordBytes() < limit;
                })
                .end();
        writeLock.lock();
        try {
            if (closed.getAsBoolean()) {
                return -1;
            }
            enter(extent, found);
            if (cursor >= to) {
                finish(extent);
            }
        } finally {
            writeLock.unlock();
        }
        return unread.isEmpty() ? -1 : 0;
    }

    private void enter(Extent extent, List<Found> all) {
        IndexUpdate update = new IndexUpdate();
        for (Found found : all) {
            RecordHeader header = found.header();
            end = header.offset() + header.recordBytes();
            log.reserve(0, header.sequence());
            SegmentEntry before = index.loadInPassing(header.key().id(), update);
            SegmentEntry base = before != null
                    ? before.withCreatedNoLaterThan(header.createdMillis())
                    : index.recovered(header.key().attributes(), header.createdMillis());
            int blockIndex = header.key().blockIndex();
            if (header.live()
                    && base.attributes().sameGeometry(header.key().attributes())
                    && base.placement(blockIndex) == null) {
                update.replace(before, base.with(blockIndex, placement(extent, found)));
                blocks++;
            }
        }
        if (!update.isEmpty()) {
            index.commit(update);
        }
    }

    private static BlockPlacement placement(Extent extent, Found found) {
        RecordHeader.Body body = found.header().body();
        return new BlockPlacement(
                extent.extentId(), found.header().offset(), body.ciphertextBytes(), body.crypto(), found.iv());
    }

    private void finish(Extent extent) {
        unread.remove();
        scanner = null;
        extent.setState(
                extent.state().withWrittenBytes(end).withSyncedBytes(end).withPhase(ExtentState.Phase.SEALED));
        index.commitExtent(extent);
        extent.setUnread(false);
        LOG.info(
                "Extent {} has been read; {} blocks found so far, {} extents to go",
                extent.extentId(),
                blocks,
                unread.size());
    }
}
