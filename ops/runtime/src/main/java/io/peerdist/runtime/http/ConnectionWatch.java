// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches the times of one connection. It stands before the HTTP decoder, so that it sees the first octet of a request long
 * before the decoder has made anything of it. One tick per connection checks everything: that is cheaper than a timer that
 * is set and cancelled for each request. Belongs to its event loop.
 */
final class ConnectionWatch extends ChannelInboundHandlerAdapter {
    private static final int TICKS_PER_TIMEOUT = 4;
    private static final long TICK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private enum Phase {
        IDLE,
        RECEIVING,
        ANSWERING,
        CLOSING
    }

    private final HttpListenerSettings settings;
    private final LongSupplier nanoTime;
    private final RequestGate gate;
    private Phase phase = Phase.IDLE;
    private long deadlineNanos;
    private @Nullable ScheduledFuture<?> tick;
    private long tickNanos;

    private @Nullable Object stalledMessage;
    private long stalledProgress;
    private long stalledBytes;
    private long progressNanos;

    ConnectionWatch(HttpListenerSettings settings, LongSupplier nanoTime, RequestGate gate) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.gate = gate;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        idle();
        long shortest = Math.min(
                Math.min(
                        settings.requestTimeout().toNanos(),
                        settings.idleTimeout().toNanos()),
                settings.writeStallTimeout().toNanos());
        tickNanos = Math.max(TICK_NANOS_MIN, shortest / TICKS_PER_TIMEOUT);
        tick = ctx.executor().scheduleWithFixedDelay(() -> tick(ctx), tickNanos, tickNanos, TimeUnit.NANOSECONDS);
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (tick != null) {
            tick.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object octets) {
        if (phase == Phase.IDLE) {
            receiving();
        }
        ctx.fireChannelRead(octets);
    }

    /** Nothing is asked, nothing is owed. */
    void idle() {
        phase = Phase.IDLE;
        deadlineNanos = nanoTime.getAsLong() + settings.idleTimeout().toNanos();
    }

    boolean isIdle() {
        return phase == Phase.IDLE;
    }

    /** A request has begun to arrive. */
    void receiving() {
        phase = Phase.RECEIVING;
        deadlineNanos = nanoTime.getAsLong() + settings.requestTimeout().toNanos();
    }

    /** The request is complete: how long the handler takes is its own affair. */
    void answering() {
        phase = Phase.ANSWERING;
    }

    /** The last response is out: the client may take it and close. */
    void closing() {
        phase = Phase.CLOSING;
        deadlineNanos = nanoTime.getAsLong() + LINGER_NANOS;
    }

    private void tick(ChannelHandlerContext ctx) {
        long nowNanos = nanoTime.getAsLong();
        if (isWriteStalled(ctx, nowNanos)) {
            gate.abort(Rejection.WRITE_STALL);
            return;
        }
        if (phase == Phase.ANSWERING || nowNanos - deadlineNanos < 0) {
            return;
        }
        if (phase == Phase.RECEIVING) {
            gate.reject(Rejection.REQUEST_TIMEOUT);
        } else {
            gate.close();
        }
    }

    private boolean isWriteStalled(ChannelHandlerContext ctx, long nowNanos) {
        boolean taken = stalledMessage != null && takesFromKernel(ctx.channel());
        ChannelOutboundBuffer pending = ctx.channel().unsafe().outboundBuffer();
        Object message = pending == null ? null : pending.current();
        long progress = pending == null ? 0 : pending.currentProgress();
        long bytes = pending == null ? 0 : pending.totalPendingWriteBytes();
        // Fewer octets pending is progress too: a pooled buffer can come back as the same object with other octets.
        boolean progressed = taken || message != stalledMessage || progress != stalledProgress || bytes < stalledBytes;
        stalledBytes = bytes;
        if (message == null || progressed) {
            stalledMessage = message;
            stalledProgress = progress;
            progressNanos = nowNanos;
            return false;
        }
        return nowNanos - progressNanos >= settings.writeStallTimeout().toNanos();
    }

    /**
     * Whether the client has taken something since the last tick that shows in no count of ours: the kernel reports room only
     * when a third of its buffer is free, which takes a slow client minutes.
     */
    private boolean takesFromKernel(Channel channel) {
        if (channel instanceof EpollSocketChannel socket && socket.isOpen()) {
            EpollTcpInfo info = socket.tcpInfo();
            // Octets leave when the client makes room for them; those that are sent again to one that is gone do not
            // count.
            return info.retransmits() == 0 && TimeUnit.MILLISECONDS.toNanos(info.lastDataSent()) < tickNanos;
        }
        if (channel.unsafe() instanceof AbstractNioChannel.NioUnsafe unsafe) {
            // A try tells.
            unsafe.forceFlush();
        }
        return false;
    }
}
