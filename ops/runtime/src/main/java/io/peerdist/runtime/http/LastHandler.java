// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers 404 to what no handler wanted, and 500 when a handler failed. */
// A write that fails closes the channel: the gate sees to it.
@SuppressWarnings("FutureReturnValueIgnored")
final class LastHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOGGER = LoggerFactory.getLogger(LastHandler.class);

    private final RequestGate gate;

    LastHandler(RequestGate gate) {
        this.gate = gate;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        ctx.writeAndFlush(ResponseFraming.text(HttpResponseStatus.NOT_FOUND));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOGGER.debug("{}: connection lost: {}", ctx.channel().remoteAddress(), cause.toString());
            ctx.close();
            return;
        }
        LOGGER.error("{}: a handler failed", ctx.channel().remoteAddress(), cause);
        gate.reject(Rejection.INTERNAL);
    }
}
