// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import org.jspecify.annotations.Nullable;

/** Asks {@link EvictionPolicy} which blocks of one victim stay. For one thread at a time. */
final class SurvivorChoice implements Eviction.Choice {
    private final EvictionPolicy policy;
    private final ExtentUse use;
    private final int roomBytes;
    private final SegmentIndex index;
    private final EvictionCensus census = new EvictionCensus();
    private @Nullable Survivors survivors;

    /** The choice among the blocks of the extent with {@code use}, of which {@code roomBytes} may be appended anew. */
    SurvivorChoice(EvictionPolicy policy, ExtentUse use, int roomBytes, SegmentIndex index) {
        this.policy = policy;
        this.use = use;
        this.roomBytes = roomBytes;
        this.index = index;
    }

    @Override
    public void count(SegmentEntry entry, BlockKey key, BlockPlacement placement) {
        census.add(entry.component(), frequency(key, placement), placement.recordBytes());
    }

    @Override
    public boolean keeps(SegmentEntry entry, BlockKey key, BlockPlacement placement) {
        Survivors chosen = survivors;
        if (chosen == null) {
            chosen = policy.survivors(census, roomBytes, index.tags()::bytes);
            survivors = chosen;
        }
        return chosen.keeps(entry.component(), frequency(key, placement), placement.recordBytes());
    }

    private int frequency(BlockKey key, BlockPlacement placement) {
        return policy.frequency(use, placement.offset(), FrequencySketch.keyOf(key.id(), key.blockIndex()));
    }
}
