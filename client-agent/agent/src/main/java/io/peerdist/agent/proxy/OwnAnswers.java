// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers that the proxy gives itself. */
final class OwnAnswers {
    /** What must not come back where a script could read it (RFC 9110 9.3.8). */
    private static final Set<String> SECRETS = Set.of("authorization", "proxy-authorization", "cookie");

    private OwnAnswers() {}

    /** A refusal: the status, and the sentence in the body. */
    static FullHttpResponse of(Refusal refusal, ProxyContext proxy) {
        FullHttpResponse response = response(
                refusal.status(),
                "text/plain; charset=utf-8",
                refusal.status() + "\n\n" + refusal.sentence() + "\n",
                proxy.clock());
        response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        response.headers().set("Via", "1.1 " + proxy.via().name());
        if (refusal.reason() == Refusal.Reason.AUTHENTICATION) {
            response.headers()
                    .set(HttpHeaderNames.PROXY_AUTHENTICATE, "Basic realm=\"peerdist agent\", charset=\"UTF-8\"");
        }
        return response;
    }

    /** The script that sets programs up. */
    static FullHttpResponse script(@Nullable String hostField, InetSocketAddress local, InstantSource clock) {
        return response(
                HttpResponseStatus.OK,
                ProxyAutoConfiguration.MEDIA_TYPE,
                ProxyAutoConfiguration.script(hostField, local),
                clock);
    }

    /** What a request with {@code Max-Forwards: 0} gets that ends here. */
    static FullHttpResponse lastStop(HttpRequest request, InstantSource clock) {
        if (request.method().equals(HttpMethod.OPTIONS)) {
            FullHttpResponse response = response(HttpResponseStatus.OK, "text/plain; charset=utf-8", "", clock);
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE, CONNECT");
            return response;
        }
        StringBuilder seen = new StringBuilder(request.method() + " " + request.uri() + " HTTP/1.1\r\n");
        for (Map.Entry<String, String> field : request.headers()) {
            if (!SECRETS.contains(field.getKey().toLowerCase(java.util.Locale.ROOT))) {
                seen.append(field.getKey())
                        .append(": ")
                        .append(field.getValue())
                        .append("\r\n");
            }
        }
        return response(
                HttpResponseStatus.OK, "message/http", seen.append("\r\n").toString(), clock);
    }

    private static FullHttpResponse response(
            HttpResponseStatus status, String mediaType, String body, InstantSource clock) {
        byte[] octets = body.getBytes(StandardCharsets.UTF_8);
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(octets));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, mediaType);
        response.headers().set(HttpHeaderNames.DATE, DateFormatter.format(Date.from(clock.instant())));
        response.headers().set("X-Content-Type-Options", "nosniff");
        HttpUtil.setContentLength(response, octets.length);
        return response;
    }
}
