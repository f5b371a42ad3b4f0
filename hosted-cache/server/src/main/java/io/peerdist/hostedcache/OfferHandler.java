// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.retrieval.RequestPath;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the offers of one version of the protocol on the path of that version. What breaks the protocol is answered 400 and
 * the connection closed, so that a client falls back without waiting.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 3.1.5</a>
 */
@Sharable
@SuppressWarnings("FutureReturnValueIgnored") // when a write fails the connection is gone, and nothing hangs on it
final class OfferHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(OfferHandler.class);

    private final String path;
    private final OfferReceiver receiver;
    private final PullMetrics metrics;

    OfferHandler(String path, OfferReceiver receiver, PullMetrics metrics) {
        this.path = path;
        this.receiver = receiver;
        this.metrics = metrics;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request) || !RequestPath.matches(request.uri(), path)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            if (request.method().equals(HttpMethod.POST)) {
                post(ctx, request);
            } else {
                FullHttpResponse response = OctetAnswer.empty(HttpResponseStatus.METHOD_NOT_ALLOWED);
                response.headers().set(HttpHeaderNames.ALLOW, HttpMethod.POST);
                OctetAnswer.send(ctx, request.protocolVersion(), HttpUtil.isKeepAlive(request), response);
            }
        } finally {
            request.release();
        }
    }

    private void post(ChannelHandlerContext ctx, FullHttpRequest http) {
        HostedCacheRequest request;
        try {
            request = HostedCacheRequest.decode(http.content().nioBuffer());
        } catch (MalformedMessageException e) {
            refuse(ctx, e.toString());
            return;
        }
        if (request.majorVersion() != receiver.majorVersion()) {
            refuse(
                    ctx,
                    "MS-PCHC Version at offset 0: " + request.majorVersion() + ".0 (expected: "
                            + receiver.majorVersion() + ".0 on this path)");
            return;
        }
        if (!(ctx.channel().remoteAddress() instanceof InetSocketAddress from)) {
            ctx.close();
            return;
        }
        HttpVersion version = http.protocolVersion();
        boolean keepAlive = HttpUtil.isKeepAlive(http);
        receiver.receive(from.getAddress(), request, answer -> {
            OctetAnswer.send(ctx, version, keepAlive, OctetAnswer.of(answer.encode()));
        });
    }

    private void refuse(ChannelHandlerContext ctx, String why) {
        metrics.malformed();
        log.debug("{} sent a malformed message: {}", ctx.channel().remoteAddress(), why);
        FullHttpResponse response = OctetAnswer.empty(HttpResponseStatus.BAD_REQUEST);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
