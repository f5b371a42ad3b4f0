// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.peerdist.runtime.http.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * An answer in the proxy's own words.
 *
 * @param status 4xx or 5xx
 * @param reason for the count
 * @param sentence what happened, to what, and what to do
 */
record Refusal(HttpResponseStatus status, Reason reason, String sentence) {
    /** The label is the {@code reason} of the metrics. */
    enum Reason {
        BAD_REQUEST("bad_request"),
        AUTHENTICATION("authentication"),
        CLIENT("client"),
        DESTINATION("destination"),
        LOOP("loop"),
        BUSY("busy"),
        NAME("name"),
        CONNECT("connect"),
        TIMEOUT("timeout"),
        BROKEN("broken"),
        BAD_ANSWER("bad_answer");

        private final String label;

        Reason(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }

        /** Whether the server is to blame, and not who asks. */
        boolean isUpstream() {
            return compareTo(NAME) >= 0;
        }
    }

    static Refusal badRequest(String sentence) {
        return new Refusal(HttpResponseStatus.BAD_REQUEST, Reason.BAD_REQUEST, sentence);
    }

    static Refusal forbidden(Reason reason, String sentence) {
        return new Refusal(HttpResponseStatus.FORBIDDEN, reason, sentence);
    }

    static Refusal loop(String sentence) {
        return new Refusal(HttpResponseStatus.valueOf(508, "Loop Detected"), Reason.LOOP, sentence);
    }

    static Refusal busy(String sentence) {
        return new Refusal(HttpResponseStatus.SERVICE_UNAVAILABLE, Reason.BUSY, sentence);
    }

    static Refusal badGateway(Reason reason, String sentence) {
        return new Refusal(HttpResponseStatus.BAD_GATEWAY, reason, sentence);
    }

    static Refusal timeout(String sentence) {
        return new Refusal(HttpResponseStatus.GATEWAY_TIMEOUT, Reason.TIMEOUT, sentence);
    }

    /** What the rules for all listeners say of a request; null when they let it through. */
    static @Nullable Refusal of(@Nullable Rejection rejection) {
        HttpResponseStatus status = rejection == null ? null : rejection.status();
        if (rejection == null || status == null) {
            return null;
        }
        String sentence = switch (rejection) {
            case LINE_TOO_LONG -> "the address that was asked for is too long (expected: at most 32 KiB)";
            case HEADERS_TOO_LARGE ->
                "the header fields of the request are too long (expected: at most 64 KiB together)";
            case EXPECTATION -> "the request expects what this proxy does not know (expected: 100-continue)";
            case VERSION -> "the request is not of HTTP/1.x";
            default ->
                "the request cannot be understood, or could be read in two ways;"
                        + " the program that sent it has a defect";
        };
        return new Refusal(status, Reason.BAD_REQUEST, sentence);
    }
}
