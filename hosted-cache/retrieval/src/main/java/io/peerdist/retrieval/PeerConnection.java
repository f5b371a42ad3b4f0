// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.retrieval.RetrievalException.Kind;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection to a peer, with at most one exchange under way. Lives on its event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends in channelInactive, where it is dealt with
final class PeerConnection extends ChannelInboundHandlerAdapter {
    private final PeerConnections pool;
    private final Channel channel;
    private @Nullable Exchange<?> exchange;
    private @Nullable AnswerBody body;
    private @Nullable Future<?> idleTimer;
    private @Nullable HttpHeaders headers;
    private int headersLength;
    private boolean used;
    private boolean answering;
    private boolean informational;
    private boolean reusable;

    PeerConnection(PeerConnections pool, Channel channel) {
        this.pool = pool;
        this.channel = channel;
    }

    boolean isActive() {
        return channel.isActive();
    }

    void send(Exchange<?> next, Duration timeout) {
        stopIdleTimer();
        exchange = next;
        answering = false;
        next.occupy(channel.eventLoop(), timeout, channel::close);
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.POST,
                RetrievalCodec.PATH,
                Unpooled.wrappedBuffer(next.body()),
                headers(next.body().length),
                EmptyHttpHeaders.INSTANCE);
        channel.writeAndFlush(request).addListener(written -> {
            if (!written.isSuccess()) {
                channel.close();
            }
        });
    }

    /** Most requests on a connection are of one kind and length: the same headers, then. */
    private HttpHeaders headers(int bodyBytes) {
        HttpHeaders known = headers;
        if (known == null || headersLength != bodyBytes) {
            known = new DefaultHttpHeaders()
                    .set(HttpHeaderNames.HOST, pool.host())
                    .set(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(bodyBytes));
            headers = known;
            headersLength = bodyBytes;
        }
        return known;
    }

    /** Closes the connection unless it is used again within {@code timeout}. */
    void closeWhenIdle(Duration timeout) {
        idleTimer = channel.eventLoop().schedule(() -> channel.close(), timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            Exchange<?> current = exchange;
            if (current == null || current.isDone()) {
                ctx.close(); // nobody asked, or nobody waits any more
            } else if (message instanceof HttpObject part) {
                read(current, part);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopIdleTimer();
        body = null;
        Exchange<?> unfinished = exchange;
        exchange = null;
        // A peer may close an unused connection just when it is used again; the request then never reached it.
        pool.closed(this, unfinished, used && !answering);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Exchange<?> current = exchange;
        // On an unused connection, or one the peer may have closed meanwhile, channelInactive decides.
        if (current != null && (!used || answering)) {
            current.fail(Kind.CLOSED, "broke the connection", cause);
        }
        ctx.close();
    }

    private void read(Exchange<?> current, HttpObject part) {
        DecoderResult decoded = part.decoderResult();
        if (decoded.isFailure()) {
            Throwable cause = decoded.cause();
            if (cause instanceof TooLongFrameException) {
                refuse(current, Kind.TOO_LARGE, "sent too long a line or header", cause);
            } else {
                refuse(current, Kind.MALFORMED, "sent something that is not HTTP", cause);
            }
            return;
        }
        if (part instanceof HttpResponse head) {
            readHead(current, head);
        }
        if (part instanceof HttpContent content && !current.isDone()) {
            readBody(current, content);
        }
    }

    private void readHead(Exchange<?> current, HttpResponse head) {
        answering = true;
        HttpResponseStatus status = head.status();
        informational = status.codeClass() == HttpStatusClass.INFORMATIONAL
                && !status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
        if (informational) {
            return;
        }
        if (status.codeClass() != HttpStatusClass.SUCCESS) {
            refuse(current, Kind.HTTP_STATUS, "answered with status " + status.code(), null);
            return;
        }
        long length = HttpUtil.getContentLength(head, -1L);
        if (length > AnswerBody.MAX_BYTES) {
            refuse(current, Kind.TOO_LARGE, "announced " + length + " octets", null);
            return;
        }
        // A body that ends with the connection leaves nothing to use again.
        reusable = HttpUtil.isKeepAlive(head) && (length >= 0 || HttpUtil.isTransferEncodingChunked(head));
        body = new AnswerBody(length);
    }

    private void readBody(Exchange<?> current, HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (informational) {
            informational = !last;
            return;
        }
        AnswerBody received = body;
        if (received == null) {
            refuse(current, Kind.MALFORMED, "sent a body without a head", null);
            return;
        }
        if (!received.append(content.content())) {
            refuse(current, Kind.TOO_LARGE, "sent more than " + AnswerBody.MAX_BYTES + " octets", null);
            return;
        }
        if (last) {
            complete(current, received);
        }
    }

    private void complete(Exchange<?> current, AnswerBody received) {
        body = null;
        Exchange.Outcome outcome = current.complete(received.take());
        used = true;
        if (outcome == Exchange.Outcome.REPEAT) {
            repeat(current);
            return;
        }
        exchange = null;
        if (outcome == Exchange.Outcome.ANSWERED && reusable) {
            pool.release(this);
        } else {
            channel.close();
        }
    }

    private void repeat(Exchange<?> current) {
        if (reusable) {
            pool.send(this, current);
        } else {
            answering = false; // what is closed now is taken for a used connection that brought nothing
            channel.close();
        }
    }

    private void refuse(Exchange<?> current, Kind kind, String what, @Nullable Throwable cause) {
        current.fail(kind, what, cause);
        channel.close();
    }

    private void stopIdleTimer() {
        Future<?> timer = idleTimer;
        idleTimer = null;
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
