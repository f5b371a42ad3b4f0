// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.codec.pccrc.SegmentDescription;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** The blocks in this machine's own cache. Thread-safe. */
public final class LocalCacheSource implements BlockSource {
    private static final int MAX_IN_FLIGHT = 16;

    private final LocalCache cache;
    private final Executor workers;

    /** Reads the cache on {@code workers}, which are bounded and may refuse. */
    public LocalCacheSource(LocalCache cache, Executor workers) {
        this.cache = cache;
        this.workers = workers;
    }

    @Override
    public DownloadSource kind() {
        return DownloadSource.LOCAL_CACHE;
    }

    @Override
    public int maxInFlight() {
        return MAX_IN_FLIGHT;
    }

    @Override
    public CompletableFuture<Holdings> lookUp(List<SegmentDescription> segments) {
        return CompletableFuture.supplyAsync(
                () -> new Holdings(segments.stream().map(cache::held).toList(), false), workers);
    }

    @Override
    public CompletableFuture<FetchedBlock> fetch(SegmentDescription segment, int blockIndex) {
        return CompletableFuture.supplyAsync(() -> cache.read(segment, blockIndex), workers);
    }

    /** One task for all, so that the block is still in the processor's cache when it is taken. */
    @Override
    public <T> CompletableFuture<T> fetch(
            SegmentDescription segment, int blockIndex, Function<FetchedBlock, T> take, Executor workers) {
        return CompletableFuture.supplyAsync(() -> cache.read(segment, blockIndex, take), workers);
    }

    @Override
    public void deliveredBad(SegmentDescription segment, int blockIndex) {
        cache.drop(segment, blockIndex);
    }
}
