// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * A host and a port as people write them: {@code cache.branch.example:8080}, {@code 10.0.0.5:80}, {@code [::1]:80}.
 *
 * @param host name or address; an IPv6 address without brackets
 * @param port 0 to 65535
 */
public record HostPort(String host, int port) {
    /** What it looks like, for messages. */
    public static final String EXPECTED = "HOST:PORT, or [IPV6]:PORT, with a port from 0 to 65535";

    private static final int PORT_MAX = 0xFFFF;
    // RFC 1035 2.3.4 allows a name of 255 octets; a scoped IPv6 address is far shorter.
    private static final int HOST_MAX_CHARS = 255;

    public HostPort {
        if (host.isEmpty() || host.length() > HOST_MAX_CHARS) {
            throw new IllegalArgumentException("host: \"" + host + "\" (expected: 1 to 255 characters)");
        }
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
    }

    /**
     * Reads {@code host:port}.
     *
     * @throws IllegalArgumentException when {@code text} is something else
     */
    public static HostPort parse(String text) {
        String trimmed = text.trim();
        int colon = trimmed.lastIndexOf(':');
        String host = colon < 0 ? "" : trimmed.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        String port = trimmed.substring(colon + 1);
        if (host.isEmpty() || !port.matches("\\d{1,5}") || !host.matches("[A-Za-z0-9._:%-]+")) {
            throw new IllegalArgumentException("address: \"" + text + "\" (expected: " + EXPECTED + ")");
        }
        return new HostPort(host, Integer.parseInt(port));
    }

    /** The socket address; asks the resolver when the host is a name, so not on an event loop. May be unresolved. */
    public InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    /** {@code address} as {@code 127.0.0.1:80} or {@code [::1]:80}. */
    public static String format(InetSocketAddress address) {
        InetAddress resolved = address.getAddress();
        String host = resolved == null ? address.getHostString() : resolved.getHostAddress();
        return new HostPort(host, address.getPort()).toString();
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + compress(host) + "]:" + port : host + ":" + port;
    }

    /** Java writes {@code 0:0:0:0:0:0:0:1}; people and other programs expect RFC 5952's {@code ::1}. */
    private static String compress(String address) {
        String[] groups = address.split(":", -1);
        if (groups.length != 8 || address.contains("::")) {
            return address;
        }
        int bestStart = -1;
        int bestCount = 1;
        for (int start = 0; start < groups.length; start++) {
            int count = 0;
            while (start + count < groups.length && groups[start + count].equals("0")) {
                count++;
            }
            if (count > bestCount) {
                bestStart = start;
                bestCount = count;
            }
        }
        if (bestStart < 0) {
            return address;
        }
        String head = String.join(":", Arrays.copyOfRange(groups, 0, bestStart));
        String tail = String.join(":", Arrays.copyOfRange(groups, bestStart + bestCount, groups.length));
        return head + "::" + tail;
    }
}
