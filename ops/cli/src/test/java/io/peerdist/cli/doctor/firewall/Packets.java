// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

import java.util.Set;

/** Packets that come in at eth0. */
final class Packets {
    static final Packet PROBE =
            new Packet(true, true, true, true, PortRange.EPHEMERAL, PortRange.of(3_702), Set.of("eth0"));
    static final Packet ANSWER =
            new Packet(true, true, true, false, PortRange.of(3_702), PortRange.EPHEMERAL, Set.of("eth0"));
    static final Packet OWN_PROBE =
            new Packet(true, true, false, true, PortRange.EPHEMERAL, PortRange.of(3_702), Set.of("eth0"));

    private Packets() {}

    static Packet connection(int port) {
        return new Packet(true, false, true, false, PortRange.EPHEMERAL, PortRange.of(port), Set.of("eth0"));
    }
}
