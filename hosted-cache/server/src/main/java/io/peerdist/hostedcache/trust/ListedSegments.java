// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.wire.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the entries of a page say.
 *
 * @param segments those whose block hashes are all there and prove their hash of data
 * @param ignored entries that are no content information, and segments that prove nothing
 */
record ListedSegments(List<SegmentDescription> segments, int ignored) {
    private static final Logger log = LoggerFactory.getLogger(ListedSegments.class);

    static ListedSegments of(List<byte[]> entries) {
        List<SegmentDescription> segments = new ArrayList<>();
        int ignored = 0;
        for (byte[] entry : entries) {
            try {
                for (SegmentDescription segment :
                        ContentInformation.decode(ByteBuffer.wrap(entry)).segments()) {
                    if (segment.provesHashOfData()) {
                        segments.add(segment);
                    } else {
                        ignored++;
                    }
                }
            } catch (MalformedMessageException e) {
                log.debug("an entry of the manifest is no content information: {}", e.getMessage());
                ignored++;
            }
        }
        return new ListedSegments(segments, ignored);
    }

    /** Without the segments, whose descriptions would fill a page of a log. */
    @Override
    public String toString() {
        return "ListedSegments[" + segments.size() + ", " + ignored + " ignored]";
    }
}
