// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.peerdist.codec.pccrc.SegmentId;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue with the entries that are in use kept in memory, and the counts of what is live in every extent.
 *
 * <p><b>Coherence.</b> Lookups take no lock of ours. Changes are made under the store's write lock: first committed to the
 * catalogue, then shown in memory. A lookup that is loading the same entry meanwhile holds the cache's lock of that entry,
 * so what the change shows comes after what the lookup has loaded, never the other way round. Unknown ids are kept in
 * memory too, as empty entries, which later puts replace.
 */
final class SegmentIndex {
    /** Heap of an id and the cache's own node. */
    private static final int KNOWN_WEIGHT_BYTES = 200;

    /**
     * What memory knows of an id.
     *
     * @param entry null when no block of it is held
     */
    record Known(@Nullable SegmentEntry entry) {
        private static final Known NOTHING = new Known(null);

        private static Known of(@Nullable SegmentEntry entry) {
            return entry == null || entry.isEmpty() ? NOTHING : new Known(entry);
        }

        private int weightBytes() {
            return KNOWN_WEIGHT_BYTES + (entry == null ? 0 : entry.weightBytes());
        }
    }

    private final Catalogue catalogue;
    private final BlockLog log;
    private final Consumer<BlockStoreException> onDamage;
    private final Cache<SegmentId, Known> cache;
    private volatile long segments;
    private boolean sweepNeeded;

    /** {@code onDamage} hears of entries of the catalogue that cannot be read; they count as unknown. */
    SegmentIndex(Catalogue catalogue, BlockLog log, long cacheBytes, Consumer<BlockStoreException> onDamage) {
        this.catalogue = catalogue;
        this.log = log;
        this.onDamage = onDamage;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheBytes)
                .weigher((SegmentId id, Known known) -> known.weightBytes())
                // Keeping the cache within its weight is a matter of microseconds: no thread pool for that.
                .executor(Runnable::run)
                .build();
    }

    /** What memory knows, or null when only the disk can tell. */
    @Nullable
    Known peek(SegmentId id) {
        return cache.getIfPresent(id);
    }

    /** The entry, from the disk if need be, and in memory afterwards. */
    @Nullable
    SegmentEntry load(SegmentId id) {
        return cache.get(id, this::read).entry();
    }

    /** The entry, from the disk if need be, without a place in memory. */
    @Nullable
    SegmentEntry loadInPassing(SegmentId id) {
        Known known = cache.getIfPresent(id);
        return (known != null ? known : read(id)).entry();
    }

    /** Reads the entry from the disk again, whatever memory says. */
    void refresh(SegmentId id) {
        cache.asMap().compute(id, (key, known) -> read(key));
    }

    private Known read(SegmentId id) {
        try {
            SegmentEntry entry = catalogue.read(id);
            return entry == null ? Known.NOTHING : Known.of(withoutLostExtents(entry));
        } catch (BlockStoreException e) {
            if (e.kind() == BlockStoreException.Kind.CORRUPT) {
                onDamage.accept(e);
            } else if (e.kind() != BlockStoreException.Kind.CLOSED) {
                throw e;
            }
            return Known.NOTHING;
        }
    }

    /** Entries may outlive an extent whose records could not be read when it was evicted. */
    private SegmentEntry withoutLostExtents(SegmentEntry entry) {
        SegmentEntry kept = entry;
        for (int index : entry.blocks().indexes().toArray()) {
            BlockPlacement placement = entry.placement(index);
            if (placement != null && log.extent(placement.extentId()) == null) {
                kept = kept.with(index, null);
            }
        }
        return kept;
    }

    long segments() {
        return segments;
    }

    void setSegments(long count) {
        segments = count;
    }

    boolean isSweepNeeded() {
        return sweepNeeded;
    }

    void setSweepNeeded(boolean needed) {
        sweepNeeded = needed;
    }

    long blocks() {
        return log.extents().stream()
                .mapToLong(extent -> extent.state().liveBlocks())
                .sum();
    }

    /**
     * Replaces {@code before}, which is null for a new segment, by {@code after}, which is removed when it holds no block.
     * Commits the pages that differ, the extents concerned and the counts together.
     */
    void replace(@Nullable SegmentEntry before, SegmentEntry after) {
        Map<Integer, ExtentState> extents = new HashMap<>();
        BitSet pages = new BitSet();
        boolean pinChanged = before == null || before.isPinned() != after.isPinned();
        boolean attributesChanged = before == null || pinChanged || before.createdMillis() != after.createdMillis();
        pages.set(0, attributesChanged);
        for (int index = 0; index < after.attributes().blockCount(); index++) {
            BlockPlacement old = before == null ? null : before.placement(index);
            BlockPlacement now = after.placement(index);
            if (old != now || pinChanged) {
                pages.set(SegmentPages.pageOf(index), old != now || pages.get(SegmentPages.pageOf(index)));
                count(extents, old, before, -1);
                count(extents, now, after, 1);
            }
        }
        long segmentsAfter = segments + (after.isEmpty() ? 0 : 1) - (before == null || before.isEmpty() ? 0 : 1);
        catalogue.commit(batch -> {
            if (after.isEmpty()) {
                batch.removeSegment(after.attributes());
            } else {
                for (int page : pages.stream().toArray()) {
                    batch.putPage(after, page);
                }
            }
            for (ExtentState state : extents.values()) {
                batch.putExtent(state);
            }
            batch.putStatus(status(segmentsAfter, false));
        });
        segments = segmentsAfter;
        extents.values()
                .forEach(state ->
                        Objects.requireNonNull(log.extent(state.extentId())).setState(state));
        show(before, after);
    }

    private void count(
            Map<Integer, ExtentState> states,
            @Nullable BlockPlacement placement,
            @Nullable SegmentEntry entry,
            int sign) {
        if (placement == null || entry == null) {
            return;
        }
        Extent extent = log.extent(placement.extentId());
        if (extent != null) {
            long bytes = (long) sign * placement.recordBytes();
            ExtentState state = states.getOrDefault(extent.extentId(), extent.state());
            states.put(extent.extentId(), state.plus(sign, bytes, entry.isPinned() ? bytes : 0));
        }
    }

    /** New segments are likely to be asked for soon; changes of others only matter to memory if they are there. */
    private void show(@Nullable SegmentEntry before, SegmentEntry after) {
        Known shown = Known.of(after);
        if (before == null) {
            cache.put(after.id(), shown);
        } else {
            cache.asMap().compute(after.id(), (id, known) -> known == null ? null : shown);
        }
    }

    /**
     * Walks through the whole catalogue, drops what {@code isValid} denies and entries that cannot be read, and counts anew
     * what is live. For the start, when nobody reads yet. Answers how many blocks were dropped.
     */
    long sweep(Predicate<BlockPlacement> isValid) {
        Map<Integer, ExtentState> extents = new HashMap<>();
        log.extents()
                .forEach(extent -> extents.put(extent.extentId(), extent.state().withoutLive()));
        Sweep sweep = new Sweep(extents, isValid);
        catalogue.walk(null, sweep::visit);
        sweepNeeded = false;
        segments = sweep.kept;
        catalogue.commit(batch -> {
            for (ExtentState state : extents.values()) {
                batch.putExtent(state);
            }
            batch.putStatus(status(segments, false));
        });
        log.extents().forEach(extent -> extent.setState(Objects.requireNonNull(extents.get(extent.extentId()))));
        cache.invalidateAll();
        return sweep.droppedBlocks;
    }

    private final class Sweep {
        private final Map<Integer, ExtentState> extents;
        private final Predicate<BlockPlacement> isValid;
        private long kept;
        private long droppedBlocks;

        Sweep(Map<Integer, ExtentState> extents, Predicate<BlockPlacement> isValid) {
            this.extents = extents;
            this.isValid = isValid;
        }

        boolean visit(SegmentId id, @Nullable SegmentEntry entry) {
            if (entry == null) {
                catalogue.commit(batch -> batch.removePages(id));
                return true;
            }
            SegmentEntry valid = entry;
            for (int index : entry.blocks().indexes().toArray()) {
                BlockPlacement placement = Objects.requireNonNull(entry.placement(index));
                if (isValid.test(placement)) {
                    count(extents, placement, entry, 1);
                } else {
                    valid = valid.with(index, null);
                    droppedBlocks++;
                }
            }
            kept += valid.isEmpty() ? 0 : 1;
            if (valid != entry) {
                write(valid);
            }
            return true;
        }

        private void write(SegmentEntry entry) {
            catalogue.commit(batch -> {
                if (entry.isEmpty()) {
                    batch.removeSegment(entry.attributes());
                    return;
                }
                for (int page = 0; page < SegmentPages.pageCount(entry.attributes()); page++) {
                    batch.putPage(entry, page);
                }
            });
        }
    }

    /** Commits the state of {@code extent} as it is now. */
    void commitExtent(Extent extent) {
        catalogue.commit(batch -> batch.putExtent(extent.state()));
    }

    void commitExtentRemoved(int extentId) {
        catalogue.commit(batch -> batch.removeExtent(extentId));
    }

    /** Commits the counts; {@code clean} says that the store is being closed in order. */
    void commitStatus(boolean clean) {
        catalogue.commit(batch -> {
            batch.putSchema();
            batch.putStatus(status(segments, clean));
        });
    }

    /** Forgets every segment, on the disk and in memory, and marks all extents for deletion. */
    void clear() {
        catalogue.commit(batch -> {
            batch.removeAllSegments();
            for (Extent extent : log.extents()) {
                batch.putExtent(extent.state().withoutLive().withPhase(ExtentState.Phase.DELETING));
            }
            batch.putStatus(new Catalogue.StoreStatus(0, log.nextSequence(), false, false));
        });
        segments = 0;
        sweepNeeded = false;
        log.extents()
                .forEach(extent -> extent.setState(extent.state().withoutLive().withPhase(ExtentState.Phase.DELETING)));
        cache.invalidateAll();
    }

    private Catalogue.StoreStatus status(long segmentCount, boolean clean) {
        return new Catalogue.StoreStatus(segmentCount, log.nextSequence(), clean, sweepNeeded);
    }
}
