// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.discovery.LocalSegment;
import io.peerdist.discovery.LocalSegments;
import io.peerdist.discovery.PeerReplies;
import io.peerdist.discovery.message.SegmentBlocks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;

/**
 * What the cache tells those who probe: all that it serves. It has looked for none of it, so no number of other peers keeps
 * it silent. Thread-safe.
 */
final class StoredSegments implements LocalSegments {
    private final SegmentSource source;
    private final Predicate<SegmentId> complete;
    private final Executor workers;

    /**
     * @param source what is served
     * @param complete whether all of a segment is held; may read the disk
     * @param workers must be bounded; a probe that they reject is not answered
     */
    StoredSegments(SegmentSource source, Predicate<SegmentId> complete, Executor workers) {
        this.source = source;
        this.complete = complete;
        this.workers = workers;
    }

    @Override
    public CompletionStage<List<LocalSegment>> held(List<SegmentId> segmentIds) {
        CompletableFuture<List<LocalSegment>> held = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                try {
                    held.complete(
                            segmentIds.stream().flatMap(id -> find(id).stream()).toList());
                } catch (RuntimeException e) {
                    held.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            // Counted by the workers. The prober asks again, or somebody else answers.
            held.complete(List.of());
        }
        return held;
    }

    private Optional<LocalSegment> find(SegmentId id) {
        HeldSegment held = source.load(id);
        int blocks = held.blocks().blockCount();
        return blocks == 0
                ? Optional.empty()
                : Optional.of(new LocalSegment(
                        id,
                        Math.min(blocks, SegmentBlocks.MAX_BLOCKS),
                        complete.test(id),
                        Duration.ofMillis(Math.max(0, held.ageMillis())),
                        PeerReplies.NONE));
    }
}
