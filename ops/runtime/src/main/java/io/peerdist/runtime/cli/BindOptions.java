// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.http.ListenAddress;
import java.net.InetSocketAddress;
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
        return Optional.ofNullable(bind).map(ListenAddress::withoutBrackets);
    }

    /**
     * The socket address for {@code port} at the given address, or at {@code defaultAddress}.
     *
     * @throws FailureException {@code CANNOT_BIND} when the address is a name that does not resolve
     */
    public InetSocketAddress resolve(String defaultAddress, int port) {
        return ListenAddress.resolve(bind().orElse(defaultAddress), port);
    }
}
