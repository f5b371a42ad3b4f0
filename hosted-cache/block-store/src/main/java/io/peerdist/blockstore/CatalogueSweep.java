// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A walk through the whole catalogue that drops what is not backed by the log and entries that cannot be read, and counts
 * anew what is live. For the start, when nobody reads yet.
 */
final class CatalogueSweep {
    private final Catalogue catalogue;
    private final Predicate<BlockPlacement> isBacked;
    private final Map<Integer, ExtentState> extents = new HashMap<>();
    private long segments;
    private TagCounts tags = TagCounts.NONE;
    private long droppedBlocks;

    CatalogueSweep(Catalogue catalogue, BlockLog log, Predicate<BlockPlacement> isBacked) {
        this.catalogue = catalogue;
        this.isBacked = isBacked;
        log.extents()
                .forEach(extent -> extents.put(extent.extentId(), extent.state().withoutLive()));
    }

    void run() {
        catalogue.walk(null, this::visit);
    }

    private boolean visit(SegmentId id, @Nullable SegmentEntry entry) {
        if (entry == null) {
            catalogue.commit(batch -> batch.removePages(id));
            return true;
        }
        SegmentEntry kept = entry;
        for (int index : entry.blocks().indexes().toArray()) {
            BlockPlacement placement = Objects.requireNonNull(entry.placement(index));
            if (isBacked.test(placement)) {
                long bytes = placement.recordBytes();
                extents.computeIfPresent(
                        placement.extentId(), (extentId, state) -> state.plus(1, bytes, entry.isPinned() ? bytes : 0));
            } else {
                kept = kept.with(index, null);
                droppedBlocks++;
            }
        }
        segments += kept.isEmpty() ? 0 : 1;
        tags = tags.replaced(null, kept, kept.storedBytes());
        if (kept != entry) {
            write(kept);
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

    /** The states of all extents, counted anew. */
    Map<Integer, ExtentState> extents() {
        return extents;
    }

    TagCounts tags() {
        return tags;
    }

    long segments() {
        return segments;
    }

    long droppedBlocks() {
        return droppedBlocks;
    }
}
