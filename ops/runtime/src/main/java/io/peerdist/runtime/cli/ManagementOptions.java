// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.cli;

import io.peerdist.runtime.http.ListenAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --management-port} and {@code --management-bind}. */
public final class ManagementOptions {
    /** Whoever reaches the management port may steer the daemon, so only this machine does unless told otherwise. */
    public static final String DEFAULT_BIND = "127.0.0.1";

    @Option(
            names = "--management-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description = "Port for metrics, health, status page and interface. 0 means any.")
    private @Nullable Integer port;

    @Option(
            names = "--management-bind",
            paramLabel = "ADDR",
            description = "Address of the management port. It asks for no password. Default: " + DEFAULT_BIND + ".")
    private @Nullable String bind;

    public OptionalInt port() {
        return port == null ? OptionalInt.empty() : OptionalInt.of(port);
    }

    /** The address as given, without brackets. */
    public Optional<String> bind() {
        return Optional.ofNullable(bind).map(ListenAddress::withoutBrackets);
    }

    /** Where the management server listens. */
    public InetSocketAddress resolve(int defaultPort) {
        return ListenAddress.resolve(bind().orElse(DEFAULT_BIND), port().orElse(defaultPort));
    }
}
