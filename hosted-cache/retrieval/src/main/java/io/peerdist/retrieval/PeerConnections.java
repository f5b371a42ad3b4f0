// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.concurrent.Future;
import io.peerdist.retrieval.RetrievalException.Kind;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one peer and the exchanges that wait for one. All connections of a peer share one event loop, and
 * everything here happens on it, so there is no lock. Retires itself when nothing is open and nothing waits.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a connection is told by its channelInactive
final class PeerConnections {
    private static final int MAX_STATUS_LINE_BYTES = 4_096; // Netty's default
    private static final int MAX_HEADER_BYTES = 8_192; // Netty's default

    /**
     * A block of 64 KiB with all that is around it arrives in one piece where the network lets it. Of this size Netty's adaptive
     * allocator takes new memory each time, and clears it; the pooled one does not.
     */
    private static final int RECEIVE_BYTES = 96 << 10;

    private final InetSocketAddress peer;
    private final EventLoop loop;
    private final RetrievalClientSettings settings;
    private final ChannelGroup channels;
    private final Consumer<PeerConnections> onRetired;
    private final String host;
    private final Deque<PeerConnection> idle = new ArrayDeque<>();
    private final Deque<Exchange<?>> waiting = new ArrayDeque<>();
    private int open;
    private boolean closing;
    private boolean retired;

    PeerConnections(
            InetSocketAddress peer,
            EventLoop loop,
            RetrievalClientSettings settings,
            ChannelGroup channels,
            Consumer<PeerConnections> onRetired) {
        this.peer = peer;
        this.loop = loop;
        this.settings = settings;
        this.channels = channels;
        this.onRetired = onRetired;
        this.host = host(peer);
    }

    InetSocketAddress peer() {
        return peer;
    }

    EventLoop loop() {
        return loop;
    }

    /** The {@code Host} header: the literal address, without the zone of a link-local one. */
    String host() {
        return host;
    }

    /** Takes over {@code exchange}; false when these connections have retired and others must be asked for. */
    boolean submit(Exchange<?> exchange) {
        if (retired) {
            return false;
        }
        if (closing) {
            exchange.fail(Kind.CLOSED, "is not asked any more: the client is closed");
        } else if (!exchange.isDone()) {
            assign(exchange);
        }
        retireIfUnused();
        return true;
    }

    private void assign(Exchange<?> exchange) {
        PeerConnection connection = idle.pollLast();
        while (connection != null && !connection.isActive()) {
            connection = idle.pollLast();
        }
        if (connection != null) {
            connection.send(exchange, settings.requestTimeout());
        } else if (open < settings.maxConnectionsPerPeer()) {
            connect(exchange);
        } else if (waiting.size() < settings.maxWaitingPerPeer()) {
            waiting.add(exchange);
        } else {
            exchange.fail(Kind.BUSY, "already has " + waiting.size() + " exchanges waiting");
        }
    }

    /** Sends {@code exchange} over {@code connection}, which has just brought an answer to it. */
    void send(PeerConnection connection, Exchange<?> exchange) {
        connection.send(exchange, settings.requestTimeout());
    }

    /** {@code connection} has finished an exchange and can take another. */
    void release(PeerConnection connection) {
        Exchange<?> next = nextWaiting();
        if (next != null) {
            connection.send(next, settings.requestTimeout());
        } else {
            idle.addLast(connection);
            connection.closeWhenIdle(settings.idleTimeout());
        }
    }

    /**
     * {@code connection} is gone.
     *
     * @param unfinished the exchange it left unfinished
     * @param stale whether the connection had been used before and brought nothing since
     */
    void closed(PeerConnection connection, @Nullable Exchange<?> unfinished, boolean stale) {
        open--;
        idle.remove(connection);
        if (unfinished != null) {
            if (stale && !closing && unfinished.mayRepeat()) {
                connect(unfinished);
            } else {
                unfinished.fail(Kind.CLOSED, "closed the connection before its answer was complete");
            }
        }
        openForWaiting();
    }

    /** Fails what waits and opens nothing any more; open connections are closed by the client. */
    void shutDown() {
        closing = true;
        for (Exchange<?> exchange : waiting) {
            exchange.fail(Kind.CLOSED, "is not asked any more: the client is closed");
        }
        waiting.clear();
        retireIfUnused();
    }

    private static Class<? extends SocketChannel> socketOf(EventLoop loop) {
        boolean epoll = loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class);
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    private void connect(Exchange<?> exchange) {
        open++;
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(socketOf(loop))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        settings.requestTimeout().toMillis())
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
                .disableResolver()
                .handler(new Initializer(this))
                .connect(peer);
        Channel channel = connecting.channel();
        exchange.occupy(loop, settings.requestTimeout(), channel::close);
        connecting.addListener(connected -> {
            if (loop.inEventLoop()) {
                connected(exchange, channel, connected);
            } else {
                loop.execute(() -> connected(exchange, channel, connected));
            }
        });
    }

    private void connected(Exchange<?> exchange, Channel channel, Future<?> connected) {
        if (!connected.isSuccess()) {
            open--;
            Kind kind = closing ? Kind.CLOSED : Kind.CONNECT;
            exchange.fail(kind, "cannot be connected to: " + connected.cause().getMessage(), connected.cause());
            openForWaiting();
            return;
        }
        PeerConnection connection = channel.pipeline().get(PeerConnection.class);
        if (exchange.isDone()) {
            release(connection);
        } else {
            connection.send(exchange, settings.requestTimeout());
        }
    }

    private void openForWaiting() {
        while (!closing && open < settings.maxConnectionsPerPeer()) {
            Exchange<?> next = nextWaiting();
            if (next == null) {
                break;
            }
            connect(next);
        }
        retireIfUnused();
    }

    private @Nullable Exchange<?> nextWaiting() {
        Exchange<?> next = waiting.poll();
        while (next != null && next.isDone()) {
            next = waiting.poll();
        }
        return next;
    }

    private void retireIfUnused() {
        if (open == 0 && waiting.isEmpty() && !retired) {
            retired = true;
            onRetired.accept(this);
        }
    }

    private static String host(InetSocketAddress peer) {
        String address = peer.getAddress().getHostAddress();
        if (peer.getAddress() instanceof Inet6Address) {
            int zone = address.indexOf('%');
            address = "[" + (zone < 0 ? address : address.substring(0, zone)) + "]";
        }
        return address + ":" + peer.getPort();
    }

    private static final class Initializer extends ChannelInitializer<Channel> {
        private final PeerConnections pool;

        Initializer(PeerConnections pool) {
            this.pool = pool;
        }

        @Override
        protected void initChannel(Channel channel) {
            pool.channels.add(channel);
            HttpDecoderConfig limits = new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_STATUS_LINE_BYTES)
                    .setMaxHeaderSize(MAX_HEADER_BYTES)
                    .setMaxChunkSize(AnswerBody.MAX_BYTES);
            channel.pipeline()
                    .addLast(new HttpClientCodec(limits, false, false))
                    .addLast(MessageTrace.handlers())
                    .addLast(new PeerConnection(pool, channel));
        }
    }
}
