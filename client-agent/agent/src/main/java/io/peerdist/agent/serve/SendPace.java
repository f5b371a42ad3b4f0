// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.peerdist.agent.rate.RateLimit;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Keeps a response with a block back until the limit that all connections share lets it out; then the kernel sends it from its
 * file as always. Answers without blocks pass at once. It stands between the listener, which lets one request at a time
 * through, and the retrieval protocol, so it never holds more than one response. Belongs to one connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // who writes has the promise, and listens to it
final class SendPace extends ChannelDuplexHandler {
    private final RateLimit limit;
    private final Deque<Part> held = new ArrayDeque<>();
    private long heldBytes;
    private boolean holding;
    private boolean closed;

    private record Part(Object message, ChannelPromise promise) {}

    SendPace(RateLimit limit) {
        this.limit = limit;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (closed) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        boolean begins = message instanceof HttpResponse && !(message instanceof FullHttpResponse);
        if (!holding && !(begins && limit.bytesPerSecond() > 0)) {
            ctx.write(message, promise);
            return;
        }
        holding = true;
        held.add(new Part(message, promise));
        heldBytes += bytes(message);
        if (message instanceof LastHttpContent) {
            limit.take(Math.toIntExact(heldBytes)).whenComplete((room, none) -> letOut(ctx));
            heldBytes = 0;
        }
    }

    private static long bytes(Object message) {
        if (message instanceof FileRegion region) {
            return region.count();
        }
        return message instanceof HttpContent content ? content.content().readableBytes() : 0;
    }

    private void letOut(ChannelHandlerContext ctx) {
        if (ctx.executor().inEventLoop()) {
            release(ctx);
        } else {
            ctx.executor().execute(() -> release(ctx));
        }
    }

    private void release(ChannelHandlerContext ctx) {
        holding = false;
        for (Part part = held.poll(); part != null; part = held.poll()) {
            ctx.write(part.message(), part.promise());
        }
        ctx.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        discard();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        discard();
    }

    private void discard() {
        closed = true;
        for (Part part = held.poll(); part != null; part = held.poll()) {
            ReferenceCountUtil.release(part.message());
            part.promise().tryFailure(new ClosedChannelException());
        }
    }
}
