// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hosts and ports that may be asked: {@code deb.example.org}, {@code .example.org} (the domain and all below it), {@code *},
 * each with or without {@code :PORT} or {@code :FIRST-LAST}. Immutable.
 *
 * @param host in lower case; {@code *} for all; with a leading dot for a domain
 * @param firstPort the lowest port
 * @param lastPort the highest port
 */
record DestinationRule(String host, int firstPort, int lastPort) {
    /** Every host and port. */
    static final DestinationRule ANY = new DestinationRule("*", 1, 0xFFFF);

    private static final Pattern SYNTAX =
            Pattern.compile("(\\*|\\[[0-9A-Fa-f:.]+]|(?:\\*?\\.)?[A-Za-z0-9_](?:[A-Za-z0-9._-]*))"
                    + "(?::(?:(\\d{1,5})(?:-(\\d{1,5}))?|\\*))?");

    /** Reads one; throws {@link IllegalArgumentException} for anything else. */
    static DestinationRule parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.strip());
        if (matcher.matches()) {
            int first = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
            int last = matcher.group(2) == null ? 0xFFFF : first;
            if (matcher.group(3) != null) {
                last = Integer.parseInt(matcher.group(3));
            }
            if (first >= 1 && first <= last && last <= 0xFFFF) {
                String host = matcher.group(1);
                return new DestinationRule(normal(host.startsWith("*.") ? host.substring(1) : host), first, last);
            }
        }
        throw new IllegalArgumentException("destination: " + text
                + " (expected: HOST, .DOMAIN or *, with :PORT or :FIRST-LAST if wanted, such as .example.org:80)");
    }

    boolean matches(String candidate, int port) {
        if (port < firstPort || port > lastPort) {
            return false;
        }
        String name = normal(candidate);
        if (host.startsWith(".")) {
            return name.endsWith(host) || name.equals(host.substring(1));
        }
        return host.equals("*") || name.equals(host);
    }

    /** Without case, brackets, and the dot of the root that a name may end in. */
    private static String normal(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[") && name.endsWith("]")) {
            name = name.substring(1, name.length() - 1);
        }
        return name.length() > 1 && name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    @Override
    public String toString() {
        String ports = firstPort == lastPort ? ":" + firstPort : ":" + firstPort + "-" + lastPort;
        return firstPort == 1 && lastPort == 0xFFFF ? host : host + ports;
    }
}
