// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The event loops that all sockets of a process share: epoll where its native library loads, NIO otherwise, which costs a
 * few system calls more. File regions reach the socket through {@code sendfile} with both. Thread-safe.
 */
public final class EventLoops implements AutoCloseable {
    // Loops only move bytes; more of them than this wins nothing on one network card.
    private static final int DEFAULT_THREADS_MAX = 8;
    private static final long CLOSE_LIMIT_SECONDS = 5;

    private final EventLoopGroup group;

    private EventLoops(EventLoopGroup group) {
        this.group = group;
    }

    /** As many loops as the machine has processors, at most 8. */
    public static EventLoops start(String name) {
        return start(name, Math.min(Runtime.getRuntime().availableProcessors(), DEFAULT_THREADS_MAX));
    }

    /** {@code threads} loops on threads named {@code <name>-<n>}. */
    public static EventLoops start(String name, int threads) {
        IoHandlerFactory handlers = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new EventLoops(new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), handlers));
    }

    /** For bootstraps. */
    public EventLoopGroup group() {
        return group;
    }

    /** The kind of socket that listens on these loops. */
    public Class<? extends ServerSocketChannel> serverChannel() {
        return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** The kind of socket that connects from these loops. */
    public Class<? extends SocketChannel> clientChannel() {
        return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** Closes every channel that still lives on these loops, and waits for the threads to end, 5 seconds at most. */
    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
    }
}
