// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;

/**
 * A request as far as the origin reads it; bodies mean nothing to GET and HEAD.
 *
 * @param target the request target as it was sent
 */
record OriginRequest(HttpMethod method, String target, HttpHeaders headers) {
    boolean isHead() {
        return method.equals(HttpMethod.HEAD);
    }

    boolean isSupported() {
        return isHead() || method.equals(HttpMethod.GET);
    }

    /** For the log: what a client sends must not be able to forge a line. */
    @Override
    public String toString() {
        return (method + " " + target).replaceAll("\\p{Cntrl}", "?");
    }
}
