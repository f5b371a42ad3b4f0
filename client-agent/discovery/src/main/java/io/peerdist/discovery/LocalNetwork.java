// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;

/**
 * A subnet that this machine is on.
 *
 * @param interfaceName the interface's name
 * @param interfaceIndex its number, by which link-local addresses name it
 * @param address the machine's own address there
 * @param prefixLength how many bits of it are the subnet's
 */
public record LocalNetwork(String interfaceName, int interfaceIndex, InetAddress address, int prefixLength) {
    /** Throws {@link IllegalArgumentException} for a prefix longer than the address. */
    public LocalNetwork {
        if (prefixLength < 0 || prefixLength > address.getAddress().length * Byte.SIZE) {
            throw new IllegalArgumentException("prefix length of " + address.getHostAddress() + ": " + prefixLength
                    + " (expected: 0 to 32 or 128)");
        }
    }

    /** The subnets that an interface is on. */
    public static List<LocalNetwork> of(NetworkInterface system) {
        List<LocalNetwork> networks = new ArrayList<>();
        for (InterfaceAddress each : system.getInterfaceAddresses()) {
            // Null, or -1 as a prefix, stands for what the system does not say.
            if (each != null && each.getAddress() != null && each.getNetworkPrefixLength() >= 0) {
                networks.add(new LocalNetwork(
                        system.getName(), system.getIndex(), each.getAddress(), each.getNetworkPrefixLength()));
            }
        }
        return networks;
    }

    /** Interface and own address, for people. */
    public String label() {
        return interfaceName + " (" + address.getHostAddress() + ")";
    }

    /** Whether it is one of IPv4; otherwise of IPv6. */
    public boolean isIpv4() {
        return address instanceof Inet4Address;
    }

    /** Whether {@code other} can be a machine of this subnet. */
    boolean contains(InetAddress other) {
        if (other.isAnyLocalAddress() || other.isMulticastAddress() || isBroadcast(other)) {
            return false;
        }
        if (other instanceof Inet6Address link
                && link.isLinkLocalAddress()
                && link.getScopeId() != 0
                && link.getScopeId() != interfaceIndex) {
            return false;
        }
        return samePrefix(address.getAddress(), other.getAddress(), prefixLength);
    }

    /** The subnet's own address and the one for all of it, to which no answer may go. */
    private boolean isBroadcast(InetAddress other) {
        if (!(other instanceof Inet4Address) || !isIpv4() || prefixLength >= 31) {
            return false;
        }
        int host = bits(other) & (int) (0xFFFF_FFFFL >>> prefixLength);
        return samePrefix(address.getAddress(), other.getAddress(), prefixLength)
                && (host == 0 || host == (int) (0xFFFF_FFFFL >>> prefixLength));
    }

    private static int bits(InetAddress address) {
        byte[] octets = address.getAddress();
        return octets[0] << 24 | (octets[1] & 0xFF) << 16 | (octets[2] & 0xFF) << 8 | (octets[3] & 0xFF);
    }

    static boolean samePrefix(byte[] one, byte[] other, int prefixLength) {
        if (one.length != other.length) {
            return false;
        }
        int whole = prefixLength / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (one[i] != other[i]) {
                return false;
            }
        }
        int rest = prefixLength % Byte.SIZE;
        return rest == 0 || ((one[whole] ^ other[whole]) & 0xFF) >>> (Byte.SIZE - rest) == 0;
    }
}
