// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.peerdist.blockstore.BlockStoreException;
import io.peerdist.codec.manifest.ManifestCodec;
import io.peerdist.codec.manifest.ManifestPage;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one connection with pages. Pages are read and signed on the workers, and only so many of them are in
 * memory at once: whoever comes when they are all on their way is asked to come again.
 */
// A write that fails closes the channel, and closing is what every ignored future here leads to.
@SuppressWarnings("FutureReturnValueIgnored")
final class ManifestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final int RETRY_AFTER_SECONDS = 1;
    private static final Logger LOG = LoggerFactory.getLogger(ManifestHandler.class);

    private final ManifestFeed feed;
    private final SigningKey signingKey;
    private final BearerToken token;
    private final Executor workers;
    private final Semaphore pages;
    private final ManifestMetrics metrics;

    /** @param pages as many permits as pages may be in memory */
    ManifestHandler(ManifestFeed feed, SigningKey signingKey, BearerToken token, Executor workers, Semaphore pages) {
        this.feed = feed;
        this.signingKey = signingKey;
        this.token = token;
        this.workers = workers;
        this.pages = pages;
        this.metrics = feed.metrics();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (!token.isShownBy(request.headers())) {
            LOG.debug("{}: no token, or a wrong one", ctx.channel().remoteAddress());
            FullHttpResponse response = empty(HttpResponseStatus.UNAUTHORIZED);
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
            answer(ctx, ManifestMetrics.Result.UNAUTHORIZED, response);
            return;
        }
        QueryStringDecoder target = new QueryStringDecoder(request.uri());
        if (!target.rawPath().equals(ManifestCodec.PATH)) {
            answer(ctx, ManifestMetrics.Result.NOT_FOUND, empty(HttpResponseStatus.NOT_FOUND));
            return;
        }
        if (!request.method().equals(HttpMethod.GET)) {
            FullHttpResponse response = empty(HttpResponseStatus.METHOD_NOT_ALLOWED);
            response.headers().set(HttpHeaderNames.ALLOW, HttpMethod.GET);
            answer(ctx, ManifestMetrics.Result.METHOD, response);
            return;
        }
        Optional<ManifestRequest> wanted = ManifestRequest.parse(target);
        if (wanted.isEmpty()) {
            answer(ctx, ManifestMetrics.Result.BAD_REQUEST, empty(HttpResponseStatus.BAD_REQUEST));
        } else {
            submit(ctx, wanted.get());
        }
    }

    private void submit(ChannelHandlerContext ctx, ManifestRequest wanted) {
        if (!pages.tryAcquire()) {
            busy(ctx);
            return;
        }
        try {
            workers.execute(() -> send(ctx, wanted));
        } catch (RejectedExecutionException full) {
            pages.release();
            LOG.debug("{}: {}", ctx.channel().remoteAddress(), full.toString());
            busy(ctx);
        }
    }

    private void busy(ChannelHandlerContext ctx) {
        answer(ctx, ManifestMetrics.Result.BUSY, unavailable());
    }

    private void send(ChannelHandlerContext ctx, ManifestRequest wanted) {
        boolean sending = false;
        try {
            ManifestPage page = feed.page(wanted.subscribed(), wanted.after());
            byte[] octets = ManifestCodec.encode(page, signingKey.privateKey());
            FullHttpResponse response = response(HttpResponseStatus.OK, Unpooled.wrappedBuffer(octets));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM)
                    .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
            metrics.answered(ManifestMetrics.Result.PAGE);
            LOG.debug("{}: {}, {} octets", ctx.channel().remoteAddress(), page, octets.length);
            sending = true;
            ctx.writeAndFlush(response).addListener(done -> {
                pages.release();
                if (done.isSuccess()) {
                    metrics.sent(page.entries().size(), octets.length);
                }
            });
        } catch (BlockStoreException e) {
            LOG.warn("a page of the manifest cannot be read: {}", e.toString());
            answer(ctx, ManifestMetrics.Result.FAILED, unavailable());
        } catch (RuntimeException | Error e) {
            metrics.answered(ManifestMetrics.Result.FAILED);
            ctx.executor().execute(() -> ctx.fireExceptionCaught(e));
        } finally {
            if (!sending) {
                pages.release();
            }
        }
    }

    private void answer(ChannelHandlerContext ctx, ManifestMetrics.Result result, FullHttpResponse response) {
        metrics.answered(result);
        ctx.writeAndFlush(response);
    }

    private static FullHttpResponse unavailable() {
        FullHttpResponse response = empty(HttpResponseStatus.SERVICE_UNAVAILABLE);
        response.headers().set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        return response;
    }

    private static FullHttpResponse empty(HttpResponseStatus status) {
        return response(status, Unpooled.EMPTY_BUFFER);
    }

    private static FullHttpResponse response(HttpResponseStatus status, ByteBuf body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return response;
    }
}
