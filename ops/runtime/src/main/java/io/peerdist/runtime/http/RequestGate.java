// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets one complete request at a time through to the handlers, and the next one only when its response is out, however late
 * a handler answers. What the rules refuse is answered here and the connection closed. Belongs to its event loop, except
 * {@link #stop} and {@link #close}.
 *
 * <p>Closing is done in two steps, because a socket that is closed with octets unread resets the connection and the client
 * loses the answer: first only our direction is shut down, then what still comes in is thrown away until the client closes
 * too or its time is over.
 */
// A write that fails closes the channel, and closing is what every ignored future here leads to.
@SuppressWarnings("FutureReturnValueIgnored")
final class RequestGate extends ChannelDuplexHandler {
    // A page full of small pipelined requests; a client that sends more without waiting for an answer does not want
    // any.
    static final int QUEUED_OBJECTS_MAX = 1_024;

    private enum State {
        /** For a complete request. */
        WAITING,
        /** A handler owes a response. */
        ANSWERING,
        /** The last response is on its way. */
        REFUSING,
        /** Everything is out, the client may take it and close. */
        LINGERING
    }

    private final HttpListenerSettings settings;
    private final HttpMetrics metrics;
    private final ResponseFraming framing;
    private final Deque<HttpObject> queue = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable ConnectionWatch watch;
    private @Nullable HttpRequest request;
    private @Nullable ByteBuf body;
    private State state = State.WAITING;
    private boolean pumping;
    private boolean answered;
    private boolean responseStarted;
    private boolean keepAlive;
    private boolean inputEnded;
    private volatile boolean stopping;

    RequestGate(HttpListenerSettings settings, HttpMetrics metrics, ResponseFraming framing) {
        this.settings = settings;
        this.metrics = metrics;
        this.framing = framing;
    }

    void watchedBy(ConnectionWatch connectionWatch) {
        watch = connectionWatch;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (isClosing() || !(message instanceof HttpObject object)) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (queue.size() >= QUEUED_OBJECTS_MAX) {
            ReferenceCountUtil.release(message);
            abort(Rejection.PIPELINE_LIMIT);
            return;
        }
        queue.add(object);
        pump();
        if (state == State.ANSWERING && !queue.isEmpty()) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        state = State.LINGERING;
        discardInput();
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
            // The client may have shut down its direction only, and still wait for what it asked for.
            inputEnded = true;
            boolean lingering = state == State.LINGERING && event instanceof ChannelInputShutdownEvent;
            if (state == State.WAITING || lingering) {
                ctx.close();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    /** Not recursive, however many pipelined requests are answered on the spot. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (state == State.WAITING && !queue.isEmpty()) {
                receive(queue.remove());
            }
        } finally {
            pumping = false;
        }
        if (answered && state == State.WAITING) {
            answered = false;
            awaitRequest();
        }
    }

    private void awaitRequest() {
        if (request != null) {
            watch().receiving();
        } else if (inputEnded || stopping) {
            context().close();
            return;
        } else {
            watch().idle();
        }
        context().channel().config().setAutoRead(true);
    }

    private void receive(HttpObject object) {
        try {
            Rejection rejection = object instanceof HttpRequest head
                    ? RequestRules.check(head, settings.maxRequestBytes())
                    : RequestRules.check(object.decoderResult());
            if (rejection != null) {
                reject(rejection);
                return;
            }
            if (object instanceof HttpRequest head) {
                begin(head);
            }
            if (object instanceof HttpContent content) {
                append(content);
            }
        } finally {
            ReferenceCountUtil.release(object);
        }
    }

    private void begin(HttpRequest head) {
        request = head;
        if (RequestRules.expectsContinue(head)) {
            head.headers().remove(HttpHeaderNames.EXPECT);
            context()
                    .writeAndFlush(new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
    }

    private void append(HttpContent content) {
        ByteBuf octets = content.content();
        int bodyBytes = body == null ? 0 : body.readableBytes();
        if (octets.readableBytes() > settings.maxRequestBytes() - bodyBytes) {
            reject(Rejection.BODY_TOO_LARGE);
            return;
        }
        if (octets.isReadable()) {
            if (body == null) {
                body = context().alloc().buffer(octets.readableBytes(), settings.maxRequestBytes());
            }
            body.writeBytes(octets);
        }
        if (content instanceof LastHttpContent last) {
            deliver(Objects.requireNonNull(request, "request"), last);
        }
    }

    private void deliver(HttpRequest head, LastHttpContent last) {
        ByteBuf content = body == null ? Unpooled.EMPTY_BUFFER : body;
        body = null;
        state = State.ANSWERING;
        answered = false;
        keepAlive = HttpUtil.isKeepAlive(head);
        watch().answering();
        context()
                .fireChannelRead(new DefaultFullHttpRequest(
                        head.protocolVersion(),
                        head.method(),
                        head.uri(),
                        content,
                        head.headers(),
                        last.trailingHeaders()));
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (state != State.ANSWERING) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        ChannelPromise watched = promise;
        if (message instanceof HttpResponse response
                && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            responseStarted = true;
            boolean wanted = keepAlive && !stopping && !inputEnded;
            keepAlive = framing.apply(Objects.requireNonNull(request, "request"), response, wanted);
            watched = promise.unvoid().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
        boolean informational =
                message instanceof FullHttpResponse full && full.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (message instanceof LastHttpContent && !informational) {
            watched = watched.unvoid().addListener(done -> responseWritten(done.isSuccess()));
        }
        ctx.write(message, watched);
    }

    private void responseWritten(boolean success) {
        if (isClosing()) {
            return;
        }
        if (!success) {
            context().close();
            return;
        }
        state = State.WAITING;
        answered = true;
        responseStarted = false;
        request = null;
        if (keepAlive) {
            pump();
        } else {
            finish();
        }
    }

    /** Answers with the status of {@code rejection} and closes; without a word when the response has begun already. */
    void reject(Rejection rejection) {
        HttpResponseStatus status = rejection.status();
        if (isClosing()) {
            return;
        }
        if (status == null || responseStarted) {
            abort(rejection);
            return;
        }
        metrics.rejected(rejection);
        state = State.REFUSING;
        watch().answering();
        discardInput();
        ChannelHandlerContext ctx = context();
        ctx.channel().config().setAutoRead(true);
        FullHttpResponse response = framing.refusal(status);
        ctx.writeAndFlush(response).addListener(written -> finish());
    }

    /** Closes without a word, and without the kernel trying to deliver what is left. */
    void abort(Rejection rejection) {
        metrics.rejected(rejection);
        state = State.LINGERING;
        discardInput();
        context().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        // From the socket's end of the pipeline: TLS would take the time to say farewell.
        context().pipeline().firstContext().close();
    }

    private void finish() {
        state = State.LINGERING;
        discardInput();
        watch().closing();
        ChannelHandlerContext ctx = context();
        if (inputEnded || !(ctx.channel() instanceof SocketChannel socket)) {
            ctx.close();
            return;
        }
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (tls == null) {
            shutdownOutput(socket);
        } else {
            // BoringSSL gives up a connection that has a record unread when we say farewell, and the event of that
            // cannot
            // be told from the client's own farewell. So from here on the end of TCP counts, and TLS gets nothing more.
            ctx.pipeline().addFirst(Sink.INSTANCE);
            tls.closeOutbound().addListener(farewell -> shutdownOutput(socket));
        }
        ctx.channel().config().setAutoRead(true);
    }

    private static void shutdownOutput(SocketChannel socket) {
        socket.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    private boolean isClosing() {
        return state == State.REFUSING || state == State.LINGERING;
    }

    private void discardInput() {
        request = null;
        if (body != null) {
            body.release();
            body = null;
        }
        queue.forEach(ReferenceCountUtil::release);
        queue.clear();
    }

    /** Closes as soon as nothing is asked or owed. From any thread. */
    void stop() {
        stopping = true;
        ChannelHandlerContext ctx = context();
        ctx.executor().execute(() -> {
            if (watch().isIdle()) {
                ctx.close();
            }
        });
    }

    /** Closes at once. From any thread. */
    void close() {
        context().close();
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "context: null (expected: set once in the pipeline)");
    }

    private ConnectionWatch watch() {
        return Objects.requireNonNull(watch, "watch: null (expected: set by the listener)");
    }

    /** Throws away what a client still sends that has its answer. */
    @Sharable
    private static final class Sink extends ChannelInboundHandlerAdapter {
        static final Sink INSTANCE = new Sink();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object octets) {
            ReferenceCountUtil.release(octets);
        }
    }
}
