// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.plan.SourceScore;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockRanges;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A source of blocks other than the origin. Nothing it says or delivers is trusted. Thread-safe. */
public interface BlockSource extends BlockSources {
    /** Its place in the order of sources, and what its bytes are counted under. */
    DownloadSource kind();

    /** Blocks that may be asked of it at a time. */
    int maxInFlight();

    /** What it holds of each segment. Never fails: a source that cannot be asked says so in the result. */
    CompletableFuture<Holdings> lookUp(List<SegmentDescription> segments);

    /** One block; fails when the source could not be asked. */
    CompletableFuture<FetchedBlock> fetch(SegmentDescription segment, int blockIndex);

    /**
     * Fetches a block and has it taken by {@code take}, which runs on {@code workers}; fails when the source could not be
     * asked, or as {@code take} does. What {@code take} gets may be valid only until it returns.
     */
    default <T> CompletableFuture<T> fetch(
            SegmentDescription segment, int blockIndex, Function<FetchedBlock, T> take, Executor workers) {
        return fetch(segment, blockIndex).thenApplyAsync(take, workers);
    }

    /** What all downloads know of it; null when nothing is worth knowing, or it is not known yet who this is. */
    default @Nullable SourceScore sharedScore() {
        return null;
    }

    @Override
    default List<BlockSource> forDownload(int contentVersion) {
        return List.of(this);
    }

    /** A block it delivered was right. */
    default void deliveredGood() {}

    /** The block it delivered has a wrong hash. */
    void deliveredBad(SegmentDescription segment, int blockIndex);

    /**
     * What a source holds.
     *
     * @param held per segment that was asked for; when the source cannot tell, all blocks, to be tried one by one
     * @param failed whether the source could not be asked
     */
    record Holdings(List<BlockRanges> held, boolean failed) {
        public Holdings {
            held = List.copyOf(held);
        }

        /** All blocks of every segment. */
        public static Holdings everything(List<SegmentDescription> segments, boolean failed) {
            return new Holdings(
                    segments.stream()
                            .map(segment -> BlockRanges.first(segment.blockCount()))
                            .toList(),
                    failed);
        }
    }
}
