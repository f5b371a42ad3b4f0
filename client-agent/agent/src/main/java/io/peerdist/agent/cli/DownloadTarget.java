// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The name under which a download is kept when none is given. */
final class DownloadTarget {
    private DownloadTarget() {}

    /** The last part of the URL's path, without its escapes; null when that makes no file name. */
    static @Nullable String nameOf(URI url) {
        String path = url.getRawPath();
        if (path == null) {
            return null;
        }
        String last = path.substring(path.lastIndexOf('/') + 1);
        String name;
        try {
            name = URLDecoder.decode(last.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
        boolean usable = !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
        return usable ? name : null;
    }
}
