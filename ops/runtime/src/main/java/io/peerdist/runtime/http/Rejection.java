// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/** Why a listener turned a connection or request away. The label is the {@code reason} of the metric. */
enum Rejection {
    BAD_REQUEST("bad_request", 400),
    LINE_TOO_LONG("line_too_long", 414),
    HEADERS_TOO_LARGE("headers_too_large", 431),
    BODY_TOO_LARGE("body_too_large", 413),
    EXPECTATION("expectation", 417),
    VERSION("version", 505),
    REQUEST_TIMEOUT("request_timeout", 408),
    INTERNAL("internal", 500),
    CONNECTION_LIMIT("connection_limit", 0),
    PIPELINE_LIMIT("pipeline_limit", 0),
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
    @Nullable
    HttpResponseStatus status() {
        return statusCode == 0 ? null : HttpResponseStatus.valueOf(statusCode);
    }
}
