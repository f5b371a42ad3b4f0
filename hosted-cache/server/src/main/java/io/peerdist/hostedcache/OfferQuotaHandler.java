// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.retrieval.RequestPath;
import io.peerdist.runtime.LogRate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns away offers of clients that have used up their share, before their body is looked at and before their ticket is. The
 * connection is closed, so that the client goes on without this cache at once.
 */
@Sharable
@SuppressWarnings("FutureReturnValueIgnored") // when a write fails the connection is gone, and nothing hangs on it
final class OfferQuotaHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(OfferQuotaHandler.class);
    private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);
    private static final long BYTES_RETRY_AFTER_SECONDS = 30; // how long pulling takes cannot be told

    private final QuotaSettings settings;
    private final OfferQuotas offers;
    private final Predicate<InetAddress> hasRoom;
    private final LongSupplier nanoTime;
    private final QuotaMetrics metrics;
    private final LogRate logRate;

    /**
     * A handler for all connections.
     *
     * @param hasRoom whether a client may have more segments wait
     */
    OfferQuotaHandler(
            QuotaSettings settings, Predicate<InetAddress> hasRoom, LongSupplier nanoTime, QuotaMetrics metrics) {
        this.settings = settings;
        this.offers = new OfferQuotas(settings.offersPerMinute(), OfferQuotas.MAX_CLIENTS);
        this.hasRoom = hasRoom;
        this.nanoTime = nanoTime;
        this.metrics = metrics;
        this.logRate = new LogRate(LOG_INTERVAL, nanoTime);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request)
                || !isOffer(request)
                || !(ctx.channel().remoteAddress() instanceof InetSocketAddress remote)) {
            ctx.fireChannelRead(message);
            return;
        }
        InetAddress client = remote.getAddress();
        long waitNanos = offers.offer(ClientNetwork.of(client), nanoTime.getAsLong());
        if (waitNanos > 0) {
            metrics.offersPerMinute();
            warn(client, "offers-per-minute: " + settings.offersPerMinute());
            refuse(ctx, request, TimeUnit.NANOSECONDS.toSeconds(waitNanos) + 1);
        } else if (!hasRoom.test(client)) {
            metrics.bytesOutstanding();
            warn(client, "bytes-outstanding: " + settings.bytesOutstanding());
            refuse(ctx, request, BYTES_RETRY_AFTER_SECONDS);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private static boolean isOffer(FullHttpRequest request) {
        return RequestPath.matches(request.uri(), HostedCacheRequest.OFFER_PATH_V2)
                || RequestPath.matches(request.uri(), HostedCacheRequest.OFFER_PATH_V1);
    }

    private static void refuse(ChannelHandlerContext ctx, FullHttpRequest request, long retryAfterSeconds) {
        request.release();
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.TOO_MANY_REQUESTS, Unpooled.EMPTY_BUFFER);
        HttpUtil.setContentLength(response, 0);
        response.headers().set(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        ctx.writeAndFlush(response);
    }

    private void warn(InetAddress client, String quota) {
        logRate.next()
                .ifPresent(others -> log.warn(
                        "{}: its offers are turned away, hosted-cache.quotas.{} is used up{}",
                        ClientNetwork.of(client),
                        quota,
                        others == 0 ? "" : " (and " + others + " other offers since the last such line)"));
    }
}
