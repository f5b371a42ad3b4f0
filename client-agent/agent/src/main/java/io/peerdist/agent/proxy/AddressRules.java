// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses may be connected to. They are held against what a name was resolved to, and just those are connected to
 * afterwards. Thread-safe.
 */
final class AddressRules {
    private static final int IPV4_OFFSET = 12;

    private final Predicate<InetAddress> isOwn;
    private final IntPredicate isProxyPort;

    /**
     * @param isOwn whether an interface of this machine has the address
     * @param isProxyPort whether this proxy listens on the port
     */
    AddressRules(Predicate<InetAddress> isOwn, IntPredicate isProxyPort) {
        this.isOwn = isOwn;
        this.isProxyPort = isProxyPort;
    }

    /** Whether an interface of this machine has the address now; asks the kernel. */
    static boolean isOwnAddress(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            // Who cannot tell must not let anybody in.
            return true;
        }
    }

    /**
     * Why nobody, or nobody on another machine, may be connected to {@code address}; null when it is allowed.
     *
     * @param restricted whether the program that asks runs on another machine
     */
    @Nullable
    Refusal check(InetAddress address, int port, boolean restricted) {
        InetAddress reached = embedded(address);
        boolean local = reached.isLoopbackAddress() || reached.isAnyLocalAddress() || isThisNetwork(reached);
        if (isProxyPort.test(port) && (local || isOwn.test(reached))) {
            return Refusal.loop(
                    "the address is this proxy itself; name the server that is wanted, and not the proxy, in the URL");
        }
        if (reached.isMulticastAddress() || isBroadcast(reached)) {
            return Refusal.forbidden(Refusal.Reason.DESTINATION, address.getHostAddress() + " is no single machine");
        }
        if (!restricted) {
            return null;
        }
        if (local || reached.isLinkLocalAddress() || isOwn.test(reached)) {
            return Refusal.forbidden(
                    Refusal.Reason.DESTINATION,
                    address.getHostAddress()
                            + " is this machine, or one that only this machine's link knows; other machines are not"
                            + " connected to it through this proxy");
        }
        return null;
    }

    /** The IPv4 address that an IPv6 address stands for: mapped, compatible, NAT64 and 6to4; else the address itself. */
    private static InetAddress embedded(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] octets = address.getAddress();
        boolean compatible = isZero(octets, 0, IPV4_OFFSET) && !isZero(octets, IPV4_OFFSET, 15);
        boolean nat64 = octets[0] == 0 && octets[1] == 0x64 && (octets[2] & 0xFF) == 0xFF && (octets[3] & 0xFF) == 0x9B;
        if (compatible || nat64) {
            return ipv4(octets, IPV4_OFFSET);
        }
        boolean sixToFour = octets[0] == 0x20 && octets[1] == 0x02;
        return sixToFour ? ipv4(octets, 2) : address;
    }

    private static boolean isZero(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) {
            if (octets[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static InetAddress ipv4(byte[] octets, int offset) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(octets, offset, offset + 4));
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("four octets are an address", e);
        }
    }

    /** RFC 1122 3.2.1.3: the network 0, which kernels take for this machine. */
    private static boolean isThisNetwork(InetAddress address) {
        byte[] octets = address.getAddress();
        return octets.length == 4 && octets[0] == 0;
    }

    private static boolean isBroadcast(InetAddress address) {
        byte[] octets = address.getAddress();
        return octets.length == 4 && (octets[0] & octets[1] & octets[2] & octets[3]) == -1;
    }
}
