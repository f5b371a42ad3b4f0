// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;

/** Whom probes reach, and where they are listened for. */
public sealed interface DiscoveryReach {
    /** The port of WS-Discovery. */
    int PORT = 3702;

    /**
     * Everybody on the subnets, through the groups 239.255.255.250 and ff02::c; what Windows and iPXE do.
     *
     * @param port 1 to 65,535; {@link #PORT}, but for tests
     */
    record Multicast(int port) implements DiscoveryReach {
        /** Throws {@link IllegalArgumentException} for another port. */
        public Multicast {
            if (port < 1 || port > 0xFFFF) {
                throw new IllegalArgumentException("discovery port: " + port + " (expected: 1 to 65535)");
            }
        }
    }

    /**
     * Some machines that are named. No group is joined and no multicast sent; loopback counts as a network.
     *
     * @param bind where to listen; port 0 for any
     * @param peers to whom each probe goes, asked for each time
     */
    record Unicast(InetSocketAddress bind, Supplier<List<InetSocketAddress>> peers) implements DiscoveryReach {}
}
