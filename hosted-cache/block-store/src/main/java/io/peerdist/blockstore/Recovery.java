// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes log and catalogue agree when a store is opened.
 *
 * <ol>
 *   <li>Extents whose deletion was begun are deleted.
 *   <li>Files that the catalogue does not know, all of them if it is new, are read through and their blocks entered. What
 *       was written after the last fdatasync is read through likewise, unless the store was closed in order, and so is
 *       an extent that was being evicted.
 *   <li>If an extent is gone or shorter than it should be, or has holes, the whole catalogue is walked through and entries
 *       without a record are dropped. This does not happen when just the process died.
 * </ol>
 *
 * <p>What of the last two would take long is put off until the store serves ({@link Limits}): a placement is compared with
 * its record before it is served in any case.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Catalogue catalogue;
    private final SegmentIndex index;
    private final BlockLog log;

    /** Where valid records start, in units of their alignment, for the part of each extent that has been read through. */
    private final Map<Integer, ReadThrough> readThrough = new HashMap<>();

    private final Limits limits;
    private final List<Extent> readExtents = new ArrayList<>();
    private final List<Extent> unknown = new ArrayList<>();
    private final List<Extent> unread = new ArrayList<>();
    private final Set<Integer> cutExtents = new HashSet<>();
    private boolean sweepNeeded;
    private int extentsLost;
    private int extentsScanned;
    private long blocksFound;
    private long damagedPlaces;
    private long entriesDropped;
    private RecoveryReport report = RecoveryReport.NOTHING;

    private record ReadThrough(int from, BitSet recordStarts) {
        boolean denies(BlockPlacement placement) {
            return placement.offset() >= from && !recordStarts.get(placement.offset() / RecordHeader.ALIGNMENT_BYTES);
        }
    }

    /**
     * What a start does before it serves; the rest is done while it does. What was written since the last force is read in
     * any case, and an extent that was being evicted: that is bounded by {@link Durability#MAX_WINDOWS} and one extent.
     *
     * @param readBytes octets of unknown extents that are read through
     * @param sweptSegments segments in a catalogue that is walked through, if that is needed
     */
    record Limits(long readBytes, long sweptSegments) {
        /** About a second each on a slow disk. */
        static final Limits DEFAULT = new Limits(256L << 20, 100_000);
    }

    Recovery(Catalogue catalogue, SegmentIndex index, BlockLog log, Limits limits) {
        this.catalogue = catalogue;
        this.index = index;
        this.log = log;
        this.limits = limits;
    }

    RecoveryReport run() throws IOException {
        Catalogue.StoreStatus status = catalogue.status();
        boolean clean = status != null && status.clean();
        if (status != null) {
            index.setSegments(status.segments());
            index.setTags(status.tags());
            log.reserve(0, status.nextSequence() - 1);
            sweepNeeded = status.sweepNeeded();
        }
        // From here on the store counts as in use, whatever happens.
        index.commitStatus(false);
        Map<Extent, Integer> scans = openExtents(clean);
        putOffUnknown(scans);
        for (Map.Entry<Extent, Integer> scan : scans.entrySet()) {
            readThrough(scan.getKey(), scan.getValue());
        }
        boolean sweepPending = sweepNeeded && status != null && status.segments() > limits.sweptSegments();
        if (sweepPending) {
            index.setSweepNeeded(true);
        } else if (sweepNeeded) {
            entriesDropped = index.sweep(this::isBacked);
        }
        settlePhases();
        report = new RecoveryReport(
                status == null,
                clean,
                extentsScanned,
                extentsLost,
                unread.size(),
                blocksFound,
                entriesDropped,
                damagedPlaces,
                sweepPending);
        return report;
    }

    /** What {@link #run} has found and done. */
    RecoveryReport report() {
        return report;
    }

    /** The extents that are to be read while the store serves, the newest first. */
    List<Extent> unread() {
        return unread;
    }

    /** Whether a record that the catalogue names may be missing, so that it is worth looking. */
    boolean isDoubtful(BlockPlacement placement) {
        Extent extent = log.extent(placement.extentId());
        ReadThrough seen = readThrough.get(placement.extentId());
        return extent == null
                || placement.offset() + placement.recordBytes() > extent.state().writtenBytes()
                || (seen != null && placement.offset() >= seen.from())
                || cutExtents.contains(placement.extentId());
    }

    /** If reading all unknown extents would take long, it is done later; they keep their blocks until then. */
    private void putOffUnknown(Map<Extent, Integer> scans) throws IOException {
        long bytes = unknown.stream()
                .mapToLong(extent -> extent.state().extentBytes())
                .sum();
        if (bytes <= limits.readBytes()) {
            unknown.forEach(extent -> scans.put(extent, ExtentHeader.DATA_POSITION));
            return;
        }
        for (Extent extent : unknown) {
            int size = (int) Math.min(extent.file().size(), extent.state().extentBytes());
            extent.setUnread(true);
            extent.setState(extent.state()
                    .withWrittenBytes(Math.max(ExtentHeader.DATA_POSITION, size))
                    .withPhase(ExtentState.Phase.UNREAD));
            index.commitExtent(extent);
            unread.add(0, extent);
        }
    }

    /** Opens every extent there is; answers which are to be read through, and from where. */
    private Map<Extent, Integer> openExtents(boolean clean) throws IOException {
        SortedMap<Integer, Optional<ExtentState>> entries = new TreeMap<>();
        catalogue.extents((extentId, state) -> entries.put(extentId, Optional.ofNullable(state)));
        Map<Integer, ExtentState> known = new HashMap<>();
        for (int extentId : entries.keySet()) {
            log.reserve(extentId, 0);
        }
        for (ExtentState state :
                entries.values().stream().flatMap(Optional::stream).toList()) {
            if (state.phase() == ExtentState.Phase.DELETING) {
                log.files().delete(state.extentId());
                index.commitExtentRemoved(state.extentId());
            } else {
                known.put(state.extentId(), state);
            }
        }
        Map<Extent, Integer> scans = new TreeMap<>(Comparator.comparingInt(Extent::extentId));
        for (int extentId : log.files().list()) {
            if (!entries.isEmpty() && extentId < entries.lastKey() && !entries.containsKey(extentId)) {
                // Its blocks had been moved or dropped, for good, when the newest extent was made in its place.
                LOG.info("Extent {} is there although it was deleted; it is deleted again", name(extentId));
                log.files().delete(extentId);
            } else {
                openExtent(extentId, known.remove(extentId), clean, scans);
            }
        }
        for (int lost : known.keySet()) {
            LOG.warn("Extent {} is missing; its blocks are lost", name(lost));
            extentsLost++;
            sweepNeeded = true;
            index.commitExtentRemoved(lost);
        }
        return scans;
    }

    private void openExtent(int extentId, @Nullable ExtentState remembered, boolean clean, Map<Extent, Integer> scans)
            throws IOException {
        ExtentFile file = log.files().open(extentId);
        ExtentHeader header = readHeader(file, extentId);
        ExtentState state = remembered;
        if (state != null && header != null && header.salt() != state.salt()) {
            sweepNeeded = true;
            state = null;
        }
        if (state == null) {
            if (header == null) {
                LOG.warn("Extent {} has no readable header; it is deleted and its blocks are lost", name(extentId));
                extentsLost++;
                file.close();
                log.files().delete(extentId);
                return;
            }
            Extent extent = log.adopt(ExtentState.created(header), file);
            index.commitExtent(extent);
            unknown.add(extent);
            return;
        }
        if (state.phase() == ExtentState.Phase.UNREAD) {
            // Reading it was cut short; what has been entered stays.
            unknown.add(log.adopt(state.withPhase(ExtentState.Phase.OPEN), file));
            return;
        }
        long size = file.size();
        if (size < state.writtenBytes()) {
            LOG.warn(
                    "Extent {} has {} bytes (expected: {}); blocks at its end are lost",
                    name(extentId),
                    size,
                    state.extentBytes());
            state = state.withWrittenBytes(
                    Math.max(ExtentHeader.DATA_POSITION, (int) size & -RecordHeader.ALIGNMENT_BYTES));
            sweepNeeded = true;
            cutExtents.add(extentId);
        }
        Extent extent = log.adopt(state, file);
        if (!clean && state.phase() == ExtentState.Phase.EVICTING) {
            // What its blocks were moved to may not have reached the disk; they are still here.
            scans.put(extent, ExtentHeader.DATA_POSITION);
        } else if (!clean && (state.phase() == ExtentState.Phase.OPEN || state.syncedBytes() < state.writtenBytes())) {
            scans.put(extent, state.syncedBytes());
        }
    }

    private static @Nullable ExtentHeader readHeader(ExtentFile file, int extentId) {
        for (int position : List.of(0, ExtentHeader.COPY_POSITION)) {
            ByteBuffer bytes = ByteBuffer.allocate(ExtentHeader.BYTES);
            try {
                file.readFully(bytes, position);
            } catch (IOException e) {
                LOG.warn("Extent {} cannot be read at {}", name(extentId), position, e);
                continue;
            }
            ExtentHeader header = ExtentHeader.decode(bytes.flip(), extentId);
            if (header != null) {
                return header;
            }
        }
        return null;
    }

    private void readThrough(Extent extent, int from) throws IOException {
        ExtentState state = extent.state();
        int to = (int) Math.min(extent.file().size(), state.extentBytes());
        ReadThrough seen = new ReadThrough(from, new BitSet());
        // What is entered meanwhile lies within what counts as written.
        extent.setState(state.withWrittenBytes(Math.max(state.writtenBytes(), to)));
        RecordScanner.Result result = RecordScanner.ofRecords(extent.file(), state.salt())
                .scan(from, to, (header, iv) -> enter(extent, header, iv, seen));
        readThrough.put(extent.extentId(), seen);
        readExtents.add(extent);
        extentsScanned++;
        damagedPlaces += result.damaged();
        sweepNeeded |= result.damaged() > 0 || result.end() < state.writtenBytes();
        extent.setState(extent.state().withWrittenBytes(result.end()));
        index.commitExtent(extent);
    }

    private void enter(Extent extent, RecordHeader header, byte[] iv, ReadThrough seen) {
        log.reserve(0, header.sequence());
        if (!header.live()) {
            return;
        }
        SegmentEntry before = index.loadInPassing(header.key().id());
        SegmentEntry base = before != null
                ? before.withCreatedNoLaterThan(header.createdMillis())
                : index.recovered(header.key().attributes(), header.createdMillis());
        if (!base.attributes().sameGeometry(header.key().attributes())) {
            return;
        }
        seen.recordStarts().set(header.offset() / RecordHeader.ALIGNMENT_BYTES);
        int blockIndex = header.key().blockIndex();
        BlockPlacement known = base.placement(blockIndex);
        if (known != null && known.isAt(extent.extentId(), header.offset())) {
            known.markChecked();
            return;
        }
        if (known != null && extent.state().phase() == ExtentState.Phase.EVICTING && isForced(known)) {
            return;
        }
        BlockPlacement found = new BlockPlacement(
                extent.extentId(),
                header.offset(),
                header.body().ciphertextBytes(),
                header.body().crypto(),
                iv);
        found.markChecked();
        index.replace(before, base.with(blockIndex, found));
        blocksFound += known == null ? 1 : 0;
    }

    private boolean isForced(BlockPlacement placement) {
        Extent extent = log.extent(placement.extentId());
        return extent != null
                && placement.offset() + placement.recordBytes()
                        <= extent.state().syncedBytes();
    }

    /** Whether there can be a record where {@code placement} says. */
    private boolean isBacked(BlockPlacement placement) {
        Extent extent = log.extent(placement.extentId());
        if (extent == null
                || placement.offset() + placement.recordBytes() > extent.state().writtenBytes()) {
            return false;
        }
        ReadThrough seen = readThrough.get(placement.extentId());
        return seen == null || !seen.denies(placement);
    }

    /** Only the newest extent may take records. */
    private void settlePhases() throws IOException {
        List<Extent> extents = log.extentsInOrder();
        if (extents.stream().anyMatch(extent -> extent.state().phase() == ExtentState.Phase.EVICTING)) {
            // What was moved counts as forced, or not at all, as soon as nobody looks for it where it came from.
            for (Extent extent : readExtents) {
                force(extent);
            }
            log.files().forceDirectory();
        }
        for (Extent extent : extents) {
            if (extent.isUnread()) {
                continue;
            }
            if (extent.state().phase() == ExtentState.Phase.EVICTING) {
                log.seal(extent);
                index.commitExtent(extent);
                continue;
            }
            if (extent.state().phase() != ExtentState.Phase.OPEN) {
                continue;
            }
            if (extent == extents.get(extents.size() - 1)) {
                log.reopen(extent);
            } else {
                force(extent);
                log.seal(extent);
                index.commitExtent(extent);
            }
        }
    }

    private static void force(Extent extent) throws IOException {
        extent.file().force();
        extent.setState(extent.state().withSyncedBytes(extent.state().writtenBytes()));
    }

    private static String name(int extentId) {
        return String.format("%08x", extentId);
    }
}
