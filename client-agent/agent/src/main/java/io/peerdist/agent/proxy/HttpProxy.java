// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.peerdist.agent.stream.ContentStreams;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.Workers;
import io.peerdist.runtime.http.BindFailure;
import io.peerdist.runtime.http.ListenAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy for the programs of this machine, on TCP and on a Unix-domain socket. Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.6">RFC 9110 7.6</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2">RFC 9112 3.2.2</a>
 */
public final class HttpProxy implements AutoCloseable {
    static final String DECODER = "decoder";
    static final String ENCODER = "encoder";

    private static final int ACCEPT_BACKLOG = 1_024;

    /** Names are looked up by blocking calls; a slow name server must not hold up the others' names. */
    private static final int LOOK_UP_THREADS = 4;

    private static final int MAX_WAITING_LOOK_UPS = 1_024;

    /** More than may be on its way in; see {@link InformationBudget}. */
    private static final int MAX_WAITING_INFORMATION = 512;

    private final ProxyContext context;
    private final Workers lookUps;
    private final Workers decoding;
    private final Predicate<InetAddress> isThisMachine;
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
    private @Nullable Channel listener;
    private @Nullable UnixListener unixListener;
    private volatile int ownPort = -1;

    /**
     * What it works with.
     *
     * @param loops where its connections live
     * @param streams brings files that have content information; stays the caller's to close, after the proxy
     */
    public record Environment(EventLoops loops, ContentStreams streams, Clock clock, MeterRegistry registry) {}

    private HttpProxy(
            ProxySettings settings, Environment environment, HostLookup lookup, Predicate<InetAddress> isThisMachine) {
        this.isThisMachine = isThisMachine;
        this.lookUps = Workers.start("proxy-look-up", LOOK_UP_THREADS, MAX_WAITING_LOOK_UPS, environment.registry());
        this.decoding = Workers.start("proxy-decode", 1, MAX_WAITING_INFORMATION, environment.registry());
        AddressRules rules = new AddressRules(AddressRules::isOwnAddress, port -> port == ownPort);
        Connector connector = new Connector(
                environment.loops().clientChannel(),
                lookup,
                lookUps,
                rules,
                Math.toIntExact(settings.limits().connectTimeout().toMillis()));
        this.context = new ProxyContext(
                settings,
                new ProxyMetrics(environment.registry()),
                connector,
                new UpstreamPool(connector),
                new PeerDistOrigins(environment.clock()::nanoTime),
                settings.peerDist() ? environment.streams() : null,
                new InformationBudget(),
                decoding,
                settings.credentials().map(Credentials::read).orElse(null),
                Via.random(new SecureRandom()),
                environment.clock());
    }

    /**
     * Starts to listen.
     *
     * @throws FailureException when it cannot listen where the settings say, or the credentials cannot be read
     */
    public static HttpProxy start(ProxySettings settings, Environment environment) {
        return start(settings, environment, HostLookup.SYSTEM, InetAddress::isLoopbackAddress);
    }

    /** @param isThisMachine whether a program at the address runs here */
    static HttpProxy start(
            ProxySettings settings, Environment environment, HostLookup lookup, Predicate<InetAddress> isThisMachine) {
        HttpProxy proxy = new HttpProxy(settings, environment, lookup, isThisMachine);
        try {
            proxy.listen(environment.loops());
            return proxy;
        } catch (RuntimeException e) {
            proxy.close();
            throw e;
        }
    }

    private void listen(EventLoops loops) {
        ProxySettings settings = context.settings();
        if (settings.port().isPresent()) {
            InetSocketAddress bind =
                    ListenAddress.resolve(settings.bind(), settings.port().getAsInt());
            ChannelFuture bound = bootstrap(loops)
                    .channel(loops.serverChannel())
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .bind(bind)
                    .awaitUninterruptibly();
            if (!bound.isSuccess()) {
                throw BindFailure.of("proxy", bind, bound.cause());
            }
            listener = bound.channel();
            ownPort = ((InetSocketAddress) bound.channel().localAddress()).getPort();
        }
        if (settings.socket().isPresent()) {
            unixListener = UnixListener.bind(bootstrap(loops), settings.socket().get(), settings.socketForGroup());
        }
    }

    private ServerBootstrap bootstrap(EventLoops loops) {
        return new ServerBootstrap()
                .group(loops.group())
                .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Connector.WATER_MARK)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a socket that cannot even be closed is closed
    private void accept(Channel channel) {
        int open = context.metrics().connections.incrementAndGet();
        connections.add(channel);
        channel.closeFuture().addListener(closed -> {
            context.metrics().connections.decrementAndGet();
            connections.remove(channel);
        });
        if (open > context.settings().limits().maxConnections()) {
            refuse(channel);
            return;
        }
        InetAddress program = channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null;
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(ClientConnection.MAX_LINE_BYTES)
                .setMaxHeaderSize(ClientConnection.MAX_HEADER_BYTES)
                .setMaxChunkSize(ClientConnection.MAX_PART_BYTES)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(DECODER, new HttpRequestDecoder(config));
        pipeline.addLast(ENCODER, new HttpResponseEncoder());
        boolean restricted = program != null && !isThisMachine.test(program);
        pipeline.addLast(new ClientConnection(context, new RequestGuard(context, program, restricted)));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a socket that cannot even be closed is closed
    private void refuse(Channel channel) {
        Refusal refusal = Refusal.busy("too many connections to this proxy are open; close some programs, or have the"
                + " administrator allow more (agent.proxy.max-connections)");
        context.metrics().refused(refusal);
        String text =
                "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: "
                        + (refusal.sentence().length() + 1) + "\r\n\r\n" + refusal.sentence() + "\n";
        ByteBuf octets = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        channel.writeAndFlush(octets).addListener(ChannelFutureListener.CLOSE);
    }

    /** Where it listens on TCP; empty when it does not. */
    public Optional<InetSocketAddress> address() {
        return Optional.ofNullable(listener).map(channel -> (InetSocketAddress) channel.localAddress());
    }

    /** Stops to listen, and closes all connections. Not for an event loop: it waits. */
    @Override
    public void close() {
        if (listener != null) {
            listener.close().awaitUninterruptibly();
        }
        if (unixListener != null) {
            unixListener.close();
        }
        connections.forEach(channel -> channel.close().awaitUninterruptibly());
        context.upstreams().close();
        lookUps.close();
        decoding.close();
    }
}
