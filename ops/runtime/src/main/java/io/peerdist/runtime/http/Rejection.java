// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/** Why a listener turned a connection or request away. The label is the {@code reason} of the metric. */
public enum Rejection {
    /** It breaks the grammar, or could be read in two ways. */
    BAD_REQUEST("bad_request", 400),
    /** The first line is too long. */
    LINE_TOO_LONG("line_too_long", 414),
    /** The header fields are too long together. */
    HEADERS_TOO_LARGE("headers_too_large", 431),
    /** The body is too long. */
    BODY_TOO_LARGE("body_too_large", 413),
    /** It expects something other than {@code 100-continue}. */
    EXPECTATION("expectation", 417),
    /** It is not HTTP/1.x. */
    VERSION("version", 505),
    /** It did not arrive in time. */
    REQUEST_TIMEOUT("request_timeout", 408),
    /** A handler failed. */
    INTERNAL("internal", 500),
    /** Too many connections are open. */
    CONNECTION_LIMIT("connection_limit", 0),
    /** Too many requests wait for their turn. */
    PIPELINE_LIMIT("pipeline_limit", 0),
    /** The client does not take its answer. */
    WRITE_STALL("write_stall", 0);

    private final String label;
    private final int statusCode;

    Rejection(String label, int statusCode) {
        this.label = label;
        this.statusCode = statusCode;
    }

    String label() {
        return label;
    }

    /** What the client is told, or null when it is not told anything. */
    public @Nullable HttpResponseStatus status() {
        return statusCode == 0 ? null : HttpResponseStatus.valueOf(statusCode);
    }
}
