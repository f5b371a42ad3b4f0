// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes of segments that {@link SegmentIndex#commit} makes together: the pages that differ and what they mean for the
 * counts of the extents.
 */
final class IndexUpdate {
    /** What changes for an extent. */
    private record Difference(int blocks, long bytes, long pinnedBytes) {
        private static final Difference NONE = new Difference(0, 0, 0);

        Difference plus(int sign, long recordBytes, boolean pinned) {
            return new Difference(
                    blocks + sign, bytes + sign * recordBytes, pinnedBytes + (pinned ? sign * recordBytes : 0));
        }
    }

    /**
     * A segment before and after.
     *
     * @param before null for a new segment
     * @param after empty for one that goes
     * @param pages those to be written
     */
    record Change(@Nullable SegmentEntry before, SegmentEntry after, BitSet pages) {}

    /** What becomes of a block's record. */
    enum Fate {
        /** It is new. */
        STORED,
        /** It takes the place of one that goes. */
        MOVED,
        /** It is held no longer. */
        GONE
    }

    /** What becomes of the record of block {@code blockIndex} at {@code placement}. */
    record RecordFate(Fate fate, SegmentEntry entry, int blockIndex, BlockPlacement placement) {}

    private final Map<SegmentId, Change> changes = new LinkedHashMap<>();
    private final Map<Integer, Difference> differences = new LinkedHashMap<>();
    private final List<RecordFate> fates = new ArrayList<>();
    private final Map<SegmentId, Long> moreBytes = new LinkedHashMap<>();

    /** Replaces {@code before}, which is null for a new segment, by {@code after}, which goes when it holds no block. */
    IndexUpdate replace(@Nullable SegmentEntry before, SegmentEntry after) {
        Change earlier = changes.get(after.id());
        BitSet pages = earlier == null ? new BitSet() : earlier.pages();
        boolean pinChanged = before == null || before.isPinned() != after.isPinned();
        if (before == null
                || pinChanged
                || before.createdMillis() != after.createdMillis()
                || before.usedDay() != after.usedDay()) {
            pages.set(0);
        }
        for (int index = 0; index < after.attributes().blockCount(); index++) {
            BlockPlacement old = before == null ? null : before.placement(index);
            BlockPlacement now = after.placement(index);
            if (old != now) {
                pages.set(SegmentPages.pageOf(index));
                note(old, now, after, index);
            }
            if (old != now || pinChanged) {
                count(old, before, -1);
                count(now, after, 1);
            }
        }
        changes.put(after.id(), new Change(earlier == null ? before : earlier.before(), after, pages));
        return this;
    }

    private void note(@Nullable BlockPlacement old, @Nullable BlockPlacement now, SegmentEntry entry, int blockIndex) {
        if (old != null) {
            fates.add(new RecordFate(Fate.GONE, entry, blockIndex, old));
        }
        if (now != null) {
            fates.add(new RecordFate(old == null ? Fate.STORED : Fate.MOVED, entry, blockIndex, now));
        }
    }

    private void count(@Nullable BlockPlacement placement, @Nullable SegmentEntry entry, int sign) {
        if (placement != null && entry != null) {
            moreBytes.merge(entry.id(), (long) sign * placement.ciphertextBytes(), Long::sum);
            differences.merge(
                    placement.extentId(),
                    Difference.NONE.plus(sign, placement.recordBytes(), entry.isPinned()),
                    (a, b) -> new Difference(
                            a.blocks() + b.blocks(), a.bytes() + b.bytes(), a.pinnedBytes() + b.pinnedBytes()));
        }
    }

    /** The segment as it will be, or null when this changes nothing of it. */
    @Nullable
    SegmentEntry after(SegmentId id) {
        Change change = changes.get(id);
        return change == null ? null : change.after();
    }

    /** What becomes of each record concerned, in order. */
    List<RecordFate> fates() {
        return fates;
    }

    Collection<Change> changes() {
        return changes.values();
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    /** By how much the number of segments changes. */
    long moreSegments() {
        long more = 0;
        for (Change change : changes.values()) {
            more += change.after().isEmpty() ? 0 : 1;
            more -= change.before() == null || change.before().isEmpty() ? 0 : 1;
        }
        return more;
    }

    /** The counts with this update. */
    TagCounts applyTo(TagCounts tags) {
        TagCounts after = tags;
        for (Change change : changes.values()) {
            after = after.replaced(
                    change.before(),
                    change.after(),
                    moreBytes.getOrDefault(change.after().id(), 0L));
        }
        return after;
    }

    Collection<Integer> extentIds() {
        return differences.keySet();
    }

    /** The extent's state with this update. */
    ExtentState applyTo(ExtentState state) {
        Difference difference = differences.getOrDefault(state.extentId(), Difference.NONE);
        return state.plus(difference.blocks(), difference.bytes(), difference.pinnedBytes());
    }
}
