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
import io.peerdist.codec.lease.LeaseRequest;
import io.peerdist.codec.lease.LeaseResponse;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.retrieval.RequestPath;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests for fetch leases. What breaks the format is answered 400 and the connection closed. */
@Sharable
@SuppressWarnings("FutureReturnValueIgnored") // when a write fails the connection is gone, and nothing hangs on it
final class LeaseHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(LeaseHandler.class);

    private final FetchLeases leases;
    private final LongSupplier nanoTime;

    LeaseHandler(FetchLeases leases, LongSupplier nanoTime) {
        this.leases = leases;
        this.nanoTime = nanoTime;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request)
                || !RequestPath.matches(request.uri(), LeaseRequest.PATH)
                || !(ctx.channel().remoteAddress() instanceof InetSocketAddress from)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            FullHttpResponse response = answer(request, from);
            boolean keepAlive = HttpUtil.isKeepAlive(request) && response.status() == HttpResponseStatus.OK;
            HttpUtil.setKeepAlive(response.headers(), request.protocolVersion(), keepAlive);
            ChannelFuture written = ctx.writeAndFlush(response);
            if (!keepAlive) {
                written.addListener(ChannelFutureListener.CLOSE);
            }
        } finally {
            request.release();
        }
    }

    private FullHttpResponse answer(FullHttpRequest request, InetSocketAddress from) {
        if (!request.method().equals(HttpMethod.POST)) {
            FullHttpResponse response = response(HttpResponseStatus.METHOD_NOT_ALLOWED, Unpooled.EMPTY_BUFFER);
            response.headers().set(HttpHeaderNames.ALLOW, HttpMethod.POST);
            return response;
        }
        LeaseRequest asked;
        try {
            asked = LeaseRequest.decode(request.content().nioBuffer());
        } catch (MalformedMessageException e) {
            log.debug("{} sent a malformed message: {}", from, e.getMessage());
            return response(HttpResponseStatus.BAD_REQUEST, Unpooled.EMPTY_BUFFER);
        }
        LeaseResponse answers = new LeaseResponse(
                leases.ask(ClientNetwork.of(from.getAddress()), asked, nanoTime.getAsLong()));
        FullHttpResponse response = response(HttpResponseStatus.OK, Unpooled.wrappedBuffer(answers.encode()));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM);
        return response;
    }

    private static FullHttpResponse response(HttpResponseStatus status, ByteBuf body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        HttpUtil.setContentLength(response, body.readableBytes());
        return response;
    }
}
