// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --bind}. */
public final class BindOptions {
    @Option(
            names = "--bind",
            paramLabel = "ADDR",
            description = "Address to listen on, for example 0.0.0.0, :: or ::1. Default: all addresses.")
    private @Nullable String bind;

    /** The address as given, without brackets. */
    public Optional<String> bind() {
        return Optional.ofNullable(bind).map(Addresses::withoutBrackets);
    }

    /**
     * The socket address for {@code port} at the given address, or at {@code defaultAddress}.
     *
     * @throws FailureException {@code CANNOT_BIND} when the address is a name that does not resolve
     */
    public InetSocketAddress resolve(String defaultAddress, int port) {
        return Addresses.resolve(bind().orElse(defaultAddress), port);
    }

    static final class Addresses {
        private Addresses() {}

        static String withoutBrackets(String address) {
            return address.startsWith("[") && address.endsWith("]")
                    ? address.substring(1, address.length() - 1)
                    : address;
        }

        static InetSocketAddress resolve(String address, int port) {
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
}
