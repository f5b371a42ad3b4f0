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
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.wire.MalformedMessageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The retrieval protocol on one connection, and blocks in their static form. The pipeline before it lets one request at a
 * time through ({@link RetrievalServer#newHandler}), so there is never more than one upload.
 */
@SuppressWarnings("FutureReturnValueIgnored") // when closing fails the connection is gone all the same
final class RetrievalHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(RetrievalHandler.class);
    private static final String STATIC_BLOCK_METHODS = "GET, HEAD";

    private final RetrievalServer server;
    private @Nullable Upload current;

    RetrievalHandler(RetrievalServer server) {
        this.server = server;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (current != null) {
            ReferenceCountUtil.release(message);
            throw new IllegalStateException(
                    "request before the answer to the one before was out (expected: the pipeline "
                            + "lets one request at a time through)");
        }
        if (!(message instanceof FullHttpRequest request)
                || request.decoderResult().isFailure()) {
            ctx.fireChannelRead(message);
        } else if (RequestPath.matches(request.uri(), RetrievalCodec.PATH)) {
            protocol(ctx, request);
        } else {
            StaticBlockPath path = server.servesStaticBlocks() ? StaticBlockPath.parse(request.uri()) : null;
            if (path == null) {
                ctx.fireChannelRead(message);
            } else {
                staticBlock(ctx, request, path);
            }
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
        Upload upload = current;
        if (upload != null) {
            upload.abandon();
        }
    }

    private void protocol(ChannelHandlerContext ctx, FullHttpRequest http) {
        try {
            if (!http.method().equals(HttpMethod.POST)) {
                refuseMethod(ctx, http, HttpMethod.POST.name());
                return;
            }
            RetrievalRequest request =
                    RetrievalCodec.decodeRequest(http.content().nioBuffer());
            ProtocolVersion asked = RetrievalCodec.versionOf(http.content().nioBuffer());
            upload(ctx, request, new MessageReply(http, request, asked, ctx.alloc()));
        } catch (MalformedMessageException e) {
            refuseBody(ctx, e);
        } finally {
            http.release();
        }
    }

    private void staticBlock(ChannelHandlerContext ctx, FullHttpRequest http, StaticBlockPath path) {
        try {
            if (http.method().equals(HttpMethod.GET) || http.method().equals(HttpMethod.HEAD)) {
                upload(
                        ctx,
                        GetBlocks.one(path.segmentId(), path.blockIndex()),
                        new StaticBlockReply(http, ctx.alloc()));
            } else {
                refuseMethod(ctx, http, STATIC_BLOCK_METHODS);
            }
        } finally {
            http.release();
        }
    }

    private void upload(ChannelHandlerContext ctx, RetrievalRequest request, Reply reply) {
        Upload upload = new Upload(server, ctx, request, reply, () -> current = null);
        current = upload;
        upload.start();
    }

    private static void refuseMethod(ChannelHandlerContext ctx, HttpRequest request, String allowed) {
        FullHttpResponse response = emptyResponse(HttpResponseStatus.METHOD_NOT_ALLOWED);
        response.headers().set(HttpHeaderNames.ALLOW, allowed);
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
