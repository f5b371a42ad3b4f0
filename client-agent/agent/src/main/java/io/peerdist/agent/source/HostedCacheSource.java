// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.plan.SourceScore;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hosted cache as a source of blocks. It is asked for its segments first; one that does not know that question (protocol
 * version 1.0) is simply asked for each block. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 3.1</a>
 */
public final class HostedCacheSource implements BlockSource {
    private static final Logger LOGGER = LoggerFactory.getLogger(HostedCacheSource.class);

    private final InetSocketAddress address;
    private final RemoteBlocks remote;
    private final int maxInFlight;
    private final SourceScore score = new SourceScore();
    private volatile boolean listsSegments = true;

    /**
     * @param maxInFlight blocks asked for at a time, those that wait for a connection or a worker included
     * @param limit for the blocks; the answers about what it holds are small and not counted
     */
    public HostedCacheSource(InetSocketAddress address, RetrievalClient client, int maxInFlight, RateLimit limit) {
        this.address = address;
        this.remote = new RemoteBlocks(client, limit);
        this.maxInFlight = maxInFlight;
    }

    @Override
    public DownloadSource kind() {
        return DownloadSource.HOSTED_CACHE;
    }

    @Override
    public int maxInFlight() {
        return maxInFlight;
    }

    @Override
    public SourceScore sharedScore() {
        return score;
    }

    @Override
    public CompletableFuture<Holdings> lookUp(List<SegmentDescription> segments) {
        if (!listsSegments) {
            return CompletableFuture.completedFuture(Holdings.everything(segments, false));
        }
        return remote.segmentList(address, segments)
                .thenCompose(held -> blockLists(segments, held))
                .exceptionally(failure -> unanswered(segments, failure));
    }

    private CompletableFuture<Holdings> blockLists(List<SegmentDescription> segments, BitSet held) {
        List<CompletableFuture<BlockRanges>> lists = new ArrayList<>(segments.size());
        for (int i = 0; i < segments.size(); i++) {
            lists.add(held.get(i) ? blockList(segments.get(i)) : CompletableFuture.completedFuture(BlockRanges.NONE));
        }
        return CompletableFuture.allOf(lists.toArray(CompletableFuture<?>[]::new))
                .thenApply(done ->
                        new Holdings(lists.stream().map(CompletableFuture::join).toList(), false));
    }

    private CompletableFuture<BlockRanges> blockList(SegmentDescription segment) {
        return remote.blockList(address, segment).exceptionally(failure -> {
            LOGGER.debug("block list of {}: {}", segment.id(), failure.getMessage());
            return BlockRanges.first(segment.blockCount());
        });
    }

    private Holdings unanswered(List<SegmentDescription> segments, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        LOGGER.debug("segment list of {}: {}", address, cause.getMessage());
        if (cause instanceof RetrievalException retrieval && understood(retrieval.kind())) {
            listsSegments = false;
            return Holdings.everything(segments, false);
        }
        return Holdings.everything(segments, true);
    }

    /** Whether the cache is alive but does not answer this question. */
    private static boolean understood(RetrievalException.Kind kind) {
        return switch (kind) {
            case VERSION, HTTP_STATUS, MALFORMED, MISMATCH, TOO_LARGE -> true;
            case CONNECT, TIMEOUT, CLOSED, BUSY -> false;
        };
    }

    @Override
    public CompletableFuture<FetchedBlock> fetch(SegmentDescription segment, int blockIndex) {
        return remote.fetch(address, segment, blockIndex);
    }

    @Override
    public void deliveredBad(SegmentDescription segment, int blockIndex) {
        LOGGER.debug("hosted cache {} delivered a bad block {} of {}", address, blockIndex, segment.id());
    }
}
