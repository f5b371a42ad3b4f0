// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request for bytes {@code from} to {@code end} - 1 of a file.
 *
 * @param fileBytes the length that the file must have
 * @param ifMatch the strong entity tag that the file must have, or null
 * @param program header fields of the program that the range is for, or null when it is for nobody but this agent. Redirects are
 *     not followed for a program, as what it says to one server is not for another
 */
public record RangeRequest(
        URI url,
        long from,
        long end,
        long fileBytes,
        @Nullable String ifMatch,
        @Nullable List<Map.Entry<String, String>> program) {
    /** What concerns one connection or one request, and what this request says for itself. */
    private static final Set<String> NOT_REPEATED = Set.of(
            "host",
            "connection",
            "proxy-connection",
            "proxy-authorization",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "expect",
            "content-length",
            "content-type",
            "accept-encoding",
            "range",
            "if-match",
            "if-none-match",
            "if-modified-since",
            "if-unmodified-since",
            "if-range");

    private static final String PEERDIST_PREFIX = "x-p2p-peerdist";

    /** A request for nobody but this agent. */
    public RangeRequest(URI url, long from, long end, long fileBytes, @Nullable String ifMatch) {
        this(url, from, end, fileBytes, ifMatch, null);
    }

    void repeatFields(HttpRequest.Builder builder) throws IOException {
        if (program == null) {
            return;
        }
        for (Map.Entry<String, String> field : program) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (!NOT_REPEATED.contains(name) && !name.startsWith(PEERDIST_PREFIX)) {
                repeat(builder, field);
            }
        }
    }

    private static void repeat(HttpRequest.Builder builder, Map.Entry<String, String> field) throws IOException {
        try {
            builder.header(field.getKey(), field.getValue());
        } catch (IllegalArgumentException e) {
            // Its value may be a secret, and the exception may have it in its message.
            throw new IOException("its header field " + field.getKey() + " cannot be sent on");
        }
    }

    /** Without the fields, which may be secrets. */
    @Override
    public String toString() {
        return url + " bytes " + from + " to " + (end - 1);
    }
}
