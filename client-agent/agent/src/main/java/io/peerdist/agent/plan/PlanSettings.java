// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

/**
 * The limits of a download plan.
 *
 * @param windowBlocks blocks being fetched at a time, the origin's aside
 * @param windowBytes their bytes
 * @param lookAheadBytes how far behind the first missing byte blocks may be asked for
 * @param originRequests requests to the origin at a time
 * @param originRunBytes bytes asked for in one request to the origin, at least one block
 * @param batchSegments segments looked up with one question
 * @param batchBytes bytes of the segments looked up with one question, at least one segment
 * @param openBatches batches looked up, or being looked up, that are not yet complete
 */
public record PlanSettings(
        int windowBlocks,
        long windowBytes,
        long lookAheadBytes,
        int originRequests,
        int originRunBytes,
        int batchSegments,
        long batchBytes,
        int openBatches) {

    /** For a file on disk, which takes blocks in any order. */
    public static final PlanSettings ANY_ORDER =
            new PlanSettings(64, 16 << 20, Long.MAX_VALUE, 4, 8 << 20, 512, 256 << 20, 3);

    /** For a program behind a window of its own, a megabyte or more: several requests fit into it. */
    public static final PlanSettings WINDOWED =
            new PlanSettings(64, 16 << 20, Long.MAX_VALUE, 3, 2 << 20, 512, 64 << 20, 3);

    /** For a stream: what arrives early waits in memory, so nothing is asked for far ahead. */
    public static final PlanSettings IN_ORDER = new PlanSettings(64, 16 << 20, 16 << 20, 4, 2 << 20, 512, 256 << 20, 3);
}
