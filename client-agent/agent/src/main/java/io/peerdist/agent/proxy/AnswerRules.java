// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which answers of servers are passed on. What is ambiguous is not: that is how answers are smuggled. */
final class AnswerRules {
    private AnswerRules() {}

    /** Why {@code head} is not passed on, or null. */
    static @Nullable Refusal check(HttpResponse head, Connector.Route route) {
        if (head.decoderResult().isFailure()) {
            return bad("the answer of " + route.first() + " is no HTTP: "
                    + String.valueOf(head.decoderResult().cause().getMessage()).replaceAll("[^\\x20-\\x7e]", "?"));
        }
        int status = head.status().code();
        if (status == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            return bad(route.first() + " switches to another protocol, which nobody asked for");
        }
        if (status == HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED.code()
                && route.parent().isPresent()) {
            return bad("the parent proxy " + route.first()
                    + " wants a user and a password, which this proxy cannot show; let it admit this machine");
        }
        List<String> encodings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        boolean chunked = encodings.size() == 1
                && HttpHeaderValues.CHUNKED
                        .toString()
                        .equalsIgnoreCase(encodings.get(0).strip());
        int lengths = head.headers().getAll(HttpHeaderNames.CONTENT_LENGTH).size();
        if ((!encodings.isEmpty() && (!chunked || lengths > 0)) || lengths > 1) {
            return bad("the answer of " + route.first() + " tells the length of its body in two ways, or in an"
                    + " unknown one");
        }
        return null;
    }

    private static Refusal bad(String sentence) {
        return Refusal.badGateway(Refusal.Reason.BAD_ANSWER, sentence);
    }

    /** Whether no body follows {@code head}, whatever its fields say (RFC 9112 6.3). */
    static boolean isBodyless(HttpResponse head, HttpMethod method) {
        int status = head.status().code();
        return method.equals(HttpMethod.HEAD)
                || status == HttpResponseStatus.NO_CONTENT.code()
                || status == HttpResponseStatus.NOT_MODIFIED.code();
    }
}
