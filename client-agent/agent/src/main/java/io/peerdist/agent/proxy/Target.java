// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.peerdist.runtime.HostPort;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a request goes.
 *
 * @param host a name or an address, IPv6 without brackets
 * @param port 1 to 65535
 * @param path what the server is asked for: an absolute path with its query, or {@code *}; empty for tunnels
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-3.2">RFC 9112 3.2</a>
 */
record Target(String host, int port, String path) {
    static final int HTTP_PORT = 80;

    private static final Pattern ABSOLUTE =
            Pattern.compile("http://([^/?#]*)([/?].*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern AUTHORITY =
            Pattern.compile("([A-Za-z0-9](?:[A-Za-z0-9._-]{0,254})|\\[[0-9A-Fa-f:.]{2,45}])(?::(\\d{0,5}))?");

    /**
     * Reads the target of anything but CONNECT: {@code http://host[:port][/path][?query]}. Octets beyond ASCII come out as
     * the percent encoding says.
     *
     * @throws IllegalArgumentException for anything else; the message is for the user
     */
    static Target ofAbsolute(String uri) {
        Matcher matcher = ABSOLUTE.matcher(uri);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(shortened(uri)
                    + " is not what a proxy can be asked for (expected: http://host[:port]/path; for https CONNECT)");
        }
        Target at = ofAuthority(String.valueOf(matcher.group(1)), HTTP_PORT);
        String rest = matcher.group(2) == null ? "" : matcher.group(2);
        return new Target(at.host, at.port, rest.startsWith("/") ? encoded(rest) : "/" + encoded(rest));
    }

    /**
     * Reads the target of CONNECT: {@code host:port}.
     *
     * @throws IllegalArgumentException for anything else; the message is for the user
     */
    static Target ofTunnel(String authority) {
        return ofAuthority(authority, 0);
    }

    private static Target ofAuthority(String authority, int defaultPort) {
        Matcher matcher = AUTHORITY.matcher(authority);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    shortened(authority) + " names no server (expected: host:port, without user and password)");
        }
        String digits = matcher.group(2) == null ? "" : matcher.group(2);
        int port = digits.isEmpty() ? defaultPort : Integer.parseInt(digits);
        if (port < 1 || port > 0xFFFF) {
            throw new IllegalArgumentException(shortened(authority) + " has no port (expected: 1 to 65535)");
        }
        String host = matcher.group(1);
        return new Target(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port, "");
    }

    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7F || c > 0xFF || c == '#') {
                throw new IllegalArgumentException("the path has a character that no path may have (expected: what"
                        + " must be is percent-encoded, and no fragment)");
            }
            if (c < 0x7F) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }

    /** The server, as {@code Host} names it. */
    String hostField() {
        return port == HTTP_PORT && !path.isEmpty() ? bracketed() : origin();
    }

    /** The server with its port. */
    String origin() {
        return bracketed() + ":" + port;
    }

    private String bracketed() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    HostPort hostPort() {
        return new HostPort(host, port);
    }

    /** The whole of it, as another proxy is asked. */
    String uri() {
        return "http://" + hostField() + (path.equals("*") ? "" : path);
    }

    /** Fit for a message: not longer than a line, and nothing in it that a terminal would obey. */
    static String shortened(String text) {
        String line = text.length() > 80 ? text.substring(0, 80) + "..." : text;
        return "\"" + line.replaceAll("[^\\x20-\\x7e]", "?") + "\"";
    }
}
