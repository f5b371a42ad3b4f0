// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A port that a daemon listens on.
 *
 * @param daemon {@code agent} or {@code hosted-cache}
 * @param use what it is for
 * @param key of the configuration
 * @param bind where; port 0 means any
 * @param shared whether other programs may listen there, too
 */
record WantedPort(String daemon, String use, String key, Transport transport, InetSocketAddress bind, boolean shared) {
    int port() {
        return bind.getPort();
    }

    /** Whether a socket at {@code other} is in the way. */
    boolean meets(InetAddress other) {
        InetAddress own = bind.getAddress();
        // A socket of all IPv6 addresses has those of IPv4, too, unless it says otherwise; ours never do.
        return own.isAnyLocalAddress() || other.isAnyLocalAddress() || own.equals(other);
    }

    /** {@code 8082/tcp (blocks)}. */
    String label() {
        return port() + "/" + transport.label() + " (" + use + ")";
    }
}
