// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.peerdist.runtime.tls.ServerTls;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands behind TLS and before everything else: keeps its failures, which any stranger can cause, away from the handlers.
 * Belongs to its event loop.
 */
// A socket that cannot even be closed is closed.
@SuppressWarnings("FutureReturnValueIgnored")
final class TlsGuard extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(TlsGuard.class);
    // A client that does not even take the farewell has been given all it wanted.
    private static final int FAREWELL_MILLIS = 1_000;

    private final ConnectionWatch watch;

    TlsGuard(ConnectionWatch watch) {
        this.watch = watch;
    }

    /** A handler whose handshake may take as long as a request, or a connection without one, may. */
    static SslHandler newHandler(ServerTls tls, Channel channel, HttpListenerSettings settings) {
        SslHandler handler = tls.newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(Math.max(
                1,
                Math.min(
                        settings.requestTimeout().toMillis(),
                        settings.idleTimeout().toMillis())));
        handler.setCloseNotifyFlushTimeoutMillis(FAREWELL_MILLIS);
        return handler;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            // The time until the first request counts from here.
            watch.idle();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean ours = cause instanceof SSLException
                || (cause instanceof DecoderException && cause.getCause() instanceof SSLException);
        if (ours) {
            LOGGER.debug("{}: TLS: {}", ctx.channel().remoteAddress(), cause.toString());
            ctx.close();
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }
}
