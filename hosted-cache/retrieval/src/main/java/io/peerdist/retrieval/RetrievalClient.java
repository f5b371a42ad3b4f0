// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.NegotiationRequest;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RequestId;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.RetrievalResponse;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.retrieval.RetrievalException.Kind;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The client role of the retrieval protocol: asks other peers. Connections are kept and reused per peer, within bounds.
 * Thread-safe.
 *
 * <p>Futures complete on an event loop: what is chained to them must not block. They fail with {@link RetrievalException}.
 * Cancelling one gives up its exchange.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 3.1</a>
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing is not waited for
public final class RetrievalClient implements AutoCloseable {
    private final EventLoopGroup group;
    private final RetrievalClientSettings settings;
    private final RetrievalClientMetrics metrics;
    private final ConcurrentMap<InetSocketAddress, PeerConnections> peers = new ConcurrentHashMap<>();
    private final PeerVersions versions;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final AtomicLong requests = new AtomicLong();
    private volatile boolean closed;

    /** A client whose connections run on {@code group}, which must be an NIO group and stays the caller's to shut down. */
    public RetrievalClient(EventLoopGroup group, RetrievalClientSettings settings, MeterRegistry registry) {
        this.group = group;
        this.settings = settings;
        this.versions = new PeerVersions(settings.maxPeers());
        this.metrics = new RetrievalClientMetrics(registry);
    }

    /**
     * The highest version that {@code peer} and this client have in common; fails with {@link Kind#VERSION} when there is
     * none. No exchange needs it: a peer that does not know a request's version says so, is then asked again in a version that
     * both know, and from then on in that one at once.
     */
    public CompletableFuture<ProtocolVersion> negotiate(InetSocketAddress peer) {
        return exchange(
                peer, new NegotiationRequest(VersionRange.SUPPORTED), answer -> ResponseCheck.version(peer, answer));
    }

    /** Which of the blocks {@code wanted} the peer holds; asks nothing when none is wanted. */
    public CompletableFuture<BlockRanges> getBlockList(InetSocketAddress peer, SegmentId id, BlockRanges wanted) {
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(BlockRanges.NONE);
        }
        GetBlockList request = new GetBlockList(id, wanted.ranges(), CryptoAlgorithm.AES_128);
        return exchange(peer, request, answer -> ResponseCheck.blockList(peer, request, answer));
    }

    /** One block, as encrypted by the peer; {@link BlockResponse#isEmpty()} when the peer has not got it. */
    public CompletableFuture<BlockResponse> getBlock(InetSocketAddress peer, SegmentId id, int blockIndex) {
        GetBlocks request = GetBlocks.one(id, blockIndex);
        return exchange(peer, request, answer -> ResponseCheck.block(peer, request, answer));
    }

    /**
     * Which segments the peer holds, wholly or in part: bit i stands for {@code ids.get(i)}. Asks nothing for no segments.
     *
     * @param ids at most {@link GetSegmentList#MAX_SEGMENTS}, fewer when they are longer than 32 octets
     */
    public CompletableFuture<BitSet> getSegmentList(InetSocketAddress peer, List<SegmentId> ids) {
        if (ids.isEmpty()) {
            return CompletableFuture.completedFuture(new BitSet());
        }
        GetSegmentList request = new GetSegmentList(nextRequestId(), ids, null);
        return exchange(peer, request, answer -> ResponseCheck.segmentList(peer, request, answer));
    }

    /** Gives up all exchanges and closes all connections. Does not wait for that. */
    @Override
    public void close() {
        closed = true;
        for (PeerConnections connections : peers.values()) {
            try {
                connections.loop().execute(connections::shutDown);
            } catch (RejectedExecutionException e) {
                // The event loop has ended, and with it every connection and what waited for one.
                peers.remove(connections.peer(), connections);
            }
        }
        channels.close();
    }

    /** Sequential, as MS-PCCRR 3.1.4.4 allows. */
    private RequestId nextRequestId() {
        return RequestId.of(ByteBuffer.allocate(RequestId.BYTES)
                .putLong(0)
                .putLong(requests.incrementAndGet())
                .array());
    }

    private <T> CompletableFuture<T> exchange(
            InetSocketAddress peer, RetrievalRequest request, Function<RetrievalResponse, T> check) {
        if (peer.isUnresolved()) {
            throw new IllegalArgumentException("peer: " + peer + " (expected: a resolved address)");
        }
        Exchange<T> exchange = new Exchange<>(peer, request, versions, check, metrics);
        submit(exchange);
        return exchange.result();
    }

    private void submit(Exchange<?> exchange) {
        if (closed) {
            exchange.fail(Kind.CLOSED, "is not asked any more: the client is closed");
            return;
        }
        PeerConnections connections = connections(exchange.peer());
        if (connections == null) {
            exchange.fail(Kind.BUSY, "is one too many: " + settings.maxPeers() + " others are being asked");
            return;
        }
        try {
            connections.loop().execute(() -> {
                if (!connections.submit(exchange)) {
                    submit(exchange);
                }
            });
        } catch (RejectedExecutionException e) {
            exchange.fail(Kind.CLOSED, "is not asked any more: the event loops are shut down", e);
        }
    }

    private @Nullable PeerConnections connections(InetSocketAddress peer) {
        PeerConnections known = peers.get(peer);
        if (known != null) {
            return known;
        }
        // Threads that come here at once may overshoot the bound by as many as they are.
        if (peers.size() >= settings.maxPeers()) {
            return null;
        }
        return peers.computeIfAbsent(
                peer, address -> new PeerConnections(address, group.next(), settings, channels, this::retired));
    }

    private void retired(PeerConnections connections) {
        peers.remove(connections.peer(), connections);
    }
}
