// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.plan.SourceScore;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.retrieval.RetrievalException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A place for a peer in one download, taken by the first peer that is found when no other place is. Thread-safe. */
final class PeerSource implements BlockSource {
    private static final Logger LOGGER = LoggerFactory.getLogger(PeerSource.class);

    /** More than the connections to it, as blocks that have come wait for each other; half of what a peer of Windows serves at a time. */
    private static final int MAX_IN_FLIGHT = 32;

    private final PeerGroup group;
    private final PeerSources sources;
    private volatile @Nullable Peer peer;

    private record Peer(InetSocketAddress address, SourceScore score) {}

    PeerSource(PeerGroup group, PeerSources sources) {
        this.group = group;
        this.sources = sources;
    }

    /** Gives the place to a peer, for the rest of the download. */
    void take(InetSocketAddress address) {
        peer = new Peer(address, sources.score(address));
    }

    /** Whose place it is, or null. */
    @Nullable
    InetSocketAddress address() {
        Peer taken = peer;
        return taken == null ? null : taken.address();
    }

    @Override
    public DownloadSource kind() {
        return DownloadSource.PEER;
    }

    @Override
    public int maxInFlight() {
        return MAX_IN_FLIGHT;
    }

    @Override
    public @Nullable SourceScore sharedScore() {
        Peer taken = peer;
        return taken == null ? null : taken.score();
    }

    @Override
    public CompletableFuture<Holdings> lookUp(List<SegmentDescription> segments) {
        return group.lookUp(this, segments);
    }

    @Override
    public CompletableFuture<FetchedBlock> fetch(SegmentDescription segment, int blockIndex) {
        InetSocketAddress address = address();
        if (address == null) {
            return CompletableFuture.completedFuture(FetchedBlock.ABSENT);
        }
        return sources.remote().fetch(address, segment, blockIndex).whenComplete((block, failure) -> {
            if (failure != null) {
                failed(address, failure);
            }
        });
    }

    /** Has discovery forget a peer that failed, unless it was this machine that had too much to ask. */
    void failed(InetSocketAddress address, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        LOGGER.debug("peer {}: {}", address, cause.getMessage());
        if (!(cause instanceof RetrievalException retrieval) || retrieval.kind() != RetrievalException.Kind.BUSY) {
            sources.finder().failed(address);
        }
    }

    @Override
    public void deliveredGood() {
        InetSocketAddress address = address();
        if (address != null) {
            sources.finder().served(address);
        }
    }

    @Override
    public void deliveredBad(SegmentDescription segment, int blockIndex) {
        InetSocketAddress address = address();
        if (address != null) {
            LOGGER.debug("peer {} delivered a bad block {} of {}", address, blockIndex, segment.id());
            sources.finder().failed(address);
        }
    }
}
