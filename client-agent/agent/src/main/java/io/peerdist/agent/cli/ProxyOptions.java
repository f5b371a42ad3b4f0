// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.runtime.cli.PortConverter;
import io.peerdist.runtime.config.SettingOverrides;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the HTTP proxy of an agent; it runs when it is given a port or a socket. */
final class ProxyOptions {
    @Option(
            names = "--proxy-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description =
                    "Port of the HTTP proxy for programs (http_proxy=http://127.0.0.1:N); 0 means any. Default: no"
                            + " proxy.")
    private @Nullable Integer port;

    @Option(
            names = "--proxy-bind",
            paramLabel = "ADDR",
            description = "Address the proxy listens on. Default: 127.0.0.1.")
    private @Nullable String bind;

    @Option(
            names = "--proxy-socket",
            paramLabel = "PATH",
            description = "Unix-domain socket the proxy listens on, for its owner alone.")
    private @Nullable Path socket;

    @Option(
            names = "--proxy-client",
            paramLabel = "CIDR",
            description =
                    "Network whose programs may use the proxy, for example 10.1.0.0/16. May be given several times."
                            + " Default: this machine.")
    private List<String> clients = new ArrayList<>();

    @Option(
            names = "--proxy-allow",
            paramLabel = "HOST[:PORT]",
            description =
                    "Server that may be asked through the proxy; .example.org stands for all of a domain, * for all."
                            + " May be given several times. Default: all.")
    private List<String> allow = new ArrayList<>();

    @Option(
            names = "--proxy-credentials",
            paramLabel = "FILE",
            description = "File of user:password lines that programs must show one of. Default: nothing is asked.")
    private @Nullable Path credentials;

    @Option(
            names = "--proxy-parent",
            paramLabel = "URL",
            description = "Proxy to ask instead of the servers, for example http://squid.example:3128.")
    private @Nullable String parent;

    /** Adds what was given to the settings of the section {@code agent.proxy}. */
    SettingOverrides addTo(SettingOverrides overrides) {
        return overrides
                .put("agent.proxy.port", "--proxy-port", port)
                .put("agent.proxy.bind", "--proxy-bind", bind)
                .put("agent.proxy.socket", "--proxy-socket", socket)
                .put("agent.proxy.credentials", "--proxy-credentials", credentials)
                .put("agent.proxy.parent", "--proxy-parent", parent)
                .putAll("agent.proxy.clients", "--proxy-client", clients)
                .putAll("agent.proxy.allow", "--proxy-allow", allow);
    }
}
