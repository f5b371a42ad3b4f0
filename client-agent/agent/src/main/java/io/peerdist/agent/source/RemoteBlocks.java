// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.agent.rate.RateLimit;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.retrieval.RetrievalClient;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Asks other machines for what they hold and for blocks. Thread-safe.
 *
 * @param limit for the blocks; the answers about what others hold are small and not counted
 */
record RemoteBlocks(RetrievalClient client, RateLimit limit) {
    /** Windows does not ask for the block list of a segment with fewer blocks; one request more would not pay. */
    static final int MIN_BLOCKS_FOR_LIST = 4;

    CompletableFuture<BitSet> segmentList(InetSocketAddress address, List<SegmentDescription> segments) {
        List<SegmentId> ids = segments.stream().map(SegmentDescription::id).toList();
        return client.getSegmentList(address, ids);
    }

    /** Which blocks of a segment are there, of one that has few blocks without asking: all. */
    CompletableFuture<BlockRanges> blockList(InetSocketAddress address, SegmentDescription segment) {
        BlockRanges all = BlockRanges.first(segment.blockCount());
        return segment.blockCount() < MIN_BLOCKS_FOR_LIST
                ? CompletableFuture.completedFuture(all)
                : client.getBlockList(address, segment.id(), all);
    }

    CompletableFuture<FetchedBlock> fetch(InetSocketAddress address, SegmentDescription segment, int blockIndex) {
        int bytes = segment.blockLength(blockIndex);
        // The time limit of the request begins only when there is room for the answer.
        return limit.take(bytes)
                .thenCompose(room -> client.getBlock(address, segment.id(), blockIndex))
                .whenComplete((response, failure) -> {
                    if (failure != null || response.isEmpty()) {
                        limit.giveBack(bytes);
                    }
                })
                .thenApply(RemoteBlocks::block);
    }

    private static FetchedBlock block(BlockResponse response) {
        return response.isEmpty()
                ? FetchedBlock.ABSENT
                : new FetchedBlock.Encrypted(
                        response.cryptoAlgorithm(), response.initializationVector(), response.ciphertext());
    }
}
