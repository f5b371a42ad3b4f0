// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;

/** Where peers are told to fetch blocks. */
@FunctionalInterface
public interface ServingAddresses {
    /** The addresses to name to a peer on an interface with these subnets of this machine; none keeps the answer back. */
    List<InetSocketAddress> on(List<LocalNetwork> networks);

    /** This machine's own addresses on that interface, with {@code port}: IPv4 first, link-local ones last. */
    static ServingAddresses ownPort(int port) {
        return networks -> networks.stream()
                .map(LocalNetwork::address)
                .sorted(Comparator.comparing(
                        each -> each instanceof Inet4Address ? 0 : each.isLinkLocalAddress() ? 2 : 1))
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    /** These addresses whoever asks: those of a hosted cache elsewhere, for which this machine answers. */
    static ServingAddresses elsewhere(List<InetSocketAddress> addresses) {
        List<InetSocketAddress> fixed = List.copyOf(addresses);
        return networks -> fixed;
    }
}
