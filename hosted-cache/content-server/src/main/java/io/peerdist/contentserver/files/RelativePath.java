// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A file's path below the document root, as a request names it: one or more names, none of which could lead elsewhere.
 * Immutable.
 *
 * @param names the path's names from the root down; each is not empty, does not begin with a dot and holds no slash,
 *     backslash or control character
 */
public record RelativePath(List<String> names) {
    /** A path longer than Linux takes (PATH_MAX) cannot name a file. */
    static final int MAX_PATH_BYTES = 4096;

    private static final String SCHEME_SEPARATOR = "://";

    public RelativePath {
        names = List.copyOf(names);
        if (names.isEmpty() || !names.stream().allMatch(RelativePath::isServable)) {
            throw new IllegalArgumentException("names: " + names + " (expected: names of files that may be served)");
        }
    }

    /**
     * Takes the path out of an HTTP request target in origin form ({@code /a/b?query}) or absolute form ({@code
     * http://host/a/b}), decodes its percent signs once and as UTF-8, and leaves out the query. Names that begin with a
     * dot are not served, which covers {@code .}, {@code ..} and hidden files.
     *
     * @return nothing if the target names no file that may be served, whatever the directory holds
     */
    public static Optional<RelativePath> ofTarget(String target) {
        return pathOf(target).flatMap(RelativePath::decode).flatMap(RelativePath::split);
    }

    private static Optional<String> pathOf(String target) {
        String path = target;
        int scheme = target.indexOf(SCHEME_SEPARATOR);
        if (scheme > 0 && isHttp(target.substring(0, scheme))) {
            int slash = target.indexOf('/', scheme + SCHEME_SEPARATOR.length());
            path = slash < 0 ? "/" : target.substring(slash);
        }
        int query = path.indexOf('?');
        if (query >= 0) {
            path = path.substring(0, query);
        }
        boolean usable = path.startsWith("/") && path.indexOf('#') < 0 && path.length() <= 3 * MAX_PATH_BYTES;
        return usable ? Optional.of(path) : Optional.empty();
    }

    private static boolean isHttp(String scheme) {
        return scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    }

    private static Optional<String> decode(String path) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                int high = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
                int low = high < 0 ? -1 : Character.digit(path.charAt(i + 2), 16);
                if (low < 0) {
                    return Optional.empty();
                }
                octets.write(high << 4 | low);
                i += 2;
            } else if (c > 0xFF) {
                return Optional.empty();
            } else {
                octets.write(c); // above 0x7F: UTF-8 that a client forgot to encode, which arrives octet by octet
            }
        }
        if (octets.size() > MAX_PATH_BYTES) {
            return Optional.empty();
        }
        try {
            ByteBuffer input = ByteBuffer.wrap(octets.toByteArray());
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(input).toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }

    private static Optional<RelativePath> split(String decoded) {
        List<String> names = List.of(decoded.substring(1).split("/", -1));
        return names.stream().allMatch(RelativePath::isServable)
                ? Optional.of(new RelativePath(names))
                : Optional.empty();
    }

    /** Whether {@code name} may stand in a path that is served. */
    static boolean isServable(String name) {
        return !name.isEmpty()
                && name.charAt(0) != '.'
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
    }

    /** The last name. */
    public String fileName() {
        return names.get(names.size() - 1);
    }

    /** The names joined by slashes, without one in front. */
    @Override
    public String toString() {
        return String.join("/", names);
    }
}
