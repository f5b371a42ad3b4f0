// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

import java.util.Locale;
import java.util.Set;

/**
 * What is known of a packet that comes in or goes out, and belongs to no connection that the firewall knows.
 *
 * @param ipv4 otherwise IPv6
 * @param udp otherwise TCP, of which it is the first
 * @param inbound otherwise it leaves
 * @param multicast whether it goes to the group of discovery, otherwise to one machine
 * @param source where from; a range where it may be any of these
 * @param destination where to
 * @param interfaces those that it may come or go by, without loopback; empty when they are not known
 */
public record Packet(
        boolean ipv4,
        boolean udp,
        boolean inbound,
        boolean multicast,
        PortRange source,
        PortRange destination,
        Set<String> interfaces) {
    private static final String IPV4_GROUP = "239.255.255.250";
    private static final String IPV6_GROUP = "ff02::c";

    /** Takes a copy. */
    public Packet {
        interfaces = Set.copyOf(interfaces);
    }

    /** The same over the other family. */
    public Packet withIpv4(boolean other) {
        return new Packet(other, udp, inbound, multicast, source, destination, interfaces);
    }

    Truth isTransport(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "udp", "17" -> Truth.of(udp);
            case "tcp", "6" -> Truth.of(!udp);
            case "all", "0" -> Truth.YES;
            default -> Truth.NO;
        };
    }

    /** A name may end in a character that stands for any others, of nftables {@code *}, of iptables {@code +}. */
    Truth passes(String name, boolean in) {
        if (in != inbound) {
            return Truth.NO; // a rule for what is routed
        }
        if (name.equals("lo")) {
            return Truth.NO;
        }
        if (name.equals("*") || name.equals("+")) {
            return Truth.YES;
        }
        if (interfaces.isEmpty()) {
            return Truth.MAYBE;
        }
        boolean open = name.endsWith("*") || name.endsWith("+");
        String start = open ? name.substring(0, name.length() - 1) : name;
        long count = interfaces.stream()
                .filter(each -> open ? each.startsWith(start) : each.equals(start))
                .count();
        if (count == 0) {
            return Truth.NO;
        }
        return count == interfaces.size() ? Truth.YES : Truth.MAYBE;
    }

    Truth isFrom(String network) {
        return network.startsWith("127.") || network.startsWith("::1") ? Truth.NO : isAddress(network);
    }

    Truth isTo(String network) {
        if (network.startsWith("127.") || network.startsWith("::1")) {
            return Truth.NO;
        }
        if (!multicast) {
            return isAddress(network);
        }
        String bare = network.replaceFirst("/(32|128)$", "");
        if (bare.equals(ipv4 ? IPV4_GROUP : IPV6_GROUP)
                || network.equals(ipv4 ? "224.0.0.0/4" : "ff00::/8")
                || network.equals(ipv4 ? "239.0.0.0/8" : "ff02::/16")
                || isEverything(network)) {
            return Truth.YES;
        }
        return bare.contains("/") && (bare.startsWith("2") || bare.startsWith("ff")) ? Truth.MAYBE : Truth.NO;
    }

    private static Truth isAddress(String network) {
        return isEverything(network) ? Truth.YES : Truth.MAYBE;
    }

    private static boolean isEverything(String network) {
        return network.equals("0.0.0.0/0") || network.equals("::/0");
    }

    /** {@code unicast}, {@code host}, {@code local}, {@code multicast}, {@code broadcast}. */
    Truth isKind(String kind) {
        return switch (kind.toLowerCase(Locale.ROOT)) {
            case "multicast" -> Truth.of(multicast);
            case "unicast", "host", "local" -> Truth.of(!multicast);
            case "broadcast", "anycast", "other", "otherhost" -> Truth.NO;
            default -> Truth.MAYBE;
        };
    }

    /** It is the first that the firewall sees of its kind. */
    static Truth isState(String state) {
        return Truth.of(state.equalsIgnoreCase("new"));
    }
}
