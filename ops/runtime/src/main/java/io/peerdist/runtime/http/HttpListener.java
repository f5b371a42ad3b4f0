// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.tls.ServerTls;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for HTTP or HTTPS on one address. The given handlers see complete requests
 * ({@link io.netty.handler.codec.http.FullHttpRequest}, theirs to release or pass on), one at a time per connection, and
 * answer at any time and from any thread with a {@code FullHttpResponse}, or with an {@code HttpResponse}, any number of
 * {@code HttpContent}, {@code ByteBuf} or {@code FileRegion}, and a {@code LastHttpContent}. Content-Length,
 * Transfer-Encoding, Connection and Date are added where missing, as the client's version needs them. What no handler takes
 * is answered 404. Thread-safe.
 */
public final class HttpListener implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(HttpListener.class);
    private static final int LINE_MAX_BYTES = 8 * 1_024; // as RFC 9112 3 recommends at least 8,000 octets
    private static final int HEADERS_MAX_BYTES = 32 * 1_024;
    private static final int CONTENT_PART_MAX_BYTES = 64 * 1_024;
    private static final int ACCEPT_BACKLOG = 1_024;

    private final String name;
    private final HttpListenerSettings settings;
    private final @Nullable ServerTls tls;
    private final Clock clock;
    private final HttpMetrics metrics;
    private final ResponseFraming framing;
    private final Consumer<ChannelPipeline> handlers;
    private final Set<RequestGate> connections = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final Channel channel;
    private volatile boolean closing;

    private HttpListener(
            String name,
            HttpListenerSettings settings,
            @Nullable ServerTls tls,
            EventLoops loops,
            Clock clock,
            MeterRegistry registry,
            Consumer<ChannelPipeline> handlers) {
        this.name = name;
        this.settings = settings;
        this.tls = tls;
        this.clock = clock;
        this.metrics = new HttpMetrics(name, registry);
        this.framing = new ResponseFraming(clock);
        this.handlers = handlers;
        this.channel = bind(loops);
    }

    /** Starts to listen without TLS, and is otherwise as {@link #bind(String, HttpListenerSettings, ServerTls, EventLoops,
     * Clock, MeterRegistry, Consumer)}. */
    public static HttpListener bind(
            String name,
            HttpListenerSettings settings,
            EventLoops loops,
            Clock clock,
            MeterRegistry registry,
            Consumer<ChannelPipeline> handlers) {
        return bind(name, settings, null, loops, clock, registry, handlers);
    }

    /**
     * Starts to listen.
     *
     * @param name the label of its metrics: {@code http}, {@code https}, {@code management}
     * @param tls for HTTPS, else null; stays the caller's, to be closed after this listener. Handlers behind TLS send no
     *     {@code FileRegion}: what is not in memory cannot be encrypted, and fails the response
     * @param handlers adds the handlers of a new connection at the end of its pipeline
     * @throws FailureException {@code CANNOT_BIND} with the address, the reason and what to do
     */
    public static HttpListener bind(
            String name,
            HttpListenerSettings settings,
            @Nullable ServerTls tls,
            EventLoops loops,
            Clock clock,
            MeterRegistry registry,
            Consumer<ChannelPipeline> handlers) {
        return new HttpListener(name, settings, tls, loops, clock, registry, handlers);
    }

    private Channel bind(EventLoops loops) {
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel socket) {
                        accept(socket);
                    }
                })
                .bind(settings.bind())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw BindFailure.of(name, settings.bind(), bound.cause());
        }
        return bound.channel();
    }

    private void accept(SocketChannel socket) {
        int open = metrics.opened();
        socket.closeFuture().addListener(closed -> metrics.closed());
        if (open > settings.maxConnections()) {
            refuse(socket);
            return;
        }
        RequestGate gate = new RequestGate(settings, metrics, framing);
        ConnectionWatch watch = new ConnectionWatch(settings, clock::nanoTime, gate);
        gate.watchedBy(watch);
        ChannelPipeline pipeline = socket.pipeline();
        if (tls != null) {
            pipeline.addLast("tls", TlsGuard.newHandler(tls, socket, settings));
            pipeline.addLast("tls-guard", new TlsGuard(watch));
        }
        // Behind TLS it sees octets of requests only: the handshake has its own time.
        pipeline.addLast("watch", watch);
        pipeline.addLast("codec", new HttpServerCodec(decoderConfig(), RequestGate.QUEUED_OBJECTS_MAX));
        pipeline.addLast("gate", gate);
        handlers.accept(pipeline);
        pipeline.addLast("last", new LastHandler(gate));
        connections.add(gate);
        socket.closeFuture().addListener(closed -> left(gate));
        if (closing) {
            gate.stop();
        }
    }

    // A socket that cannot even be closed is closed.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void refuse(SocketChannel socket) {
        metrics.rejected(Rejection.CONNECTION_LIMIT);
        socket.close();
    }

    static HttpDecoderConfig decoderConfig() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(LINE_MAX_BYTES)
                .setMaxHeaderSize(HEADERS_MAX_BYTES)
                .setMaxChunkSize(CONTENT_PART_MAX_BYTES)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true);
    }

    private void left(RequestGate gate) {
        connections.remove(gate);
        if (closing && connections.isEmpty()) {
            drained.complete(null);
        }
    }

    /** Where it listens, with the port that the system chose when the settings said 0. */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) channel.localAddress();
    }

    /**
     * Stops accepting, closes idle connections, lets requests in flight end within the settings' {@code closeTimeout}, then
     * closes the rest. Not for an event loop: it waits.
     */
    @Override
    public void close() {
        closing = true;
        channel.close().awaitUninterruptibly();
        connections.forEach(RequestGate::stop);
        if (connections.isEmpty()) {
            drained.complete(null);
        }
        if (!awaitDrained(settings.closeTimeout())) {
            LOGGER.warn("{}: {} connections did not end in time, closing them", name, connections.size());
            connections.forEach(RequestGate::close);
        }
    }

    private boolean awaitDrained(Duration limit) {
        try {
            drained.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
