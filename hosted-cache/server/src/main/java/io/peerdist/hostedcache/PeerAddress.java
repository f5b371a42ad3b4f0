// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Where an offered segment is pulled from: the address that the offer came from, at the port it names. */
final class PeerAddress {
    private static final int MAPPED_PREFIX_BYTES = 12; // ::ffff:0:0/96, RFC 4291 2.5.5.2

    private PeerAddress() {}

    /** An IPv4 address that a dual-stack socket shows as IPv6 becomes itself, so that a peer has one name. */
    static InetSocketAddress of(InetAddress address, int port) {
        return new InetSocketAddress(normal(address), port);
    }

    private static InetAddress normal(InetAddress address) {
        byte[] octets = address.getAddress();
        if (!(address instanceof Inet6Address) || !isMapped(octets)) {
            return address;
        }
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(octets, MAPPED_PREFIX_BYTES, octets.length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four octets are an address", e);
        }
    }

    private static boolean isMapped(byte[] octets) {
        for (int i = 0; i < MAPPED_PREFIX_BYTES; i++) {
            if (octets[i] != (byte) (i < MAPPED_PREFIX_BYTES - 2 ? 0 : 0xFF)) {
                return false;
            }
        }
        return true;
    }
}
