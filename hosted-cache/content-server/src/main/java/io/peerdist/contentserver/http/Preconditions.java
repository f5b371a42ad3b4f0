// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The conditions a request makes (RFC 9110 13.1), against one file version. The order of RFC 9110 13.2.2 is the caller's:
 * {@link #hold}, then {@link #isNotModified}, then {@link #rangeApplies}.
 */
final class Preconditions {
    private static final String WEAK = "W/";
    private static final String ANY = "*";

    private final HttpHeaders request;
    private final Supplier<List<String>> tags;
    private final long modifiedSeconds;

    /**
     * @param tags all that stand for the version, asked for when a condition names one
     * @param modifiedSeconds what {@code Last-Modified} says, in seconds since 1970
     */
    Preconditions(HttpHeaders request, Supplier<List<String>> tags, long modifiedSeconds) {
        this.request = request;
        this.tags = tags;
        this.modifiedSeconds = modifiedSeconds;
    }

    /** {@code If-Match} with any of the version's tags, else {@code If-Unmodified-Since}; if not, the answer is 412. */
    boolean hold() {
        List<String> ifMatch = request.getAll(HttpHeaderNames.IF_MATCH);
        if (!ifMatch.isEmpty()) {
            List<String> listed = listed(ifMatch);
            return listed.contains(ANY) || listed.stream().anyMatch(tags.get()::contains);
        }
        OptionalLong since = date(HttpHeaderNames.IF_UNMODIFIED_SINCE);
        return since.isEmpty() || modifiedSeconds <= since.getAsLong();
    }

    /**
     * {@code If-None-Match} with the tag of the representation that would be sent, else {@code If-Modified-Since}; if so,
     * the answer to GET and HEAD is 304.
     */
    boolean isNotModified(String selectedTag) {
        List<String> ifNoneMatch = request.getAll(HttpHeaderNames.IF_NONE_MATCH);
        if (!ifNoneMatch.isEmpty()) {
            List<String> listed = listed(ifNoneMatch);
            return listed.contains(ANY)
                    || listed.stream().map(Preconditions::opaque).anyMatch(selectedTag::equals);
        }
        OptionalLong since = date(HttpHeaderNames.IF_MODIFIED_SINCE);
        return since.isPresent() && modifiedSeconds <= since.getAsLong();
    }

    /** Without {@code If-Range}, or with one that names this version: any of its tags, or its exact date. */
    boolean rangeApplies() {
        String ifRange = request.get(HttpHeaderNames.IF_RANGE);
        if (ifRange == null) {
            return true;
        }
        String validator = ifRange.trim();
        if (validator.startsWith("\"") || validator.startsWith(WEAK)) {
            return tags.get().contains(validator);
        }
        OptionalLong date = HttpDate.parse(validator);
        return date.isPresent() && date.getAsLong() == modifiedSeconds;
    }

    private OptionalLong date(CharSequence field) {
        @Nullable String value = request.get(field);
        return value == null ? OptionalLong.empty() : HttpDate.parse(value);
    }

    /** The elements of the field lines; a comma within quotes parts nothing, and what is no tag equals none of ours. */
    private static List<String> listed(List<String> lines) {
        List<String> elements = new ArrayList<>();
        for (String line : lines) {
            boolean quoted = false;
            int from = 0;
            for (int i = 0; i <= line.length(); i++) {
                if (i == line.length() || (line.charAt(i) == ',' && !quoted)) {
                    elements.add(line.substring(from, i).trim());
                    from = i + 1;
                } else if (line.charAt(i) == '"') {
                    quoted = !quoted;
                }
            }
        }
        return elements;
    }

    private static String opaque(String tag) {
        return tag.startsWith(WEAK) ? tag.substring(WEAK.length()) : tag;
    }
}
