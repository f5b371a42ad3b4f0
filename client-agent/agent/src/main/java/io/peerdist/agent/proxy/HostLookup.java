// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host. */
@FunctionalInterface
interface HostLookup {
    /** What this machine is set up with: its hosts file and its name servers. */
    HostLookup SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    /** At least one; may block. */
    List<InetAddress> addresses(String host) throws UnknownHostException;
}
