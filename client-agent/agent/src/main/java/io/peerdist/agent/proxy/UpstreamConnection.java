// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a server or to the parent, which carries one request at a time; while it carries none, anything that
 * happens to it closes it. Belongs to its event loop.
 */
// A write that fails closes the channel, and closing is what every ignored future here leads to.
@SuppressWarnings("FutureReturnValueIgnored")
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(UpstreamConnection.class);

    private final Connector.Route route;
    private final Channel channel;
    private @Nullable Listener listener;
    private boolean reused;
    private @Nullable String failure;

    /** Who waits for an answer. */
    interface Listener {
        /** The head of an answer; it may be one that could not be read. */
        void answerHead(HttpResponse head);

        /** A part of the body, the receiver's to release. */
        void answerPart(HttpContent part);

        /** Nothing more has come for now. */
        void answerPause();

        /** More of the request may be written. */
        void requestRoom();

        /**
         * The connection is gone.
         *
         * @param failure how, or null when the server closed it in order
         */
        void upstreamGone(@Nullable String failure);
    }

    UpstreamConnection(Connector.Route route, Channel channel) {
        this.route = route;
        this.channel = channel;
        channel.pipeline().addLast(this);
    }

    /** The handlers that a new connection needs before this one. */
    static ChannelHandler[] codec() {
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(ClientConnection.MAX_LINE_BYTES)
                .setMaxHeaderSize(ClientConnection.MAX_HEADER_BYTES)
                .setMaxChunkSize(ClientConnection.MAX_PART_BYTES)
                .setUseRfc9112TransferEncoding(true);
        return new ChannelHandler[] {new HttpClientCodec(config, false, false)};
    }

    Connector.Route route() {
        return route;
    }

    /** Whether it has carried a request before: then the server may have been about to close it. */
    boolean isReused() {
        return reused;
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    boolean isActive() {
        return channel.isActive();
    }

    Channel channel() {
        return channel;
    }

    void carry(Listener waiting) {
        listener = waiting;
    }

    /** The answer is complete and the server keeps the connection. */
    void rest() {
        listener = null;
        reused = true;
        setReading(true);
    }

    void write(Object message) {
        channel.write(message);
    }

    void flush() {
        channel.flush();
    }

    void setReading(boolean reading) {
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
    }

    /** Closes it, with a reset when something is under way that must not look complete. */
    void close(boolean reset) {
        listener = null;
        if (reset) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Listener waiting = listener;
        if (waiting == null || !(message instanceof HttpObject)) {
            ReferenceCountUtil.release(message);
            ctx.close();
            return;
        }
        if (message instanceof HttpResponse head) {
            waiting.answerHead(head);
        }
        if (message instanceof HttpContent part) {
            // The head may have ended the exchange, or begun another.
            if (Objects.equals(listener, waiting) && failure == null) {
                waiting.answerPart(part);
            } else {
                part.release();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (listener != null) {
            listener.answerPause();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (listener != null && channel.isWritable()) {
            listener.requestRoom();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Listener waiting = listener;
        listener = null;
        if (waiting != null) {
            waiting.upstreamGone(failure);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // From here on the end of the octets is not the end of a body.
        failure = String.valueOf(cause.getMessage());
        if (!(cause instanceof IOException)) {
            LOGGER.warn("the connection to {} is given up", route.first(), cause);
        }
        ctx.close();
    }
}
