// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.NetUtil;
import io.peerdist.runtime.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Connects to servers, or to the parent instead: looks names up away from the event loops, holds every address against the
 * rules, and connects to just the addresses that were checked. Thread-safe.
 */
final class Connector {
    /** Enough in flight for a fast network, little enough that hundreds of slow readers fit into memory. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 << 10, 512 << 10);

    /** A server with more addresses than this that are all dead is down. */
    private static final int MAX_ADDRESSES = 4;

    private final Class<? extends SocketChannel> channelType;
    private final HostLookup lookup;
    private final Executor lookUps;
    private final AddressRules rules;
    private final int connectTimeoutMillis;

    /** @param lookUps may block */
    Connector(
            Class<? extends SocketChannel> channelType,
            HostLookup lookup,
            Executor lookUps,
            AddressRules rules,
            int connectTimeoutMillis) {
        this.channelType = channelType;
        this.lookup = lookup;
        this.lookUps = lookUps;
        this.rules = rules;
        this.connectTimeoutMillis = connectTimeoutMillis;
    }

    /** What became of it, told on the event loop. */
    interface Outcome {
        /** A connection, the receiver's from now on. */
        void connected(Channel channel);

        void failed(Refusal refusal);
    }

    /**
     * Connects.
     *
     * @param handlers makes the first handlers of a connection
     */
    void connect(EventLoop loop, Route route, Supplier<ChannelHandler[]> handlers, Outcome outcome) {
        Attempts attempts = new Attempts(loop, route, handlers, outcome);
        InetAddress literal = route.restricted() ? null : literal(route.first().host());
        if (literal != null) {
            // No look-up, and for programs of this machine no question to the kernel either.
            attempts.checked(List.of(literal));
            return;
        }
        try {
            lookUps.execute(attempts::lookUp);
        } catch (RejectedExecutionException e) {
            outcome.failed(Refusal.busy("too many names wait to be looked up; try again in a moment"));
        }
    }

    private static @Nullable InetAddress literal(String host) {
        byte[] octets = NetUtil.createByteArrayFromIpAddressString(host);
        if (octets == null) {
            return null;
        }
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /**
     * The way to a server.
     *
     * @param target the server
     * @param parent the proxy that is asked instead
     * @param restricted whether a program on another machine asks
     */
    record Route(HostPort target, Optional<HostPort> parent, boolean restricted) {
        HostPort first() {
            return parent.orElse(target);
        }
    }

    /** One address after the other. */
    private final class Attempts {
        private final EventLoop loop;
        private final Route route;
        private final Supplier<ChannelHandler[]> handlers;
        private final Outcome outcome;

        Attempts(EventLoop loop, Route route, Supplier<ChannelHandler[]> handlers, Outcome outcome) {
            this.loop = loop;
            this.route = route;
            this.handlers = handlers;
            this.outcome = outcome;
        }

        void lookUp() {
            try {
                if (route.restricted() && route.parent().isPresent()) {
                    // The parent may run on this machine: what it must not reach for others is refused here already.
                    Refusal refusal = allowed(route.target(), true, new ArrayList<>());
                    if (refusal != null) {
                        fail(refusal);
                        return;
                    }
                }
                List<InetAddress> allowed = new ArrayList<>();
                boolean restricted = route.restricted() && route.parent().isEmpty();
                Refusal refusal = allowed(route.first(), restricted, allowed);
                if (refusal == null) {
                    loop.execute(() -> connect(allowed, 0));
                } else {
                    fail(refusal);
                }
            } catch (UnknownHostException e) {
                fail(Refusal.badGateway(
                        Refusal.Reason.NAME,
                        "the host name of " + route.first()
                                + " cannot be resolved; check its spelling, and the name servers of this machine"));
            }
        }

        private @Nullable Refusal allowed(HostPort server, boolean restricted, List<InetAddress> allowed)
                throws UnknownHostException {
            Refusal refusal = null;
            for (InetAddress address : lookup.addresses(server.host())) {
                Refusal found = rules.check(address, server.port(), restricted);
                if (found == null) {
                    allowed.add(address);
                } else {
                    refusal = found;
                }
            }
            return allowed.isEmpty() ? refusal : null;
        }

        void checked(List<InetAddress> addresses) {
            Refusal refusal = rules.check(addresses.get(0), route.first().port(), false);
            if (refusal == null) {
                connect(addresses, 0);
            } else {
                outcome.failed(refusal);
            }
        }

        private void fail(Refusal refusal) {
            loop.execute(() -> outcome.failed(refusal));
        }

        private void connect(List<InetAddress> addresses, int index) {
            InetSocketAddress address =
                    new InetSocketAddress(addresses.get(index), route.first().port());
            ChannelFuture connecting = bootstrap().connect(address);
            connecting.addListener(done -> {
                if (done.isSuccess()) {
                    outcome.connected(connecting.channel());
                } else if (index + 1 < Math.min(addresses.size(), MAX_ADDRESSES)) {
                    connect(addresses, index + 1);
                } else {
                    outcome.failed(notConnected(done.cause()));
                }
            });
        }

        private Bootstrap bootstrap() {
            return new Bootstrap()
                    .group(loop)
                    .channel(channelType)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMillis)
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel socket) {
                            socket.pipeline().addLast(handlers.get());
                        }
                    });
        }

        private Refusal notConnected(Throwable cause) {
            String which = (route.parent().isPresent() ? "the parent proxy " : "the server ") + route.first();
            if (cause instanceof ConnectTimeoutException) {
                return Refusal.timeout(which + " did not take a connection within " + connectTimeoutMillis
                        + " ms; it is down, or a firewall stands before it");
            }
            String reason = String.valueOf(cause.getMessage());
            String why = reason.contains("refused")
                    ? " refused the connection; nothing listens at that port"
                    : " cannot be reached: " + reason.replaceAll(": /.*", "") + "; check the network";
            return Refusal.badGateway(Refusal.Reason.CONNECT, which + why);
        }
    }
}
