// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * What tells one version of a file at the origin from another.
 *
 * @param entityTag the {@code ETag} as sent, or null
 * @param lastModified the {@code Last-Modified} as sent, or null
 */
public record Validator(
        @Nullable String entityTag, @Nullable String lastModified) {
    static Validator of(HttpHeaders headers) {
        return new Validator(
                headers.firstValue("ETag").orElse(null),
                headers.firstValue("Last-Modified").orElse(null));
    }

    /** The entity tag when it may stand in {@code If-Match} and {@code If-Range}, otherwise null. */
    public @Nullable String strongTag() {
        return entityTag != null && entityTag.startsWith("\"") ? entityTag : null;
    }

    /** The date, or null when there is none that can be read. */
    public @Nullable Instant lastModifiedInstant() {
        if (lastModified == null) {
            return null;
        }
        try {
            return ZonedDateTime.parse(lastModified, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The text by which a resumed download recognizes the version: the entity tag, else the date, else nothing. */
    public String toNote() {
        String note = entityTag != null ? entityTag : lastModified;
        return note == null ? "" : note;
    }

    /**
     * Whether the other one shows another version of the file. The tags of its encodings may differ from each other, so
     * they are held against each other only where both are of one encoding.
     */
    public boolean showsChange(Validator other, boolean sameEncoding) {
        if (sameEncoding && entityTag != null && other.entityTag != null) {
            return !entityTag.equals(other.entityTag);
        }
        return lastModified != null && other.lastModified != null && !lastModified.equals(other.lastModified);
    }
}
