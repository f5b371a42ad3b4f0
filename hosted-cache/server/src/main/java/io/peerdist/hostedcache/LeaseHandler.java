// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.codec.lease.LeaseRequest;
import io.peerdist.codec.lease.LeaseResponse;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.retrieval.RequestPath;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests for fetch leases, on a worker as the catalogue is asked. What breaks the format is answered 400, who asks
 * too often 429, and when too many wait 503; then the connection is closed, and the client goes on without a lease.
 */
@Sharable
@SuppressWarnings("FutureReturnValueIgnored") // when a write fails the connection is gone, and nothing hangs on it
final class LeaseHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(LeaseHandler.class);

    private final FetchLeases leases;
    private final Predicate<SegmentId> pulled;
    private final OfferQuotas quotas;
    private final Executor worker;
    private final LongSupplier nanoTime;
    private final LeaseMetrics metrics;

    /**
     * A handler for all connections.
     *
     * @param pulled whether a segment waits to be pulled or is being pulled
     * @param quotas requests of each client
     * @param worker bounded
     */
    LeaseHandler(
            FetchLeases leases,
            Predicate<SegmentId> pulled,
            OfferQuotas quotas,
            Executor worker,
            LongSupplier nanoTime,
            LeaseMetrics metrics) {
        this.leases = leases;
        this.pulled = pulled;
        this.quotas = quotas;
        this.worker = worker;
        this.nanoTime = nanoTime;
        this.metrics = metrics;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request)
                || !(isRelease(request) || RequestPath.matches(request.uri(), LeaseRequest.PATH))
                || !(ctx.channel().remoteAddress() instanceof InetSocketAddress from)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            read(ctx, request, from);
        } finally {
            request.release();
        }
    }

    private static boolean isRelease(FullHttpRequest request) {
        return RequestPath.matches(request.uri(), LeaseRequest.RELEASE_PATH);
    }

    private void read(ChannelHandlerContext ctx, FullHttpRequest request, InetSocketAddress from) {
        if (!request.method().equals(HttpMethod.POST)) {
            FullHttpResponse response = OctetAnswer.empty(HttpResponseStatus.METHOD_NOT_ALLOWED);
            response.headers().set(HttpHeaderNames.ALLOW, HttpMethod.POST);
            OctetAnswer.send(ctx, request.protocolVersion(), false, response);
            return;
        }
        ClientNetwork client = ClientNetwork.of(from.getAddress());
        if (quotas.offer(client, nanoTime.getAsLong()) > 0) {
            metrics.overQuota();
            refuse(ctx, request, HttpResponseStatus.TOO_MANY_REQUESTS);
            return;
        }
        try {
            LeaseRequest asked = LeaseRequest.decode(request.content().nioBuffer());
            boolean release = isRelease(request);
            HttpVersion version = request.protocolVersion();
            boolean keepAlive = HttpUtil.isKeepAlive(request);
            worker.execute(() -> OctetAnswer.send(ctx, version, keepAlive, answer(client, asked, release)));
        } catch (MalformedMessageException e) {
            metrics.malformed();
            log.debug("{} sent a malformed message: {}", from, e.getMessage());
            refuse(ctx, request, HttpResponseStatus.BAD_REQUEST);
        } catch (RejectedExecutionException e) {
            metrics.overloaded();
            refuse(ctx, request, HttpResponseStatus.SERVICE_UNAVAILABLE);
        }
    }

    private FullHttpResponse answer(ClientNetwork client, LeaseRequest asked, boolean release) {
        if (release) {
            leases.release(client, asked);
            return OctetAnswer.empty(HttpResponseStatus.OK);
        }
        try {
            LeaseResponse answers = new LeaseResponse(leases.ask(client, asked, pulled, nanoTime.getAsLong()));
            return OctetAnswer.of(answers.encode());
        } catch (BlockStoreException e) {
            log.warn("no leases: the store failed", e);
            return OctetAnswer.empty(HttpResponseStatus.SERVICE_UNAVAILABLE);
        }
    }

    private static void refuse(ChannelHandlerContext ctx, FullHttpRequest request, HttpResponseStatus status) {
        OctetAnswer.send(ctx, request.protocolVersion(), false, OctetAnswer.empty(status));
    }
}
