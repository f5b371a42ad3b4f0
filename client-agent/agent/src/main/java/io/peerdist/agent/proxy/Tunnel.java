// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Octets to and fro between a program and a server, neither read nor changed: no quicker than the slower side takes them,
 * each direction with an end of its own. Belongs to the event loop of both connections.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6">RFC 9110 9.3.6</a>
 */
// A write that fails closes the channel, and closing is what every ignored future here leads to.
@SuppressWarnings("FutureReturnValueIgnored")
final class Tunnel {
    private static final Logger LOGGER = LoggerFactory.getLogger(Tunnel.class);
    private static final int TICKS_PER_TIMEOUT = 4;

    private final ProxyContext proxy;
    private final Channel program;
    private final Connector.Route route;
    private final Target target;
    private final long requestNanos;
    private final Deque<Object> early = new ArrayDeque<>();
    private @Nullable Channel server;
    private @Nullable ScheduledFuture<?> tick;
    private long progressNanos;
    private int endedDirections;
    private boolean open;
    private boolean refused;

    Tunnel(ProxyContext proxy, Channel program, Target target, boolean restricted, long requestNanos) {
        this.proxy = proxy;
        this.program = program;
        this.target = target;
        this.requestNanos = requestNanos;
        this.route = new Connector.Route(target.hostPort(), proxy.settings().parentFor(target.hostPort()), restricted);
    }

    /** The handler of the program's connection. */
    ChannelHandler clientEnd() {
        return new End(true);
    }

    /** Connects to the server, or asks the parent to. */
    void open() {
        int tunnels = proxy.metrics().tunnels.incrementAndGet();
        program.closeFuture().addListener(closed -> {
            proxy.metrics().tunnels.decrementAndGet();
            close();
        });
        if (tunnels > proxy.settings().limits().maxTunnels()) {
            refuse(Refusal.busy("too many tunnels are open; close some, or have the administrator allow more"
                    + " (agent.proxy.max-tunnels)"));
            return;
        }
        boolean viaParent = route.parent().isPresent();
        proxy.connector()
                .connect(
                        program.eventLoop(),
                        route,
                        () -> viaParent
                                ? new ChannelHandler[] {new HttpClientCodec(), new ParentAnswer()}
                                : new ChannelHandler[] {new End(false)},
                        new Connector.Outcome() {
                            @Override
                            public void connected(Channel channel) {
                                begin(channel, viaParent);
                            }

                            @Override
                            public void failed(Refusal refusal) {
                                refuse(refusal);
                            }
                        });
    }

    private void begin(Channel channel, boolean viaParent) {
        server = channel;
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        if (!program.isActive()) {
            channel.close();
            return;
        }
        touch();
        long period = Math.max(1, proxy.settings().limits().tunnelIdleTimeout().toNanos() / TICKS_PER_TIMEOUT);
        tick = program.eventLoop().scheduleWithFixedDelay(this::tick, period, period, TimeUnit.NANOSECONDS);
        if (viaParent) {
            channel.writeAndFlush(question());
        } else {
            opened(channel, () -> {});
        }
    }

    /** @param unwrap takes away what stands in the way of octets to and from the server */
    private void opened(Channel to, Runnable unwrap) {
        open = true;
        proxy.metrics().answered(ProxyMetrics.Kind.TUNNEL, proxy.clock().nanoTime() - requestNanos);
        program.writeAndFlush(ascii(
                "HTTP/1.1 200 Connection established\r\nVia: 1.1 " + proxy.via().name() + "\r\n\r\n"));
        unwrap.run();
        for (Object octets = early.poll(); octets != null; octets = early.poll()) {
            relay(octets, to, true);
        }
        to.flush();
        program.config().setAutoRead(to.isWritable());
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private void refuse(Refusal refusal) {
        if (refused || open) {
            close();
            return;
        }
        refused = true;
        proxy.metrics().refused(refusal);
        proxy.metrics().answered(ProxyMetrics.Kind.OWN, proxy.clock().nanoTime() - requestNanos);
        FullHttpResponse answer = OwnAnswers.of(refusal, proxy);
        StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + "\r\nConnection: close\r\n");
        for (Map.Entry<String, String> field : answer.headers()) {
            head.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n");
        }
        ByteBuf octets = Unpooled.wrappedBuffer(ascii(head.append("\r\n").toString()), answer.content());
        early.forEach(ReferenceCountUtil::release);
        early.clear();
        program.writeAndFlush(octets).addListener(ChannelFutureListener.CLOSE);
        if (server != null) {
            server.close();
        }
    }

    private void touch() {
        progressNanos = proxy.clock().nanoTime();
    }

    private void tick() {
        long idleNanos = proxy.settings().limits().tunnelIdleTimeout().toNanos();
        if (proxy.clock().nanoTime() - progressNanos >= idleNanos) {
            close();
        }
    }

    private void relay(Object octets, Channel to, boolean fromProgram) {
        touch();
        int bytes = octets instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
        if (fromProgram) {
            proxy.metrics().sentToServer(ProxyMetrics.Kind.TUNNEL, bytes);
        } else {
            proxy.metrics().sentToClient(ProxyMetrics.Kind.TUNNEL, bytes);
        }
        to.write(octets);
    }

    private void close() {
        if (tick != null) {
            tick.cancel(false);
        }
        early.forEach(ReferenceCountUtil::release);
        early.clear();
        program.close();
        if (server != null) {
            server.close();
        }
    }

    private void broken(Throwable cause) {
        LOGGER.debug("the tunnel to {} broke: {}", target.origin(), cause.toString());
        program.config().setOption(ChannelOption.SO_LINGER, 0);
        if (server != null) {
            server.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        close();
    }

    /** One end of the tunnel. */
    private final class End extends ChannelInboundHandlerAdapter {
        private final boolean isProgram;

        End(boolean isProgram) {
            this.isProgram = isProgram;
        }

        private @Nullable Channel other() {
            return isProgram ? server : program;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object octets) {
            Channel to = other();
            if (refused || octets instanceof HttpObject) {
                ReferenceCountUtil.release(octets);
            } else if (!open || to == null) {
                // One read at most, as reading is off until the server has answered.
                early.add(octets);
            } else {
                relay(octets, to, isProgram);
                if (!to.isWritable()) {
                    ctx.channel().config().setAutoRead(false);
                }
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            Channel to = other();
            if (open && to != null) {
                to.flush();
                if (!to.isWritable()) {
                    ctx.channel().config().setAutoRead(false);
                }
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            Channel from = other();
            if (open && from != null && ctx.channel().isWritable()) {
                touch();
                from.config().setAutoRead(true);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (!(event instanceof ChannelInputShutdownEvent)) {
                return;
            }
            Channel to = other();
            if (!open || to == null) {
                close();
                return;
            }
            // Done when all that came before is out.
            to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
                endedDirections++;
                if (endedDirections > 1) {
                    close();
                } else {
                    ((DuplexChannel) to).shutdownOutput();
                }
            });
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            broken(cause);
        }
    }

    /** Waits for what the parent says to CONNECT. */
    private final class ParentAnswer extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpResponse head) {
                answered(ctx, head);
            }
            if (open && message instanceof ByteBuf) {
                ctx.fireChannelRead(message);
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        private void answered(ChannelHandlerContext ctx, HttpResponse head) {
            if (head.decoderResult().isFailure() || head.status().code() != HttpResponseStatus.OK.code()) {
                refuse(Refusal.badGateway(
                        Refusal.Reason.BAD_ANSWER,
                        "the parent proxy " + route.first() + " opens no tunnel to " + target.origin()
                                + ": it answered " + head.status().code()));
                return;
            }
            opened(ctx.channel(), () -> {
                ctx.pipeline().addLast(new End(false));
                ctx.pipeline().remove(HttpClientCodec.class);
                ctx.pipeline().remove(this);
            });
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            refuse(Refusal.badGateway(
                    Refusal.Reason.BROKEN, "the parent proxy " + route.first() + " closed the connection; try again"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOGGER.debug("the parent proxy {}: {}", route.first(), cause.toString());
            ctx.close();
        }
    }

    private HttpRequest question() {
        HttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, target.origin());
        request.headers().set(HttpHeaderNames.HOST, target.origin());
        request.headers().set(HttpHeaderNames.VIA, "1.1 " + proxy.via().name());
        return request;
    }
}
