// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery.message;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.StringTokenizer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code XAddrs}: addresses with ports, separated by blanks, and no URLs whatever the name says. Nothing is
 * looked up: what is no literal address is passed over.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 2.2.3.8</a>
 */
final class AddressText {
    private static final int MAX_PORT = 0xFFFF;
    private static final int MAX_PORT_DIGITS = 5;

    private AddressText() {}

    /** IPv4 first: a reader that splits at colons takes the first one. */
    static String of(List<InetSocketAddress> addresses) {
        return addresses.stream()
                .sorted(Comparator.comparing(each -> !(each.getAddress() instanceof Inet4Address)))
                .map(AddressText::of)
                .collect(Collectors.joining(" "));
    }

    private static String of(InetSocketAddress address) {
        // Without the zone of a link-local address, which means nothing to another machine.
        return withoutZone(NetUtil.toSocketAddressString(address));
    }

    private static String withoutZone(String text) {
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone) + text.substring(text.indexOf(']'));
    }

    static List<InetSocketAddress> read(String text) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        StringTokenizer tokens = new StringTokenizer(text);
        while (tokens.hasMoreTokens() && addresses.size() < ProbeMatch.MAX_ADDRESSES) {
            InetSocketAddress address = address(tokens.nextToken());
            if (address != null) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    private static @Nullable InetSocketAddress address(String token) {
        int colon = token.lastIndexOf(':');
        int port = colon < 0 ? 0 : port(token.substring(colon + 1));
        if (port == 0) {
            return null;
        }
        String host = token.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String literal = bracketed ? host.substring(1, host.length() - 1) : host;
        // A zone would be one of the sender's machine; an IPv6 address without brackets has no end before the port.
        if (literal.indexOf('%') >= 0 || bracketed != literal.indexOf(':') >= 0) {
            return null;
        }
        byte[] octets = NetUtil.createByteArrayFromIpAddressString(literal);
        try {
            return octets == null ? null : new InetSocketAddress(InetAddress.getByAddress(octets), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("address of " + octets.length + " octets (expected: 4 or 16)", e);
        }
    }

    /** 0 when it is none. */
    private static int port(String digits) {
        if (digits.isEmpty()
                || digits.length() > MAX_PORT_DIGITS
                || !digits.chars().allMatch(each -> each >= '0' && each <= '9')) {
            return 0;
        }
        int port = Integer.parseInt(digits);
        return port > MAX_PORT ? 0 : port;
    }
}
