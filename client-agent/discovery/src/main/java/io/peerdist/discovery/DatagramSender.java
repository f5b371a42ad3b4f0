// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.net.InetSocketAddress;

/** Sends datagrams to one address. */
@FunctionalInterface
interface DatagramSender {
    /** Sends and forgets; what the system refuses is counted by the sender. */
    void send(InetSocketAddress to, byte[] datagram);
}
