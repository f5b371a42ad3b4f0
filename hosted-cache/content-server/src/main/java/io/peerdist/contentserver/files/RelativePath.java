// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
    /** Linux takes no path longer than 4,096 octets (PATH_MAX), and each may be three characters in a target. */
    static final int MAX_TARGET_CHARS = 3 * 4096;

    private static final String SCHEME_SEPARATOR = "://";

    private static final String HERE = ".";

    public RelativePath {
        names = List.copyOf(names);
        if (names.isEmpty() || !names.stream().allMatch(RelativePath::isServable)) {
            throw new IllegalArgumentException("names: " + names + " (expected: names of files that may be served)");
        }
    }

    /**
     * Takes the path out of an HTTP request target in origin form ({@code /a/b?query}) or absolute form ({@code
     * http://host/a/b}), decodes its percent signs once and as UTF-8, and leaves out the query and names that are one dot
     * (RFC 3986 6.2.2.3; apt asks for {@code /debian/./Packages}). Other names that begin with a dot are not served, which
     * covers {@code ..} and hidden files.
     *
     * @return nothing if the target names no file that may be served, whatever the directory holds
     */
    public static Optional<RelativePath> ofTarget(String target) {
        return pathOf(target).flatMap(RelativePath::split);
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
        boolean usable = path.startsWith("/") && path.indexOf('#') < 0 && path.length() <= MAX_TARGET_CHARS;
        return usable ? Optional.of(path) : Optional.empty();
    }

    private static boolean isHttp(String scheme) {
        return scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    }

    /** Parts the names before it decodes them, so that an encoded slash stays part of a name and is refused. */
    private static Optional<RelativePath> split(String path) {
        List<String> names = new ArrayList<>();
        String[] parts = path.substring(1).split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            Optional<String> name = decode(parts[i]);
            if (i < parts.length - 1 && name.filter(HERE::equals).isPresent()) {
                continue;
            }
            if (name.filter(RelativePath::isServable).isEmpty()) {
                return Optional.empty();
            }
            names.add(name.get());
        }
        return Optional.of(new RelativePath(names));
    }

    private static Optional<String> decode(String name) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '%') {
                int high = i + 2 < name.length() ? hexDigit(name.charAt(i + 1)) : -1;
                int low = high < 0 ? -1 : hexDigit(name.charAt(i + 2));
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
        try {
            ByteBuffer input = ByteBuffer.wrap(octets.toByteArray());
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(input).toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }

    private static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
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
