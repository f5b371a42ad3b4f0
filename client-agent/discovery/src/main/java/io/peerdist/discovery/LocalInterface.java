// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;

/**
 * An interface of this machine that is up, with the subnets of it that are chosen.
 *
 * @param system what the system calls it
 * @param networks at least one
 */
record LocalInterface(NetworkInterface system, List<LocalNetwork> networks) {
    /** More are passed over; a machine with so many is a host of containers. */
    static final int MAX_INTERFACES = 64;

    /** Those that are up now and can multicast, or loopback alone besides when {@code loopback}. */
    static List<LocalInterface> scan(InterfaceChoice choice, boolean loopback) throws SocketException {
        List<LocalInterface> found = new ArrayList<>();
        Enumeration<NetworkInterface> all = NetworkInterface.getNetworkInterfaces();
        while (all.hasMoreElements() && found.size() < MAX_INTERFACES) {
            NetworkInterface system = all.nextElement();
            if (isUsable(system, loopback)) {
                List<LocalNetwork> networks =
                        LocalNetwork.of(system).stream().filter(choice::chooses).toList();
                if (!networks.isEmpty()) {
                    found.add(new LocalInterface(system, networks));
                }
            }
        }
        return found;
    }

    private static boolean isUsable(NetworkInterface system, boolean loopback) {
        try {
            return system.isUp() && (system.isLoopback() ? loopback : loopback || system.supportsMulticast());
        } catch (SocketException e) {
            return false; // it went away between being listed and being asked
        }
    }
}
