// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/** Responses of the cache's own handlers: octets, or nothing. */
final class OctetAnswer {
    private OctetAnswer() {}

    static FullHttpResponse of(byte[] octets) {
        FullHttpResponse response = response(HttpResponseStatus.OK, Unpooled.wrappedBuffer(octets));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM);
        return response;
    }

    static FullHttpResponse empty(HttpResponseStatus status) {
        return response(status, Unpooled.EMPTY_BUFFER);
    }

    private static FullHttpResponse response(HttpResponseStatus status, ByteBuf body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        HttpUtil.setContentLength(response, body.readableBytes());
        return response;
    }

    /** On any thread. */
    @SuppressWarnings(
            "FutureReturnValueIgnored") // a channel that cannot be written to is closed, and so is one that closes
    static void send(ChannelHandlerContext ctx, HttpVersion version, boolean keepAlive, FullHttpResponse response) {
        HttpUtil.setKeepAlive(response.headers(), version, keepAlive);
        ChannelFuture written = ctx.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }
}
