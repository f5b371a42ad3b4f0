// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries requests of one connection to the origin and its answers back. Bytes go from the file to the socket without
 * passing through this process. A file that got shorter meanwhile ends the connection: the client sees that octets are
 * missing, and none are made up.
 */
// A write that fails closes the channel, and closing is what every ignored future here leads to.
@SuppressWarnings("FutureReturnValueIgnored")
final class OriginHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(OriginHandler.class);

    private final Origin origin;
    private final OriginMetrics metrics;

    OriginHandler(Origin origin, OriginMetrics metrics) {
        this.origin = origin;
        this.metrics = metrics;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
        OriginRequest request = new OriginRequest(message.method(), message.uri(), message.headers());
        origin.answer(request).whenComplete((answer, failure) -> {
            if (failure == null) {
                write(ctx, request, answer);
            } else {
                ctx.executor().execute(() -> ctx.fireExceptionCaught(failure));
            }
        });
    }

    private void write(ChannelHandlerContext ctx, OriginRequest request, Answer answer) {
        metrics.answered(answer);
        LOG.debug(
                "{} {}: {}, {} octets ({})",
                ctx.channel().remoteAddress(),
                request,
                answer.status().code(),
                answer.body().lengthBytes(),
                answer.kind());
        if (answer.body() instanceof Answer.FilePart part) {
            write(ctx, answer, part);
        } else if (answer.body() instanceof Answer.InformationBody body) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            answer.status(),
                            body.information().toBuffer(),
                            answer.headers(),
                            EmptyHttpHeaders.INSTANCE))
                    .addListener(done -> metrics.sent(answer.kind(), done.isSuccess() ? body.lengthBytes() : 0));
        } else {
            ctx.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    answer.status(),
                    Unpooled.EMPTY_BUFFER,
                    answer.headers(),
                    EmptyHttpHeaders.INSTANCE));
        }
    }

    private void write(ChannelHandlerContext ctx, Answer answer, Answer.FilePart part) {
        ctx.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, answer.status(), answer.headers()));
        FileRegion region = new DefaultFileRegion(part.file(), part.offset(), part.lengthBytes()); // closes the file
        ChannelFuture sent = ctx.write(region);
        sent.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        sent.addListener(done -> metrics.sent(answer.kind(), region.transferred()));
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }
}
