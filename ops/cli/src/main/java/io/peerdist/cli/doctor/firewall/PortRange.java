// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor.firewall;

/**
 * Ports from one to another, both included.
 *
 * @param from 0 to 65535
 * @param to not below {@code from}
 */
public record PortRange(int from, int to) {
    /** Those that a system gives to who does not choose (Linux, {@code ip_local_port_range}). */
    public static final PortRange EPHEMERAL = new PortRange(32_768, 60_999);

    static final PortRange ALL = new PortRange(0, 0xFFFF);

    /** One alone. */
    public static PortRange of(int port) {
        return new PortRange(port, port);
    }

    /** Whether a packet whose port is somewhere in this range has one of {@code wanted}. */
    Truth isIn(PortRange wanted) {
        if (wanted.from <= from && to <= wanted.to) {
            return Truth.YES;
        }
        return wanted.to < from || to < wanted.from ? Truth.NO : Truth.MAYBE;
    }
}
