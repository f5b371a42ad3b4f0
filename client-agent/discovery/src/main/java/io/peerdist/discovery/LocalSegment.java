// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.discovery.message.SegmentBlocks;
import java.time.Duration;

/**
 * A segment that this machine can serve.
 *
 * @param blockCount how many of its blocks are held, 1 to {@link SegmentBlocks#MAX_BLOCKS}
 * @param complete whether these are all
 * @param age for how long it has been held; not below 0
 * @param replies what was heard when this machine looked for it; {@link PeerReplies#NONE} when it never did, as a hosted
 *     cache
 */
public record LocalSegment(SegmentId segmentId, int blockCount, boolean complete, Duration age, PeerReplies replies) {
    /** Throws {@link IllegalArgumentException} for another count or a negative age. */
    public LocalSegment {
        if (blockCount < 1 || blockCount > SegmentBlocks.MAX_BLOCKS) {
            throw new IllegalArgumentException(
                    "block count: " + blockCount + " (expected: 1 to " + SegmentBlocks.MAX_BLOCKS + ")");
        }
        if (age.isNegative()) {
            throw new IllegalArgumentException("age: " + age + " (expected: not below 0)");
        }
    }
}
