// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Answers in every way a handler may. */
// What is written here is checked at the other end of the socket.
@SuppressWarnings("FutureReturnValueIgnored")
final class TestHandler extends ChannelInboundHandlerAdapter {
    private final Queue<Runnable> late;
    private final @Nullable Path file;

    /** @param late answers that the test lets go when it likes */
    TestHandler(Queue<Runnable> late, @Nullable Path file) {
        this.late = late;
        this.file = file;
    }

    static Queue<Runnable> newLateQueue() {
        return new ConcurrentLinkedQueue<>();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        FullHttpRequest request = (FullHttpRequest) message;
        String path = request.uri();
        if (path.startsWith("/unknown")) {
            ctx.fireChannelRead(message);
            return;
        }
        String echo = request.method() + " " + path + " " + request.content().toString(StandardCharsets.ISO_8859_1);
        request.release();
        if (path.startsWith("/late")) {
            late.add(() -> ctx.writeAndFlush(text(echo)));
        } else if (path.startsWith("/stream")) {
            stream(ctx, echo);
        } else if (path.startsWith("/half")) {
            ctx.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
            throw new IllegalStateException("failed in the middle");
        } else if (path.startsWith("/fail")) {
            throw new IllegalStateException("failed at once");
        } else if (path.startsWith("/file") && file != null) {
            sendFile(ctx, file);
        } else {
            ctx.writeAndFlush(text(echo));
        }
    }

    private static DefaultFullHttpResponse text(String text) {
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private static void stream(ChannelHandlerContext ctx, String text) {
        ctx.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        for (String word : text.split("(?<= )", -1)) {
            ByteBuf octets = Unpooled.copiedBuffer(word, StandardCharsets.ISO_8859_1);
            ctx.write(new DefaultHttpContent(octets));
        }
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private static void sendFile(ChannelHandlerContext ctx, Path file) throws Exception {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.CONTENT_LENGTH, Files.size(file));
        ctx.write(head);
        ctx.write(new DefaultFileRegion(file.toFile(), 0, Files.size(file)));
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }
}
