// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import java.net.URI;

/**
 * A URL and where the user wrote it.
 *
 * @param place begins messages about it: {@code URL}, or the file and the line
 */
record ListedUrl(String place, URI url) {
    /** Throws {@link IllegalArgumentException} with a sentence when {@code text} is no URL of the web. */
    static ListedUrl of(String place, String text) {
        URI url;
        try {
            url = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
        boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (!web || url.getHost() == null) {
            throw new IllegalArgumentException(
                    place + ": " + text + " (expected: http://HOST/... or https://HOST/...)");
        }
        return new ListedUrl(place, url);
    }
}
