// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;

/** Lets one request at a time through, as {@link RetrievalServer#newHandler} wants it. */
@SuppressWarnings("FutureReturnValueIgnored") // tests see what becomes of a connection at its other end
final class OneAtATime extends ChannelDuplexHandler {
    private final Deque<Object> waiting = new ArrayDeque<>();
    private boolean answering;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (answering) {
            waiting.add(message);
        } else {
            answering = true;
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ChannelPromise watched =
                message instanceof LastHttpContent ? promise.unvoid().addListener(done -> next(ctx)) : promise;
        ctx.write(message, watched);
    }

    private void next(ChannelHandlerContext ctx) {
        Object message = waiting.poll();
        answering = message != null;
        if (message != null) {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        ctx.fireChannelInactive();
    }
}
