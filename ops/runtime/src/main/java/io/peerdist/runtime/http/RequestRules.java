// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which requests RFC 9112 and the limits let through. What is ambiguous is refused: that is how requests are smuggled. */
public final class RequestRules {
    private RequestRules() {}

    /**
     * Why {@code request} is refused once its headers are known, or null.
     *
     * @param maxRequestBytes what its body may have at most, as far as its head tells
     */
    public static @Nullable Rejection check(HttpRequest request, long maxRequestBytes) {
        Rejection undecoded = check(request.decoderResult());
        if (undecoded != null) {
            return undecoded;
        }
        HttpVersion version = request.protocolVersion();
        if (!version.protocolName().equals("HTTP") || version.majorVersion() != 1) {
            return Rejection.VERSION;
        }
        if (isHostWrong(request)) {
            return Rejection.BAD_REQUEST;
        }
        Rejection framing = checkFraming(request);
        if (framing != null) {
            return framing;
        }
        if (HttpUtil.getContentLength(request, 0L) > maxRequestBytes) {
            return Rejection.BODY_TOO_LARGE;
        }
        return isExpectationUnknown(request) ? Rejection.EXPECTATION : null;
    }

    /** Why what the decoder made of its input is refused, or null. */
    public static @Nullable Rejection check(DecoderResult result) {
        if (result.isSuccess()) {
            return null;
        }
        if (result.cause() instanceof TooLongHttpLineException) {
            return Rejection.LINE_TOO_LONG;
        }
        return result.cause() instanceof TooLongHttpHeaderException
                ? Rejection.HEADERS_TOO_LARGE
                : Rejection.BAD_REQUEST;
    }

    /** Whether the client waits for {@code 100 Continue}. HTTP/1.0 knows none (RFC 9110 10.1.1). */
    static boolean expectsContinue(HttpRequest request) {
        return isAtLeast11(request)
                && HttpHeaderValues.CONTINUE
                        .toString()
                        .equalsIgnoreCase(request.headers().get(HttpHeaderNames.EXPECT));
    }

    /** Whether the client speaks HTTP/1.1: knows chunks, interim answers and connections that live on. */
    public static boolean isAtLeast11(HttpRequest request) {
        return request.protocolVersion().minorVersion() >= 1;
    }

    /** RFC 9112 3.2: exactly one Host in HTTP/1.1, at most one in any version. */
    private static boolean isHostWrong(HttpRequest request) {
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        return hosts > 1 || (hosts == 0 && isAtLeast11(request));
    }

    /** RFC 9112 6.1 to 6.3: a body has one length, told in one way. */
    private static @Nullable Rejection checkFraming(HttpRequest request) {
        List<String> lengths = request.headers().getAll(HttpHeaderNames.CONTENT_LENGTH);
        List<String> encodings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (lengths.size() > 1 || (!lengths.isEmpty() && !isDigits(lengths.get(0)))) {
            return Rejection.BAD_REQUEST;
        }
        if (encodings.isEmpty()) {
            return null;
        }
        if (!lengths.isEmpty() || !isAtLeast11(request)) {
            return Rejection.BAD_REQUEST;
        }
        boolean chunkedOnly = encodings.size() == 1
                && HttpHeaderValues.CHUNKED
                        .toString()
                        .equalsIgnoreCase(encodings.get(0).trim());
        return chunkedOnly ? null : Rejection.BAD_REQUEST;
    }

    private static boolean isDigits(String length) {
        return !length.isEmpty() && length.length() <= 18 && length.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isExpectationUnknown(HttpRequest request) {
        return isAtLeast11(request) && request.headers().contains(HttpHeaderNames.EXPECT) && !expectsContinue(request);
    }
}
