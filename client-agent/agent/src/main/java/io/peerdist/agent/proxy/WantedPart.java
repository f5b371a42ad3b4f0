// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.peerdist.runtime.http.RequestedRange;
import org.jspecify.annotations.Nullable;

/**
 * What a program gets of a file whose content information is there.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-14.2">RFC 9110 14.2</a>
 */
sealed interface WantedPart {
    /** All of it, answered with 200. */
    record Whole() implements WantedPart {}

    /**
     * Bytes {@code from} to {@code end} - 1, answered with 206.
     */
    record Part(long from, long end) implements WantedPart {}

    /** Nothing, answered with 416. */
    record None() implements WantedPart {}

    /** Only the server can say: the program's validator is none that is known here. */
    record Unknown() implements WantedPart {}

    /**
     * Decides.
     *
     * @param request the fields of the program
     * @param answer those of the answer with content information
     */
    static WantedPart of(HttpHeaders request, HttpHeaders answer, long fileBytes) {
        String range = request.get(HttpHeaderNames.RANGE);
        if (range == null) {
            return new Whole();
        }
        String validator = request.get(HttpHeaderNames.IF_RANGE);
        if (validator != null) {
            WantedPart decided = byValidator(validator.strip(), answer);
            if (decided != null) {
                return decided;
            }
        }
        RequestedRange requested = RequestedRange.parse(range, fileBytes);
        if (requested instanceof RequestedRange.Part part) {
            return new Part(part.firstByte(), part.lastByte() + 1);
        }
        return requested instanceof RequestedRange.Unsatisfiable ? new None() : new Whole();
    }

    /** Null when the file is the one that the program means. */
    private static @Nullable WantedPart byValidator(String validator, HttpHeaders answer) {
        if (validator.startsWith("W/")) {
            // Weak ones never match here, and that is what our own answers carry.
            return new Whole();
        }
        if (validator.startsWith("\"")) {
            // Another one may well be that of the plain file.
            return validator.equals(answer.get(HttpHeaderNames.ETAG)) ? null : new Unknown();
        }
        String modified = answer.get(HttpHeaderNames.LAST_MODIFIED);
        if (modified == null) {
            return new Unknown();
        }
        return validator.equals(modified.strip()) ? null : new Whole();
    }
}
