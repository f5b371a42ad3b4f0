// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.peerdist.agent.serve.NetworkRules;
import io.peerdist.discovery.DiscoveryReach;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.discovery.InterfaceChoice;
import io.peerdist.discovery.InterfaceRule;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.config.ConfigurationSection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the section {@code discovery}: how an agent finds peers. */
final class DiscoverySection {
    private static final int MAX_PEERS = 64;

    private DiscoverySection() {}

    /**
     * The settings; empty when nobody could fetch from this machine: it serves at loopback alone, and names no peers.
     *
     * @param serving the address where blocks are served; on the interface that has it alone peers are looked for
     * @param networks where they are not, after all
     */
    static Optional<DiscoverySettings> read(ConfigurationSection section, InetAddress serving, NetworkRules networks) {
        List<InetSocketAddress> peers = readPeers(section);
        int port = section.integer("port", DiscoveryReach.PORT, peers.isEmpty() ? 1 : 0, 0xFFFF);
        InterfaceChoice interfaces = networks.choice(section.values("interfaces", InterfaceRule::parse));
        if (!peers.isEmpty()) {
            return Optional.of(DiscoverySettings.DEFAULT
                    .withReach(new DiscoveryReach.Unicast(new InetSocketAddress(serving, port), () -> peers))
                    .withInterfaces(interfaces));
        }
        if (serving.isLoopbackAddress()) {
            return Optional.empty();
        }
        return Optional.of(DiscoverySettings.DEFAULT
                .withReach(new DiscoveryReach.Multicast(port))
                .withInterfaces(serving.isAnyLocalAddress() ? interfaces : only(serving, interfaces)));
    }

    private static List<InetSocketAddress> readPeers(ConfigurationSection section) {
        List<InetSocketAddress> peers = new ArrayList<>();
        for (HostPort name : section.hostPorts("peers")) {
            InetSocketAddress address = name.resolve();
            if (address.isUnresolved()) {
                section.problem("peers", name + " (expected: a host name that can be resolved)");
            } else {
                peers.add(address);
            }
        }
        if (peers.size() > MAX_PEERS) {
            section.problem("peers", peers.size() + " of them (expected: at most " + MAX_PEERS + ")");
        }
        return List.copyOf(peers);
    }

    private static InterfaceChoice only(InetAddress address, InterfaceChoice interfaces) {
        String host = address.getHostAddress().replaceAll("%.*", "");
        int bits = address.getAddress().length * Byte.SIZE;
        return new InterfaceChoice(List.of(InterfaceRule.parse(host + "/" + bits)), interfaces.excluded());
    }
}
