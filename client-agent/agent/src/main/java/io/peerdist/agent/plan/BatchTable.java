// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import io.peerdist.codec.pccrr.BlockRanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a file in batches that are looked up together, and what the sources said about those that are open. A
 * batch is open from its first question until its last block is verified. Not thread-safe.
 */
final class BatchTable {
    private final BlockTable blocks;
    private final int sources;
    private final int[] firstSegment;
    private final Map<Integer, OpenBatch> open = new HashMap<>();
    private int opened;

    /** Of the segments that have blocks from {@code firstOrdinal} to {@code endOrdinal} - 1. */
    BatchTable(BlockTable blocks, int sources, PlanSettings settings, int firstOrdinal, int endOrdinal) {
        this.blocks = blocks;
        this.sources = sources;
        int endSegment =
                endOrdinal == blocks.blockCount() ? blocks.segmentCount() : blocks.segmentOf(endOrdinal - 1) + 1;
        this.firstSegment = cut(blocks, settings, blocks.segmentOf(firstOrdinal), endSegment);
    }

    private static int[] cut(BlockTable blocks, PlanSettings settings, int firstSegment, int endSegment) {
        int[] starts = new int[endSegment - firstSegment + 1];
        int batches = 0;
        for (int segment = firstSegment; segment < endSegment; batches++) {
            starts[batches] = segment;
            int end = segment + 1;
            while (end < endSegment
                    && end - segment < settings.batchSegments()
                    && blocks.segmentOffset(end + 1) - blocks.segmentOffset(segment) <= settings.batchBytes()) {
                end++;
            }
            segment = end;
        }
        starts[batches] = endSegment;
        return Arrays.copyOf(starts, batches + 1);
    }

    /** Batches that are open. */
    int openCount() {
        return open.size();
    }

    /** Whether every batch has been opened. */
    boolean allOpened() {
        return opened == firstSegment.length - 1;
    }

    int firstSegment(int batch) {
        return firstSegment[batch];
    }

    int endSegment(int batch) {
        return firstSegment[batch + 1];
    }

    int firstOrdinal(int batch) {
        return blocks.firstOrdinal(firstSegment[batch]);
    }

    int endOrdinal(int batch) {
        return blocks.firstOrdinal(firstSegment[batch + 1]);
    }

    /** Opens the next batch and returns its number; {@code verified} says which of its blocks are there already. */
    int openNext(VerifiedBlocks verified) {
        int batch = opened++;
        int missing = 0;
        for (int ordinal = firstOrdinal(batch); ordinal < endOrdinal(batch); ordinal++) {
            missing += verified.contains(ordinal) ? 0 : 1;
        }
        if (missing > 0) {
            open.put(batch, new OpenBatch(sources, missing));
        }
        return batch;
    }

    boolean isOpen(int batch) {
        return open.containsKey(batch);
    }

    /** Keeps what a source holds, per segment of the batch; true when this was the last answer the batch waited for. */
    boolean answered(int source, int batch, List<BlockRanges> held) {
        OpenBatch state = open.get(batch);
        if (state == null) {
            return false;
        }
        state.held.set(source, List.copyOf(held));
        return --state.unanswered == 0;
    }

    /** Whether everybody has answered who can; nobody who has not is waited for in a batch that is not open. */
    boolean isAnswered(int batch) {
        OpenBatch state = open.get(batch);
        return state == null || state.unanswered == 0;
    }

    /** Whether the source said that it holds every block of the batch that is missing. */
    boolean holdsAll(int source, int batch, VerifiedBlocks verified) {
        for (int ordinal = firstOrdinal(batch); ordinal < endOrdinal(batch); ordinal++) {
            if (!verified.contains(ordinal) && !holds(source, ordinal)) {
                return false;
            }
        }
        return true;
    }

    /** Adds what a source holds by now of one segment of an open batch whose sources have all answered. */
    void learn(int source, int segment, BlockRanges now) {
        OpenBatch state = open.get(batchOf(segment));
        List<BlockRanges> before = state == null ? null : state.held.get(source);
        if (state != null && before != null) {
            List<BlockRanges> held = new ArrayList<>(before);
            int index = segment - firstSegment[batchOf(segment)];
            held.set(index, held.get(index).plus(now));
            state.held.set(source, held);
        }
    }

    /** Whether the source said that it holds the block. */
    boolean holds(int source, int ordinal) {
        int segment = blocks.segmentOf(ordinal);
        int batch = batchOf(segment);
        OpenBatch state = open.get(batch);
        if (state == null) {
            return false;
        }
        List<BlockRanges> held = state.held.get(source);
        return held != null && held.get(segment - firstSegment[batch]).contains(blocks.blockIndex(ordinal));
    }

    /** Counts a verified block; a batch whose last block it is closes. */
    void verified(int ordinal) {
        int batch = batchOf(blocks.segmentOf(ordinal));
        OpenBatch state = open.get(batch);
        if (state != null && --state.missing == 0) {
            open.remove(batch);
        }
    }

    /** The batch that has the block. */
    int batchOfBlock(int ordinal) {
        return batchOf(blocks.segmentOf(ordinal));
    }

    private int batchOf(int segment) {
        int found = Arrays.binarySearch(firstSegment, segment);
        return found >= 0 ? found : -found - 2;
    }

    private static final class OpenBatch {
        final List<@Nullable List<BlockRanges>> held;
        int unanswered;
        int missing;

        OpenBatch(int sources, int missing) {
            this.held = new ArrayList<>(Collections.nCopies(sources, null));
            this.unanswered = sources;
            this.missing = missing;
        }
    }
}
