// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.peerdist.runtime.http.RequestRules;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection of a program: one request after the other, each checked, then answered by an {@link Exchange}, a tunnel or
 * the proxy itself. Belongs to its event loop.
 *
 * <p>It goes on reading while an answer is on its way, as that is how it notices that the program leaves; requests that come
 * meanwhile wait, and when there are some nothing more is read.
 */
// A write that fails closes the channel, and closing is what every ignored future here leads to.
@SuppressWarnings("FutureReturnValueIgnored")
final class ClientConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(ClientConnection.class);

    /** A URL may carry a whole query; browsers go up to this. */
    static final int MAX_LINE_BYTES = 32 << 10;

    /** Cookies and tickets of Kerberos fit in it. */
    static final int MAX_HEADER_BYTES = 64 << 10;

    /** What is read at a time. */
    static final int MAX_PART_BYTES = 256 << 10;

    /** A program that takes nothing for so long is stuck; one that waits for a person may be as slow as that. */
    static final Duration CLIENT_STALL = Duration.ofMinutes(10);

    /** Between requests, and for the head of one to arrive. */
    private static final Duration IDLE = Duration.ofSeconds(60);

    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final long TICK_MILLIS = 250;

    /** A page full of small pipelined requests; a client that sends more without waiting for an answer does not want any. */
    private static final int MAX_QUEUED = 1_024;

    /** What is written before it is sent, so that few system calls move much, and it is still in the processor's cache. */
    private static final int FLUSH_BYTES = 128 << 10;

    private final ProxyContext proxy;
    private final RequestGuard guard;
    private final Deque<HttpObject> queue = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable ScheduledFuture<?> tick;
    private @Nullable Exchange exchange;
    private HttpMethod method = HttpMethod.GET;
    private boolean isHttp11;
    private boolean keepAlive;
    private boolean requestEnded = true;
    private boolean answerBegun;
    private boolean inputEnded;
    private boolean closing;
    private boolean pumping;
    private int unflushedBytes;
    private long requestNanos;
    private long progressNanos;
    private long pendingBytes;

    ClientConnection(ProxyContext proxy, RequestGuard guard) {
        this.proxy = proxy;
        this.guard = guard;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        touch();
        tick = ctx.executor().scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (tick != null) {
            tick.cancel(false);
        }
        queue.forEach(ReferenceCountUtil::release);
        queue.clear();
    }

    EventLoop loop() {
        return context().channel().eventLoop();
    }

    /** Whether the program runs on another machine. */
    boolean isRestricted() {
        return guard.isRestricted();
    }

    /** Something has moved: time counts anew. */
    void touch() {
        progressNanos = proxy.clock().nanoTime();
    }

    private void tick() {
        ChannelOutboundBuffer pending = context().channel().unsafe().outboundBuffer();
        long bytes = pending == null ? 0 : pending.totalPendingWriteBytes();
        if (bytes < pendingBytes) {
            touch();
        }
        pendingBytes = bytes;
        Exchange current = exchange;
        long patience = current == null ? (closing ? LINGER : IDLE).toNanos() : current.patienceNanos();
        if (proxy.clock().nanoTime() - progressNanos < patience) {
            return;
        }
        if (current == null) {
            context().close();
        } else {
            current.expire();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing || !(message instanceof HttpObject object)) {
            ReferenceCountUtil.release(message);
            return;
        }
        queue.add(object);
        if (queue.size() > MAX_QUEUED) {
            cut();
            return;
        }
        pump();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.requestPause();
        }
    }

    /** Takes what has come, as far as it can be taken now. Not recursive, however many requests are answered on the spot. */
    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (!closing && !queue.isEmpty() && takesNext()) {
                take(queue.remove());
            }
        } finally {
            pumping = false;
        }
        if (closing) {
            return;
        }
        if (inputEnded && queue.isEmpty()) {
            inputOver();
        }
        if (exchange != null) {
            exchange.requestPause();
        }
        setReading(queue.isEmpty() && takesNextOrLeaving());
    }

    private boolean takesNext() {
        return exchange == null || (!requestEnded && exchange.takesBody());
    }

    private boolean takesNextOrLeaving() {
        return takesNext() || requestEnded;
    }

    private void inputOver() {
        if (exchange == null) {
            context().close();
        } else if (!requestEnded) {
            exchange.cancel();
            cut();
        }
    }

    private void setReading(boolean reading) {
        if (context != null && context.channel().config().isAutoRead() != reading) {
            context.channel().config().setAutoRead(reading);
        }
    }

    private void take(HttpObject object) {
        touch();
        if (object instanceof HttpRequest head) {
            begin(head);
        } else if (object.decoderResult().isFailure()) {
            cancelExchange();
            refuse(Refusal.badRequest("the body of the request is malformed; the program that sent it has a defect"));
        }
        if (object instanceof HttpContent part) {
            boolean last = part instanceof LastHttpContent;
            requestEnded |= last;
            if (exchange != null) {
                exchange.requestPart(part);
            } else {
                part.release();
            }
        }
    }

    private void begin(HttpRequest head) {
        requestNanos = proxy.clock().nanoTime();
        requestEnded = false;
        answerBegun = false;
        isHttp11 = RequestRules.isAtLeast11(head);
        method = head.method();
        keepAlive = head.decoderResult().isSuccess() && HttpUtil.isKeepAlive(head);
        boolean bodyless = !RequestHead.hasBody(head);
        RequestGuard.Verdict verdict = guard.check(head, context().channel().localAddress());
        if (verdict instanceof RequestGuard.Verdict.Pass pass) {
            exchange = new Exchange(proxy, this, pass.request());
            exchange.start();
        } else if (verdict instanceof RequestGuard.Verdict.Connect connect) {
            tunnel(connect.target());
        } else if (verdict instanceof RequestGuard.Verdict.Own own) {
            answer(own.response(), bodyless);
        } else if (verdict instanceof RequestGuard.Verdict.Refused refused) {
            proxy.metrics().refused(refused.refusal());
            boolean understood = refused.refusal().reason() != Refusal.Reason.BAD_REQUEST;
            answer(OwnAnswers.of(refused.refusal(), proxy), bodyless && understood);
        }
    }

    /** Ends the request in the proxy's own words; cuts the program off when an answer has begun already. */
    void refuse(Refusal refusal) {
        proxy.metrics().refused(refusal);
        exchange = null;
        if (answerBegun) {
            cut();
        } else if (!closing) {
            answer(OwnAnswers.of(refusal, proxy), requestEnded);
            pump();
        }
    }

    private void answer(FullHttpResponse response, boolean connectionLives) {
        keepAlive &= connectionLives && !inputEnded;
        proxy.metrics().answered(ProxyMetrics.Kind.OWN, proxy.clock().nanoTime() - requestNanos);
        if (method.equals(HttpMethod.HEAD)) {
            response.content().clear();
        }
        setConnection(response.headers());
        ChannelFuture written = context().writeAndFlush(response);
        if (!keepAlive) {
            finishAfter(written);
        }
    }

    private void setConnection(HttpHeaders headers) {
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!isHttp11) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    private void tunnel(Target target) {
        ChannelHandlerContext ctx = context();
        if (queue.size() > 1) {
            // Octets for the tunnel that were taken for requests, as they came before their turn.
            cut();
            return;
        }
        ctx.channel().config().setAutoRead(false);
        Tunnel tunnel = new Tunnel(proxy, ctx.channel(), target, isRestricted(), requestNanos);
        closing = true;
        ctx.pipeline().addLast(tunnel.clientEnd());
        ctx.pipeline().remove(HttpProxy.ENCODER);
        // What the program sent after its request comes out of the decoder now, and is the tunnel's.
        ctx.pipeline().remove(this);
        ctx.pipeline().remove(HttpProxy.DECODER);
        tunnel.open();
    }

    /** Whether the program knows interim answers. */
    boolean takesInterim() {
        return isHttp11 && !answerBegun;
    }

    void writeInterim(FullHttpResponse interim) {
        context().writeAndFlush(interim);
    }

    /** Begins the answer; its fields get what tells the program where it ends. */
    void writeHead(HttpResponse head, ProxyMetrics.Kind kind) {
        HttpHeaders headers = head.headers();
        boolean bodyless = AnswerRules.isBodyless(head, method);
        boolean delimited = bodyless || headers.contains(HttpHeaderNames.CONTENT_LENGTH);
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        if (!headers.contains(HttpHeaderNames.DATE)) {
            // RFC 9110 6.6.1 wants it of who receives an answer without.
            headers.set(
                    HttpHeaderNames.DATE,
                    DateFormatter.format(Date.from(proxy.clock().instant())));
        }
        if (!delimited && isHttp11) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            delimited = true;
        }
        keepAlive &= delimited && requestEnded && !inputEnded;
        setConnection(headers);
        head.setProtocolVersion(HttpVersion.HTTP_1_1);
        answerBegun = true;
        proxy.metrics().answered(kind, proxy.clock().nanoTime() - requestNanos);
        context().write(head);
        unflushedBytes += 1;
    }

    /** Writes a part of the body, the last included. */
    void writePart(HttpContent part) {
        unflushedBytes += Math.max(1, part.content().readableBytes());
        context().write(part);
        if (unflushedBytes >= FLUSH_BYTES) {
            flush();
        }
    }

    void flush() {
        if (unflushedBytes > 0) {
            unflushedBytes = 0;
            context().flush();
        }
    }

    boolean isWritable() {
        return context().channel().isWritable();
    }

    /** The answer is complete. */
    void answerWritten() {
        exchange = null;
        touch();
        if (keepAlive && requestEnded) {
            flush();
            pump();
            return;
        }
        unflushedBytes = 0;
        finishAfter(context().writeAndFlush(Unpooled.EMPTY_BUFFER));
    }

    /** Lets the program take what is written, then closes; what it still sends is thrown away for a while. */
    private void finishAfter(ChannelFuture written) {
        closing = true;
        exchange = null;
        queue.forEach(ReferenceCountUtil::release);
        queue.clear();
        touch();
        written.addListener(done -> {
            touch();
            if (!done.isSuccess() || inputEnded || !(context().channel() instanceof DuplexChannel duplex)) {
                context().close();
                return;
            }
            duplex.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            setReading(true);
        });
    }

    /** Resets the connection: the program must not take what it has for all there is. */
    void cut() {
        closing = true;
        cancelExchange();
        context().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        context().close();
    }

    private void cancelExchange() {
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.cancel();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && exchange != null) {
            touch();
            exchange.answerRoom();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            // The program may have shut down its direction only, and still wait for what it asked for.
            inputEnded = true;
            if (closing) {
                ctx.close();
            } else if (queue.isEmpty()) {
                inputOver();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        cancelExchange();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOGGER.debug("a program's connection broke: {}", cause.getMessage());
        } else {
            LOGGER.warn("a program's connection is given up", cause);
        }
        ctx.close();
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "context: null (expected: set once in the pipeline)");
    }
}
