// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What this machine can serve to peers. */
@FunctionalInterface
public interface LocalSegments {
    /**
     * Those of {@code segmentIds} of which at least one block is held, in any order. Called on the thread of the sockets, so
     * it must not wait: what has to look at the disk completes the stage later, from any thread. A failure counts as nothing
     * held.
     */
    CompletionStage<List<LocalSegment>> held(List<SegmentId> segmentIds);
}
