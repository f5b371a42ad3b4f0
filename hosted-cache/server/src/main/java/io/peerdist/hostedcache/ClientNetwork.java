// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * What quotas take for one client: an IPv4 address, or the 64 bits of an IPv6 address that name a subnet, since a host has
 * as many addresses in its subnet as it likes (RFC 8981).
 *
 * @param isIpv6 which of both
 * @param prefix the address in the lower 32 bits, or the upper half of the address
 */
record ClientNetwork(boolean isIpv6, long prefix) {
    private static final int IPV6_BYTES = 16;

    /** The network of an address as a socket tells it; IPv4 in IPv6 is IPv4. */
    static ClientNetwork of(InetAddress address) {
        InetAddress normal = PeerAddress.of(address, 0).getAddress();
        ByteBuffer octets = ByteBuffer.wrap(normal.getAddress());
        return normal instanceof Inet6Address
                ? new ClientNetwork(true, octets.getLong())
                : new ClientNetwork(false, Integer.toUnsignedLong(octets.getInt()));
    }

    /** {@code 192.0.2.1} or {@code 2001:db8:0:0:0:0:0:0/64}. */
    @Override
    public String toString() {
        ByteBuffer octets = ByteBuffer.allocate(isIpv6 ? IPV6_BYTES : Integer.BYTES);
        if (isIpv6) {
            octets.putLong(prefix);
        } else {
            octets.putInt((int) prefix);
        }
        try {
            String text = InetAddress.getByAddress(octets.array()).getHostAddress();
            return isIpv6 ? text + "/64" : text;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 octets are an address", e);
        }
    }
}
