// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import io.peerdist.agent.origin.ContentVersion;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is to be downloaded and where it goes.
 *
 * @param url an absolute {@code http} or {@code https} URL
 * @param version which content information may be taken
 * @param checksum what the whole file must have, or null when nothing is known of it
 */
public record DownloadRequest(
        URI url,
        Destination destination,
        ContentVersion version,
        @Nullable Checksum checksum) {
    /** Throws {@link IllegalArgumentException} for another kind of URL. */
    public DownloadRequest {
        boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (!web || url.getHost() == null) {
            throw new IllegalArgumentException("URL: " + url + " (expected: http://HOST/... or https://HOST/...)");
        }
    }

    /** A request for a file of which nothing is known. */
    public DownloadRequest(URI url, Destination destination, ContentVersion version) {
        this(url, destination, version, null);
    }

    /** Where the bytes go. */
    public sealed interface Destination permits ToFile, ToStream {}

    /** A file, which appears under its name when it is complete. */
    public record ToFile(Path file) implements Destination {}

    /** A stream, which gets the bytes in order as they arrive; it is flushed but not closed. */
    public record ToStream(OutputStream stream) implements Destination {}
}
