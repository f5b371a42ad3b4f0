// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request as it goes on from here.
 *
 * @param headers without what ended here, and with Via; framing fields as the program sent them
 * @param trailersTaken whether the program takes trailers
 */
record RequestHead(HttpMethod method, Target target, HttpHeaders headers, boolean hasBody, boolean trailersTaken) {
    /** They change nothing at the server, so that one that met a dying connection is sent once more (RFC 9110 9.2.1). */
    private static final Set<HttpMethod> SAFE =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE);

    /** Takes over the header fields of {@code request}; null when they are an attack. */
    static @Nullable RequestHead of(HttpRequest request, Target target, Via via) {
        HttpHeaders headers = request.headers();
        boolean trailers = HeaderRules.takesTrailers(headers);
        if (!HeaderRules.removeHopByHop(headers)) {
            return null;
        }
        HeaderRules.addVia(headers, request.protocolVersion(), via.name());
        headers.set(HttpHeaderNames.HOST, target.hostField());
        if (request.protocolVersion().minorVersion() == 0) {
            headers.remove(HttpHeaderNames.EXPECT);
        }
        return new RequestHead(request.method(), target, headers, hasBody(request), trailers);
    }

    /** Whether octets follow the head. */
    static boolean hasBody(HttpRequest request) {
        return HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    }

    /** Whether it may be sent twice. */
    boolean isRepeatable() {
        return !hasBody && SAFE.contains(method);
    }

    /** The message for a server, or for the parent; complete when there is no body. */
    HttpRequest message(boolean toParent, HttpHeaders fields) {
        String uri = toParent ? target.uri() : target.path();
        if (trailersTaken) {
            fields.set(HttpHeaderNames.TE, "trailers");
            fields.set(HttpHeaderNames.CONNECTION, "TE");
        }
        return hasBody
                ? new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, uri, fields)
                : new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1, method, uri, Unpooled.EMPTY_BUFFER, fields, EmptyHttpHeaders.INSTANCE);
    }
}
