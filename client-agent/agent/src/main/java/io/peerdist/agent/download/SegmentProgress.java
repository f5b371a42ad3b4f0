// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.plan.BlockTable;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.codec.pccrc.SegmentDescription;

/** Counts verified blocks by source and notices when a segment is complete. Used by the thread that downloads. */
final class SegmentProgress {
    private final ContentMap content;
    private final long fetchedBeforeBytes;
    private final DownloadTally tally;
    private final SegmentListener listener;
    private final short[] missing;
    private final short[] fromElsewhere;

    /**
     * @param fetchedBeforeBytes how many bytes at the start of the partial file came from the origin in this very run
     */
    SegmentProgress(ContentMap content, long fetchedBeforeBytes, DownloadTally tally, SegmentListener listener) {
        this.content = content;
        this.fetchedBeforeBytes = fetchedBeforeBytes;
        this.tally = tally;
        this.listener = listener;
        this.missing = new short[content.segments().size()];
        this.fromElsewhere = new short[missing.length];
        for (int i = 0; i < missing.length; i++) {
            missing[i] = (short) content.segments().get(i).blockCount();
        }
    }

    /** Counts a block; true when it was the last one of its segment. */
    boolean verified(int ordinal, DownloadSource source) {
        BlockTable blocks = content.blocks();
        int length = blocks.length(ordinal);
        boolean fetchedBefore =
                source == DownloadSource.PARTIAL_FILE && blocks.offset(ordinal) + length <= fetchedBeforeBytes;
        tally.add(fetchedBefore ? DownloadSource.ORIGIN : source, length);
        int index = blocks.segmentOf(ordinal);
        if (source != DownloadSource.HOSTED_CACHE) {
            fromElsewhere[index]++;
        }
        if (--missing[index] > 0) {
            return false;
        }
        SegmentDescription segment = content.segments().get(index);
        listener.completed(segment, fromElsewhere[index]);
        return true;
    }
}
