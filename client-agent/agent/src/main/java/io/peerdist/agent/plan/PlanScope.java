// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import java.util.function.LongSupplier;

/**
 * Which part of a file a plan brings, and how far ahead of who takes it.
 *
 * @param from the first byte wanted
 * @param end one after the last byte wanted
 * @param limitOffset no block that starts there or later may be asked for yet; must never go back, and be quick to tell to any
 *     thread
 */
public record PlanScope(long from, long end, LongSupplier limitOffset) {
    private static final long MAX_BLOCK_BYTES = 128 << 10; // MS-PCCRC 2.4: a version 2.0 segment is one block

    /** All of a file, whenever it comes. */
    public static final PlanScope ALL = new PlanScope(0, Long.MAX_VALUE, () -> Long.MAX_VALUE);

    /** The ordinal of the first block wanted. */
    int firstOrdinal(BlockTable blocks) {
        return from == 0 ? 0 : blocks.ordinalAt(from);
    }

    /** One after the ordinal of the last block wanted. */
    int endOrdinal(BlockTable blocks) {
        return end >= blocks.fileBytes() ? blocks.blockCount() : blocks.ordinalAt(end - 1) + 1;
    }

    /**
     * Whether all of a segment comes soon once it is begun, so that others may be made to wait for it. Of a part of a file that is
     * so for segments of one block: of larger ones a program may leave the rest, or take an hour for it.
     */
    boolean mayLease(BlockTable blocks, int segment) {
        long start = blocks.segmentOffset(segment);
        long past = blocks.segmentOffset(segment + 1);
        return equals(ALL) || (past - start <= MAX_BLOCK_BYTES && start >= from && past <= end);
    }
}
