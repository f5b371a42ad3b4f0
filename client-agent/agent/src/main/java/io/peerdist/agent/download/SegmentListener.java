// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.codec.pccrc.SegmentDescription;

/** Hears which segments of a download are complete. Called by the thread that downloads. */
public interface SegmentListener {
    /** Hears nothing. */
    SegmentListener NONE = (segment, blocksFromElsewhere) -> {};

    /**
     * All blocks of a segment are verified.
     *
     * @param blocksFromElsewhere how many of them came from another source than a hosted cache
     */
    void completed(SegmentDescription segment, int blocksFromElsewhere);
}
