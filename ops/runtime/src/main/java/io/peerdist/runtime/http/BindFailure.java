// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Says why an address cannot be listened on, in words that tell what to do. */
public final class BindFailure {
    private static final int PRIVILEGED_PORT_MAX = 1_023;

    private BindFailure() {}

    /** The failure of {@code listener}, a word for the user, to listen on {@code address}. */
    public static FailureException of(String listener, InetSocketAddress address, Throwable cause) {
        String sentence =
                "cannot listen on " + HostPort.format(address) + " (" + listener + "): " + reason(address, cause);
        return new FailureException(ExitCode.CANNOT_BIND, sentence, cause);
    }

    private static String reason(InetSocketAddress address, Throwable cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (address.isUnresolved()) {
            return "the name does not resolve; give an address of this machine";
        }
        if (message.contains("in use")) {
            return "the port is in use; stop the program that holds it, or choose another port";
        }
        if (message.contains("permission")) {
            return address.getPort() <= PRIVILEGED_PORT_MAX
                    ? "ports below 1024 need the capability CAP_NET_BIND_SERVICE; grant it, or choose another port"
                    : "not permitted; ask the administrator of this machine, or choose another port";
        }
        if (message.contains("assign requested") || cause instanceof BindException) {
            return "the address is not one of this machine; choose one of those that \"ip address\" lists";
        }
        return cause + "; choose another address or port";
    }
}
