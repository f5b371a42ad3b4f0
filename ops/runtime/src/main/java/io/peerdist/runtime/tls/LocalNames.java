// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients may call this machine by.
 *
 * @param dnsNames at least one
 * @param addresses without those that are of one link only
 */
record LocalNames(List<String> dnsNames, List<InetAddress> addresses) {
    private static final Logger LOGGER = LoggerFactory.getLogger(LocalNames.class);
    // A certificate is sent in every handshake; a machine with more addresses has one configured.
    private static final int ADDRESSES_MAX = 16;
    private static final String LOCALHOST = "localhost";
    private static final Pattern DNS_NAME =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

    LocalNames {
        dnsNames = List.copyOf(dnsNames);
        addresses = List.copyOf(addresses);
        if (dnsNames.isEmpty()) {
            throw new IllegalArgumentException("dnsNames: none (expected: one or more)");
        }
    }

    /** Asks the system; this may wait for name servers. */
    static LocalNames ofThisMachine() {
        Set<String> names = new LinkedHashSet<>();
        Set<InetAddress> addresses = new LinkedHashSet<>();
        try {
            InetAddress local = InetAddress.getLocalHost();
            addName(names, local.getCanonicalHostName());
            addName(names, local.getHostName());
        } catch (UnknownHostException e) {
            LOGGER.info("this machine's name does not resolve, the certificate goes without it: {}", e.getMessage());
        }
        // At the end, also where a hosts file makes it the name of this machine: it is the name of every other, too.
        names.remove(LOCALHOST);
        names.add(LOCALHOST);
        addresses.add(InetAddress.getLoopbackAddress());
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress())
                    .map(LocalNames::withoutScope)
                    .forEach(addresses::add);
        } catch (SocketException e) {
            LOGGER.info("this machine's addresses are not known, the certificate goes without them: {}", e.toString());
        }
        return new LocalNames(
                List.copyOf(names), addresses.stream().limit(ADDRESSES_MAX).toList());
    }

    private static void addName(Set<String> names, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        // What has no name is given as its address, whose last part is a number.
        boolean isAddress = lower.matches(".*\\.\\d+");
        if (!isAddress && DNS_NAME.matcher(lower).matches()) {
            names.add(lower);
        }
    }

    private static InetAddress withoutScope(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(address + ": an address of its own length", e);
        }
    }
}
