// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.plan.BlockTable;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import java.util.List;

/**
 * The segments of one file with their blocks.
 *
 * @param segments as in the content information, which covers the whole file
 * @param blocks their blocks, numbered over the file
 */
record ContentMap(List<SegmentDescription> segments, BlockTable blocks) {
    static ContentMap of(ContentInformation information) {
        List<SegmentDescription> segments = information.segments();
        return new ContentMap(
                segments,
                new BlockTable(
                        segments.stream()
                                .mapToInt(SegmentDescription::segmentBytes)
                                .toArray(),
                        segments.stream()
                                .mapToInt(SegmentDescription::blockBytes)
                                .toArray()));
    }

    SegmentDescription segmentOf(int ordinal) {
        return segments.get(blocks.segmentOf(ordinal));
    }
}
