// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.peerdist.hostedcache.authentication.NegotiateSession.Answer;
import io.peerdist.hostedcache.authentication.NegotiateSession.Ask;
import io.peerdist.hostedcache.authentication.NegotiateSession.Pass;
import io.peerdist.hostedcache.authentication.NegotiateSession.Verdict;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets only requests of authenticated clients pass, and puts the token that proves this service to the client into the
 * answer that a later handler writes. Tokens are looked at on the workers, one per connection at a time.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4559">RFC 4559</a>
 */
@SuppressWarnings("FutureReturnValueIgnored") // when a write fails the connection is gone, and nothing hangs on it
final class NegotiateHandler extends ChannelDuplexHandler {
    private static final Logger logger = LoggerFactory.getLogger(NegotiateHandler.class);
    private static final String NEGOTIATE = "Negotiate";
    private static final int RETRY_AFTER_SECONDS = 5;

    private final Function<String, NegotiateSession> sessions;
    private final Executor workers;
    private final LongSupplier nanoTime;
    private @Nullable NegotiateSession session;
    private @Nullable FullHttpRequest asking;
    private @Nullable String token;
    private boolean isBusy;

    NegotiateHandler(Function<String, NegotiateSession> sessions, Executor workers, LongSupplier nanoTime) {
        this.sessions = sessions;
        this.workers = workers;
        this.nanoTime = nanoTime;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request)) {
            ctx.fireChannelRead(message);
            return;
        }
        if (isBusy) {
            request.release();
            throw new IllegalStateException("a request while another is being authenticated");
        }
        NegotiateCredentials credentials =
                NegotiateCredentials.read(request.headers().getAll(HttpHeaderNames.AUTHORIZATION));
        request.headers().remove(HttpHeaderNames.AUTHORIZATION); // nobody else needs to see it, or could log it
        act(ctx, request, session(ctx).request(credentials, nanoTime.getAsLong()));
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (token != null
                && message instanceof HttpResponse response
                && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, challenge(token));
            token = null;
        }
        ctx.write(message, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (asking != null) {
            asking.release();
            asking = null;
        }
        if (!isBusy) {
            session(ctx).close();
        }
        ctx.fireChannelInactive();
    }

    private NegotiateSession session(ChannelHandlerContext ctx) {
        if (session == null) {
            session = sessions.apply(String.valueOf(ctx.channel().remoteAddress()));
        }
        return session;
    }

    private void act(ChannelHandlerContext ctx, FullHttpRequest request, Verdict verdict) {
        if (verdict instanceof Pass pass) {
            token = pass.token();
            ctx.fireChannelRead(request);
        } else if (verdict instanceof Answer answer) {
            request.release();
            answer(ctx, answer);
        } else {
            ask(ctx, request, (Ask) verdict);
        }
    }

    private void ask(ChannelHandlerContext ctx, FullHttpRequest request, Ask ask) {
        asking = request;
        isBusy = true;
        try {
            workers.execute(() -> {
                SecurityContext.Step step =
                        ask.context().accept(ask.credentials().token());
                answered(ctx, ask.context(), step);
            });
        } catch (RejectedExecutionException e) {
            logger.debug("{}: no room to look at its token", ctx.channel().remoteAddress());
            isBusy = false;
            asking = null;
            act(ctx, request, session(ctx).overloaded());
        }
    }

    /** On a worker. */
    private void answered(ChannelHandlerContext ctx, SecurityContext context, SecurityContext.Step step) {
        try {
            ctx.executor().execute(() -> stepped(ctx, step));
        } catch (RejectedExecutionException e) {
            context.close(); // the process ends, and with it the connection
            logger.debug("{}: authenticated too late", ctx.channel().remoteAddress(), e);
        }
    }

    private void stepped(ChannelHandlerContext ctx, SecurityContext.Step step) {
        FullHttpRequest request = asking;
        isBusy = false;
        asking = null;
        if (request == null) {
            session(ctx).close(); // the client has gone meanwhile
            return;
        }
        act(ctx, request, session(ctx).stepped(step, nanoTime.getAsLong()));
    }

    private void answer(ChannelHandlerContext ctx, Answer answer) {
        HttpResponseStatus status = HttpResponseStatus.valueOf(answer.status());
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        HttpUtil.setContentLength(response, 0);
        if (answer.token() != null) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, challenge(answer.token()));
        } else if (status.equals(HttpResponseStatus.UNAUTHORIZED)) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, NEGOTIATE);
        } else if (status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
            response.headers().set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        if (answer.close()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        ctx.writeAndFlush(response);
    }

    private static String challenge(String token) {
        return NEGOTIATE + " " + token;
    }
}
