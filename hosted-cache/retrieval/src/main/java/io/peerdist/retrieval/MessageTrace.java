// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each message of one connection to the log, decoded, whichever side sends it. Never a secret, never content: of a
 * block only its length. Belongs behind the HTTP codec and before the handlers whose messages it is to see; without tracing
 * there is no such handler. Lives on the connection's event loop.
 */
public final class MessageTrace extends ChannelDuplexHandler {
    /** The logger that traces all protocols, at its level {@code trace}. */
    public static final String LOGGER = "io.peerdist.trace";

    private static final Logger TRACE = LoggerFactory.getLogger(LOGGER);
    private static final ChannelHandler[] NONE = {};

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private long bodyBytes;
    private String target = "";
    private String start = "";
    private boolean response;

    private MessageTrace() {}

    /** What a new connection needs for tracing: nothing while it is off. */
    public static ChannelHandler[] handlers() {
        return TRACE.isTraceEnabled() ? new ChannelHandler[] {new MessageTrace()} : NONE;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        see(ctx, "<-", message);
        ctx.fireChannelRead(message);
    }

    // Whoever writes deals with what becomes of it.
    @SuppressWarnings("FutureReturnValueIgnored")
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        see(ctx, "->", message);
        ctx.write(message, promise);
    }

    private void see(ChannelHandlerContext ctx, String direction, Object message) {
        if (message instanceof HttpRequest request) {
            target = request.uri();
            begin(request.method() + " " + MessageText.printable(target), false);
        } else if (message instanceof HttpResponse head) {
            begin("HTTP " + head.status().code(), true);
        }
        if (message instanceof HttpContent content) {
            append(content.content());
        } else if (message instanceof ByteBuf octets) {
            append(octets);
        } else if (message instanceof FileRegion region) {
            appendUnread(region.count());
        }
        if (message instanceof LastHttpContent) {
            TRACE.trace("{} {} {}{}", direction, remote(ctx), start, text());
        }
    }

    private void begin(String line, boolean isResponse) {
        start = line;
        response = isResponse;
        body.reset();
        bodyBytes = 0;
    }

    private void append(ByteBuf octets) {
        bodyBytes += octets.readableBytes();
        if (bodyBytes <= MessageText.MAX_BODY_BYTES) {
            byte[] copy = new byte[octets.readableBytes()];
            octets.getBytes(octets.readerIndex(), copy);
            body.writeBytes(copy);
        }
    }

    /** Ciphertext that goes from file to socket: zeros stand for it, as only its length is told. */
    private void appendUnread(long count) {
        bodyBytes += count;
        if (bodyBytes <= MessageText.MAX_BODY_BYTES) {
            body.writeBytes(new byte[(int) count]);
        }
    }

    /** The body, with a blank in front of it. */
    private String text() {
        if (bodyBytes == 0) {
            return response ? " without a body" : "";
        }
        if (bodyBytes > MessageText.MAX_BODY_BYTES) {
            return " " + bodyBytes + " octets";
        }
        ByteBuffer octets = ByteBuffer.wrap(body.toByteArray());
        return " " + (response ? MessageText.response(target, octets) : MessageText.request(target, octets));
    }

    private static String remote(ChannelHandlerContext ctx) {
        return String.valueOf(ctx.channel().remoteAddress()).replaceFirst("^/", "");
    }
}
