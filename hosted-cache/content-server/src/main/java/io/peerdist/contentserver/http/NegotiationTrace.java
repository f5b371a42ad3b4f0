// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrtp.ContentNegotiation;
import io.peerdist.codec.pccrtp.PeerDistExParams;
import io.peerdist.codec.pccrtp.PeerDistParams;
import io.peerdist.codec.wire.MalformedMessageException;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what one connection's requests and responses say of PeerDist to the log, and the content information decoded,
 * without its secrets and hashes; of content only the length. There is no such handler without tracing. Lives on the
 * connection's event loop.
 */
public final class NegotiationTrace extends ChannelDuplexHandler {
    private static final Logger TRACE = LoggerFactory.getLogger("io.peerdist.trace");
    private static final ChannelHandler[] NONE = {};
    private static final int MAX_LISTED = 16; // segments on a line
    private static final int MAX_CHARACTERS = 200;
    private static final List<CharSequence> HEADERS = List.of(
            HttpHeaderNames.ACCEPT_ENCODING,
            HttpHeaderNames.RANGE,
            HttpHeaderNames.CONTENT_RANGE,
            HttpHeaderNames.CONTENT_ENCODING,
            PeerDistParams.HEADER,
            PeerDistExParams.HEADER);

    private String head = "";
    private long bodyBytes;

    private NegotiationTrace() {}

    /** What a new connection needs for tracing: nothing while it is off. */
    public static ChannelHandler[] handlers() {
        return TRACE.isTraceEnabled() ? new ChannelHandler[] {new NegotiationTrace()} : NONE;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            TRACE.trace(
                    "<- {} {} {}{}",
                    remote(ctx),
                    request.method(),
                    printable(request.uri()),
                    headers(request.headers()));
        }
        ctx.fireChannelRead(message);
    }

    // Whoever writes deals with what becomes of it.
    @SuppressWarnings("FutureReturnValueIgnored")
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            head = "HTTP " + response.status().code() + headers(response.headers());
            bodyBytes = 0;
        }
        if (message instanceof HttpContent content) {
            bodyBytes += content.content().readableBytes();
        } else if (message instanceof ByteBuf octets) {
            bodyBytes += octets.readableBytes();
        } else if (message instanceof FileRegion region) {
            bodyBytes += region.count();
        }
        if (message instanceof LastHttpContent) {
            String body = message instanceof FullHttpResponse whole && isContentInformation(whole.headers())
                    ? text(whole.content())
                    : bodyBytes + " octets";
            TRACE.trace("-> {} {} {}", remote(ctx), head, body);
        }
        ctx.write(message, promise);
    }

    private static boolean isContentInformation(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.CONTENT_ENCODING, ContentNegotiation.PEERDIST, true);
    }

    /** What a segment description says of itself has its secret and hashes left out. */
    private static String text(ByteBuf body) {
        try {
            ContentInformation information = ContentInformation.decode(body.nioBuffer());
            List<SegmentDescription> segments = information.segments();
            String listed = segments.stream()
                    .limit(MAX_LISTED)
                    .map(SegmentDescription::toString)
                    .collect(Collectors.joining(","));
            int more = segments.size() - MAX_LISTED;
            return body.readableBytes() + " octets of " + information + " [" + listed
                    + (more > 0 ? ",... " + more + " more]" : "]");
        } catch (MalformedMessageException e) {
            return body.readableBytes() + " octets that are no content information: " + e.getMessage();
        }
    }

    private static String headers(HttpHeaders headers) {
        StringBuilder text = new StringBuilder();
        for (CharSequence name : HEADERS) {
            for (String value : headers.getAll(name)) {
                text.append(' ')
                        .append(name)
                        .append(": ")
                        .append(printable(value))
                        .append(';');
            }
        }
        return text.toString();
    }

    private static String printable(String received) {
        String shown = received.length() <= MAX_CHARACTERS ? received : received.substring(0, MAX_CHARACTERS);
        return shown.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private static String remote(ChannelHandlerContext ctx) {
        return String.valueOf(ctx.channel().remoteAddress()).replaceFirst("^/", "");
    }
}
