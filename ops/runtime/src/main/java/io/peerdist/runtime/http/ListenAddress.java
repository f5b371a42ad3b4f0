// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** An address of this machine to listen on, as a person writes it: a name or a literal, IPv6 with or without brackets. */
public final class ListenAddress {
    private ListenAddress() {}

    /** The address without the brackets that an IPv6 literal may stand in. */
    public static String withoutBrackets(String address) {
        return address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
    }

    /**
     * The socket address for {@code port}, 0 meaning any.
     *
     * @throws FailureException {@code CANNOT_BIND} when the address is a name that does not resolve
     */
    public static InetSocketAddress resolve(String address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(withoutBrackets(address)), port);
        } catch (UnknownHostException e) {
            throw new FailureException(
                    ExitCode.CANNOT_BIND,
                    "cannot listen on " + address + ": the name does not resolve; give an address of this machine",
                    e);
        }
    }
}
