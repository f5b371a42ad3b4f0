// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.wire.MalformedMessageException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The retrieval protocol on one connection. Requests are answered one after the other: what arrives while an answer is
 * under way, for this path or another, waits, as answers must come in the order of the requests.
 */
@SuppressWarnings("FutureReturnValueIgnored") // when closing fails the connection is gone all the same
final class RetrievalHandler extends ChannelInboundHandlerAdapter {
    /** Pipelined requests that may wait. No known client pipelines; one read may still bring several. */
    static final int MAX_WAITING_REQUESTS = 64;

    private static final Logger log = LoggerFactory.getLogger(RetrievalHandler.class);

    private final RetrievalServer server;
    private final Deque<Object> waiting = new ArrayDeque<>();
    private @Nullable Upload current;
    private boolean paused;
    private boolean draining;

    RetrievalHandler(RetrievalServer server) {
        this.server = server;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (current == null && !paused) {
            handle(ctx, message);
        } else if (waiting.size() < MAX_WAITING_REQUESTS) {
            waiting.add(message);
            paused = true;
            ctx.channel().config().setAutoRead(false);
        } else {
            ReferenceCountUtil.release(message);
            server.metrics().pipelineOverflow();
            log.debug("{} sent more than {} requests ahead", ctx.channel().remoteAddress(), MAX_WAITING_REQUESTS);
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        abandon();
        super.channelInactive(ctx);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        abandon();
    }

    private void abandon() {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        Upload upload = current;
        if (upload != null) {
            upload.abandon();
        }
    }

    private void handle(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request)
                || request.decoderResult().isFailure()
                || !RequestPath.matches(request.uri(), RetrievalCodec.PATH)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            if (request.method().equals(HttpMethod.POST)) {
                post(ctx, request);
            } else {
                refuseMethod(ctx, request);
            }
        } finally {
            request.release();
        }
    }

    private void post(ChannelHandlerContext ctx, FullHttpRequest http) {
        RetrievalRequest request;
        try {
            request = RetrievalCodec.decodeRequest(http.content().nioBuffer());
        } catch (MalformedMessageException e) {
            refuseBody(ctx, e);
            return;
        }
        Upload upload = new Upload(
                server, ctx, request, http.protocolVersion(), HttpUtil.isKeepAlive(http), () -> uploadEnded(ctx));
        current = upload;
        upload.start();
    }

    private void uploadEnded(ChannelHandlerContext ctx) {
        current = null;
        if (draining || !paused) {
            return;
        }
        draining = true;
        try {
            while (current == null && ctx.channel().isActive()) {
                Object next = waiting.poll();
                if (next == null) {
                    paused = false;
                    ctx.channel().config().setAutoRead(true);
                    return;
                }
                handle(ctx, next);
            }
        } finally {
            draining = false;
        }
    }

    private static void refuseMethod(ChannelHandlerContext ctx, FullHttpRequest request) {
        FullHttpResponse response = emptyResponse(HttpResponseStatus.METHOD_NOT_ALLOWED);
        response.headers().set(HttpHeaderNames.ALLOW, HttpMethod.POST);
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        HttpUtil.setKeepAlive(response.headers(), request.protocolVersion(), keepAlive);
        ChannelFuture written = ctx.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void refuseBody(ChannelHandlerContext ctx, MalformedMessageException e) {
        server.metrics().malformed();
        log.debug("{} sent a malformed message: {}", ctx.channel().remoteAddress(), e.getMessage());
        FullHttpResponse response = emptyResponse(HttpResponseStatus.BAD_REQUEST);
        response.headers().set(HttpHeaderNames.CONNECTION, "close");
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private static FullHttpResponse emptyResponse(HttpResponseStatus status) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        HttpUtil.setContentLength(response, 0);
        return response;
    }
}
