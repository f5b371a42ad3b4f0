// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
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

    /** Windows does not ask for the block list of a segment with fewer blocks; one request more would not pay. */
    private static final int MIN_BLOCKS_FOR_LIST = 4;

    private final InetSocketAddress address;
    private final RetrievalClient client;
    private final int maxInFlight;
    private final RateLimit limit;
    private volatile boolean listsSegments = true;

    /**
     * @param maxInFlight blocks asked for at a time: as many as the client opens connections
     * @param limit for the blocks; the answers about what it holds are small and not counted
     */
    public HostedCacheSource(InetSocketAddress address, RetrievalClient client, int maxInFlight, RateLimit limit) {
        this.address = address;
        this.client = client;
        this.maxInFlight = maxInFlight;
        this.limit = limit;
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
    public CompletableFuture<Holdings> lookUp(List<SegmentDescription> segments) {
        if (!listsSegments) {
            return CompletableFuture.completedFuture(Holdings.everything(segments, false));
        }
        List<SegmentId> ids = segments.stream().map(SegmentDescription::id).toList();
        return client.getSegmentList(address, ids)
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
        BlockRanges all = BlockRanges.first(segment.blockCount());
        if (segment.blockCount() < MIN_BLOCKS_FOR_LIST) {
            return CompletableFuture.completedFuture(all);
        }
        return client.getBlockList(address, segment.id(), all).exceptionally(failure -> {
            LOGGER.debug("block list of {}: {}", segment.id(), failure.getMessage());
            return all;
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
        int bytes = segment.blockLength(blockIndex);
        // The time limit of the request begins only when there is room for the answer.
        return limit.take(bytes)
                .thenCompose(room -> client.getBlock(address, segment.id(), blockIndex))
                .whenComplete((response, failure) -> {
                    if (failure != null || response.isEmpty()) {
                        limit.giveBack(bytes);
                    }
                })
                .thenApply(HostedCacheSource::block);
    }

    private static FetchedBlock block(BlockResponse response) {
        return response.isEmpty()
                ? FetchedBlock.ABSENT
                : new FetchedBlock.Encrypted(
                        response.cryptoAlgorithm(), response.initializationVector(), response.ciphertext());
    }

    @Override
    public void deliveredBad(SegmentDescription segment, int blockIndex) {
        LOGGER.debug("hosted cache {} delivered a bad block {} of {}", address, blockIndex, segment.id());
    }
}
