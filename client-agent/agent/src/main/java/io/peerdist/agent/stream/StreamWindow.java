// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

/**
 * How far ahead of its program a stream may ask for blocks: its part of the budget, less the one block that reaches over the
 * limit. The limit moves in steps, so that requests to the origin are not cut into single blocks by a program that reads slowly.
 * {@link #limitOffset} is for any thread, the rest for one at a time.
 */
final class StreamWindow {
    private static final int MAX_BLOCK_BYTES = 128 << 10; // MS-PCCRC 2.4: a version 2.0 segment is one block
    private static final int STEPS = 4;

    private final StreamBudget budget;
    private long extraBytes;
    private long aheadBytes;
    private volatile long limitOffset;

    /** Of a stream that has entered the budget, from this offset on. */
    StreamWindow(StreamBudget budget, long from) {
        this.budget = budget;
        this.limitOffset = from;
        move(from);
    }

    /** Blocks that start there or later are not to be asked for yet. Never goes back. */
    long limitOffset() {
        return limitOffset;
    }

    /** What the stream may hold in memory. */
    long shareBytes() {
        return StreamBudget.SHARE_BYTES + extraBytes;
    }

    /** The program has taken all before {@code next}; true when the limit has moved. */
    boolean taken(long next) {
        return next + aheadBytes - limitOffset >= aheadBytes / STEPS && move(next);
    }

    private boolean move(long next) {
        long promisedBytes = Math.max(0, limitOffset - next) + MAX_BLOCK_BYTES;
        extraBytes = budget.divide(extraBytes, promisedBytes - StreamBudget.SHARE_BYTES);
        aheadBytes = shareBytes() - MAX_BLOCK_BYTES;
        if (next + aheadBytes <= limitOffset) {
            return false;
        }
        limitOffset = next + aheadBytes;
        return true;
    }

    /** The stream is over and holds nothing any more. To be called once. */
    void leave(int encodedBytes) {
        budget.leave(encodedBytes, extraBytes);
        extraBytes = 0;
    }
}
