// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
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
            FullHttpResponse response = response(HttpResponseStatus.METHOD_NOT_ALLOWED, Unpooled.EMPTY_BUFFER);
            response.headers().set(HttpHeaderNames.ALLOW, HttpMethod.POST);
            send(ctx, request.protocolVersion(), false, response);
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
            worker.execute(() -> send(ctx, version, keepAlive, answer(client, asked, release)));
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
            return response(HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
        }
        try {
            LeaseResponse answers = new LeaseResponse(leases.ask(client, asked, pulled, nanoTime.getAsLong()));
            FullHttpResponse response = response(HttpResponseStatus.OK, Unpooled.wrappedBuffer(answers.encode()));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM);
            return response;
        } catch (BlockStoreException e) {
            log.warn("no leases: the store failed", e);
            return response(HttpResponseStatus.SERVICE_UNAVAILABLE, Unpooled.EMPTY_BUFFER);
        }
    }

    private static void refuse(ChannelHandlerContext ctx, FullHttpRequest request, HttpResponseStatus status) {
        send(ctx, request.protocolVersion(), false, response(status, Unpooled.EMPTY_BUFFER));
    }

    /** On any thread. */
    private static void send(
            ChannelHandlerContext ctx, HttpVersion version, boolean keepAlive, FullHttpResponse response) {
        HttpUtil.setKeepAlive(response.headers(), version, keepAlive);
        ChannelFuture written = ctx.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static FullHttpResponse response(HttpResponseStatus status, ByteBuf body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        HttpUtil.setContentLength(response, body.readableBytes());
        return response;
    }
}
