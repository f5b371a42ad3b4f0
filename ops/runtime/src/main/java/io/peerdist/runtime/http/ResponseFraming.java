// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;

/** The header fields that tell a client where a response ends and whether the connection lives on. Thread-safe. */
final class ResponseFraming {
    private final InstantSource wallClock;
    private volatile DateField dateField = new DateField(Long.MIN_VALUE, "");

    private record DateField(long epochSecond, String value) {}

    ResponseFraming(InstantSource wallClock) {
        this.wallClock = wallClock;
    }

    /**
     * Sets Connection, Transfer-Encoding, Content-Length and Date where they are missing.
     *
     * @param wanted whether request and server would like the connection to live on
     * @return whether it does
     */
    boolean apply(HttpRequest request, HttpResponse response, boolean wanted) {
        HttpHeaders headers = response.headers();
        boolean chunksKnown = RequestRules.isAtLeast11(request);
        if (!headers.contains(HttpHeaderNames.DATE)) {
            headers.set(HttpHeaderNames.DATE, date());
        }
        if (!chunksKnown) {
            headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
        boolean delimited = isDelimited(request, response);
        if (!delimited && chunksKnown) {
            HttpUtil.setTransferEncodingChunked(response, true);
            delimited = true;
        }
        boolean closes = headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        boolean keepAlive = wanted && delimited && !closes;
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!chunksKnown) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        return keepAlive;
    }

    /** RFC 9112 6.3: whether the client can tell the end of the body; gives a complete response its length. */
    private static boolean isDelimited(HttpRequest request, HttpResponse response) {
        HttpHeaders headers = response.headers();
        int code = response.status().code();
        boolean bodyless = code == HttpResponseStatus.NO_CONTENT.code()
                || code == HttpResponseStatus.NOT_MODIFIED.code()
                || request.method().equals(HttpMethod.HEAD);
        if (bodyless
                || headers.contains(HttpHeaderNames.CONTENT_LENGTH)
                || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return true;
        }
        if (response instanceof FullHttpResponse full) {
            HttpUtil.setContentLength(response, full.content().readableBytes());
            return true;
        }
        return false;
    }

    /** A response that only says why there is none, and closes. */
    FullHttpResponse refusal(HttpResponseStatus status) {
        FullHttpResponse response = text(status);
        response.headers().set(HttpHeaderNames.DATE, date());
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return response;
    }

    /** A plain text response with the status as its only line. */
    static FullHttpResponse text(HttpResponseStatus status) {
        byte[] line = (status + "\n").getBytes(StandardCharsets.US_ASCII);
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(line));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=us-ascii");
        HttpUtil.setContentLength(response, line.length);
        return response;
    }

    /** RFC 9110 6.6.1; made once per second. */
    private String date() {
        Instant now = wallClock.instant();
        DateField field = dateField;
        if (field.epochSecond() != now.getEpochSecond()) {
            field = new DateField(now.getEpochSecond(), DateFormatter.format(Date.from(now)));
            dateField = field;
        }
        return field.value();
    }
}
