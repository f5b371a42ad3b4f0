// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pchc.ContentComponent;
import java.util.List;
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
    private final EvictionPolicy policy;
    private final PinFile pins;
    private final UsedDays usedDays;
    private final Consumer<BlockStoreException> onDamage;
    private final Cache<SegmentId, Known> cache;
    private volatile long segments;
    private volatile TagCounts tags = TagCounts.NONE;
    private boolean sweepNeeded;

    /** {@code onDamage} hears of entries of the catalogue that cannot be read; they count as unknown. */
    SegmentIndex(
            Catalogue catalogue,
            BlockLog log,
            Keeping keeping,
            long cacheBytes,
            Consumer<BlockStoreException> onDamage) {
        this.catalogue = catalogue;
        this.log = log;
        this.policy = keeping.policy();
        this.pins = keeping.pins();
        this.usedDays = keeping.usedDays();
        this.onDamage = onDamage;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheBytes)
                .weigher((SegmentId id, Known known) -> known.weightBytes())
                // Keeping the cache within its weight is a matter of microseconds: no thread pool for that.
                .executor(Runnable::run)
                .build();
    }

    /** What decides how long segments are kept, and hears of what happens to them. */
    record Keeping(EvictionPolicy policy, PinFile pins, UsedDays usedDays) {}

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

    /** As {@link Catalogue#walk}; damage is noted, and thrown. */
    void walk(@Nullable SegmentId after, Catalogue.EntryVisitor visitor) {
        try {
            catalogue.walk(after, visitor);
        } catch (BlockStoreException e) {
            if (e.kind() == BlockStoreException.Kind.CORRUPT) {
                onDamage.accept(e);
            }
            throw e;
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

    /** What is held of each component. */
    TagCounts tags() {
        return tags;
    }

    void setTags(TagCounts counts) {
        tags = counts;
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

    /** The entry as {@code update} will leave it, from the disk if need be, without a place in memory. */
    @Nullable
    SegmentEntry loadInPassing(SegmentId id, IndexUpdate update) {
        SegmentEntry after = update.after(id);
        return after == null ? loadInPassing(id) : after;
    }

    /** Replaces {@code before}, which is null for a new segment, by {@code after}, which goes when it holds no block. */
    void replace(@Nullable SegmentEntry before, SegmentEntry after) {
        commit(new IndexUpdate().replace(before, after));
    }

    /** Makes all changes of {@code update}, in the catalogue and then in memory. */
    void commit(IndexUpdate update) {
        List<ExtentState> extents = update.extentIds().stream()
                .map(log::extent)
                .filter(Objects::nonNull)
                .map(extent -> update.applyTo(extent.state()))
                .toList();
        long segmentsAfter = segments + update.moreSegments();
        TagCounts tagsAfter = update.applyTo(tags);
        update.changes().forEach(this::notePin);
        catalogue.commit(batch -> {
            for (IndexUpdate.Change change : update.changes()) {
                if (change.after().isEmpty()) {
                    batch.removeSegment(change.after().attributes());
                } else {
                    for (int page : change.pages().stream().toArray()) {
                        batch.putPage(change.after(), page);
                    }
                }
            }
            for (ExtentState state : extents) {
                batch.putExtent(state);
            }
            batch.putStatus(status(segmentsAfter, tagsAfter, false));
        });
        segments = segmentsAfter;
        tags = tagsAfter;
        extents.forEach(state -> setState(state));
        update.fates().forEach(this::follow);
        update.changes().forEach(this::show);
    }

    private void notePin(IndexUpdate.Change change) {
        SegmentEntry before = change.before();
        boolean wasPinned = before != null && before.isPinned() && !before.isEmpty();
        boolean isPinned = change.after().isPinned() && !change.after().isEmpty();
        if (wasPinned != isPinned) {
            pins.note(change.after().id(), isPinned);
        }
    }

    /** Tells the policy what has become of a record. */
    private void follow(IndexUpdate.RecordFate record) {
        Extent extent = log.extent(record.placement().extentId());
        if (extent == null) {
            return;
        }
        ContentComponent component = record.entry().component();
        int bytes = record.placement().recordBytes();
        long key = FrequencySketch.keyOf(record.entry().id(), record.blockIndex());
        extent.use().addLive(component, record.fate() == IndexUpdate.Fate.GONE ? -bytes : bytes);
        switch (record.fate()) {
            case STORED -> policy.stored(extent.use(), component, key, bytes);
            case MOVED -> policy.moved(extent.use(), component, key, bytes);
            case GONE -> {}
        }
    }

    /** A segment that is known from its record only, as a recovery finds it. Nobody knows when it was used last. */
    SegmentEntry recovered(SegmentAttributes attributes, long createdMillis) {
        return SegmentEntry.create(attributes, createdMillis, pins.contains(attributes.id()))
                .withUsedDay(usedDays.today());
    }

    private void setState(ExtentState state) {
        Extent extent = log.extent(state.extentId());
        if (extent != null) {
            extent.setState(state);
        }
    }

    /** New segments are likely to be asked for soon; changes of others only matter to memory if they are there. */
    private void show(IndexUpdate.Change change) {
        Known shown = Known.of(change.after());
        if (change.before() == null) {
            cache.put(change.after().id(), shown);
        } else {
            cache.asMap().compute(change.after().id(), (id, known) -> known == null ? null : shown);
        }
    }

    /** Puts right what {@link CatalogueSweep} finds wrong, and answers how many blocks were dropped. */
    long sweep(Predicate<BlockPlacement> isBacked) {
        CatalogueSweep sweep = new CatalogueSweep(catalogue, log, isBacked);
        sweep.run();
        sweepNeeded = false;
        segments = sweep.segments();
        tags = sweep.tags();
        catalogue.commit(batch -> {
            for (ExtentState state : sweep.extents().values()) {
                batch.putExtent(state);
            }
            batch.putStatus(status(segments, tags, false));
        });
        sweep.extents().values().forEach(this::setState);
        cache.invalidateAll();
        return sweep.droppedBlocks();
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
            batch.putStatus(status(segments, tags, clean));
        });
    }

    /** Forgets every segment, on the disk and in memory, and marks all extents for deletion. */
    void clear() {
        pins.clear();
        catalogue.commit(batch -> {
            batch.removeAllSegments();
            for (Extent extent : log.extents()) {
                batch.putExtent(extent.state().withoutLive().withPhase(ExtentState.Phase.DELETING));
            }
            batch.putStatus(new Catalogue.StoreStatus(0, log.nextSequence(), false, false, TagCounts.NONE));
        });
        segments = 0;
        tags = TagCounts.NONE;
        sweepNeeded = false;
        log.extents()
                .forEach(extent -> extent.setState(extent.state().withoutLive().withPhase(ExtentState.Phase.DELETING)));
        cache.invalidateAll();
    }

    private Catalogue.StoreStatus status(long segmentCount, TagCounts tagCounts, boolean clean) {
        return new Catalogue.StoreStatus(segmentCount, log.nextSequence(), clean, sweepNeeded, tagCounts);
    }
}
