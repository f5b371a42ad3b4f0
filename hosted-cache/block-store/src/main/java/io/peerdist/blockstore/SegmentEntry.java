// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pchc.ContentComponent;
import io.peerdist.codec.pchc.ContentTag;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** What the catalogue knows of a segment, in memory. Immutable; every change makes a new one. */
final class SegmentEntry {
    /** Heap of an entry without its placements: object headers, the id, the geometry, the set of blocks. */
    private static final int BASE_WEIGHT_BYTES = 320;

    /** Heap of a placement with its initialization vector, and of the reference to it. */
    private static final int PLACEMENT_WEIGHT_BYTES = 88;

    private final SegmentAttributes attributes;
    private final ContentComponent component;
    private final long createdMillis;
    private final boolean pinned;
    private final int usedDay;
    private final @Nullable BlockPlacement[] placements;
    private final BlockRanges blocks;

    private SegmentEntry(
            SegmentAttributes attributes,
            ContentComponent component,
            long createdMillis,
            boolean pinned,
            int usedDay,
            @Nullable BlockPlacement[] placements) {
        this.attributes = attributes;
        this.component = component;
        this.createdMillis = createdMillis;
        this.pinned = pinned;
        this.usedDay = usedDay;
        this.placements = placements;
        BitSet held = new BitSet(placements.length);
        for (int index = 0; index < placements.length; index++) {
            held.set(index, placements[index] != null);
        }
        this.blocks = BlockRanges.copyOf(held);
    }

    /** A segment of which no block is held yet. */
    static SegmentEntry create(SegmentAttributes attributes, long createdMillis, boolean pinned) {
        return new SegmentEntry(
                attributes,
                ContentTag.componentOf(attributes.contentTag()),
                createdMillis,
                pinned,
                UsedDays.dayOf(createdMillis),
                new @Nullable BlockPlacement[attributes.blockCount()]);
    }

    SegmentEntry with(int blockIndex, @Nullable BlockPlacement placement) {
        @Nullable BlockPlacement[] changed = placements.clone();
        changed[blockIndex] = placement;
        return new SegmentEntry(attributes, component, createdMillis, pinned, usedDay, changed);
    }

    /** The same segment with {@code placements}, one for each block, which must not be changed afterwards. */
    SegmentEntry withPlacements(@Nullable BlockPlacement[] all) {
        return new SegmentEntry(attributes, component, createdMillis, pinned, usedDay, all);
    }

    /** The same segment, as old as its oldest block. */
    SegmentEntry withCreatedNoLaterThan(long millis) {
        return millis >= createdMillis
                ? this
                : new SegmentEntry(attributes, component, millis, pinned, usedDay, placements);
    }

    SegmentEntry withPinned(boolean pin) {
        return new SegmentEntry(attributes, component, createdMillis, pin, usedDay, placements);
    }

    /** The same segment, used on {@code day} for the last time. */
    SegmentEntry withUsedDay(int day) {
        return day == usedDay ? this : new SegmentEntry(attributes, component, createdMillis, pinned, day, placements);
    }

    SegmentId id() {
        return attributes.id();
    }

    SegmentAttributes attributes() {
        return attributes;
    }

    /** The component of the client that offered it, as the content tag names it. */
    ContentComponent component() {
        return component;
    }

    long createdMillis() {
        return createdMillis;
    }

    boolean isPinned() {
        return pinned;
    }

    /** The day, counted from 1970, on which a block of it was put, read or offered again the last time; see {@link UsedDays}. */
    int usedDay() {
        return usedDay;
    }

    /** Where block {@code blockIndex} is, or null when it is not held or beyond the segment's end. */
    @Nullable
    BlockPlacement placement(int blockIndex) {
        return blockIndex >= 0 && blockIndex < placements.length ? placements[blockIndex] : null;
    }

    BlockRanges blocks() {
        return blocks;
    }

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    boolean isComplete() {
        return blocks.blockCount() == placements.length;
    }

    /** Octets of ciphertext held. */
    long storedBytes() {
        return blocks.indexes()
                .mapToObj(this::placement)
                .mapToLong(placement -> placement == null ? 0 : placement.ciphertextBytes())
                .sum();
    }

    int weightBytes() {
        return BASE_WEIGHT_BYTES + PLACEMENT_WEIGHT_BYTES * blocks.blockCount() + Integer.BYTES * placements.length;
    }
}
