// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import io.peerdist.agent.AgentConfiguration;
import io.peerdist.agent.AgentSettings;
import io.peerdist.runtime.DataSize;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.cli.PortConverter;
import io.peerdist.runtime.config.SettingOverrides;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which caches and peers are used and how this machine serves; they win over a configuration file. */
final class CacheOptions {
    @Option(
            names = "--hosted-cache",
            paramLabel = "HOST:PORT",
            description = "A hosted cache of the office. May be given several times.")
    private List<HostPort> hostedCaches = new ArrayList<>();

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "Where to look before the origin: local (own cache), hosted (own cache and hosted caches),"
                    + " distributed (own cache and peers) or auto (wherever possible). Default: auto.")
    private @Nullable String mode;

    @Option(
            names = "--cache-size",
            paramLabel = "SIZE",
            description = "How much the local cache may hold, for example 20GiB. Default: 5GiB.")
    private @Nullable DataSize cacheSize;

    @Option(
            names = "--retrieval-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description = "Port that others fetch blocks from; 0 means any. Default: 0.")
    private @Nullable Integer retrievalPort;

    @Option(
            names = "--max-sessions",
            paramLabel = "N",
            description = "Blocks served to others at once; above it they are told that there is none. Default: "
                    + AgentSettings.DEFAULT_SESSIONS + ".")
    private @Nullable Integer maxSessions;

    @Option(
            names = "--discovery-interface",
            paramLabel = "NAME|NETWORK",
            description = "Look for peers on these interfaces only, such as eth0, docker* or 10.1.0.0/16. May be given"
                    + " several times. Default: all.")
    private List<String> interfaces = new ArrayList<>();

    @Option(
            names = "--peer",
            paramLabel = "HOST:PORT",
            description = "Ask this machine for peers instead of everybody on the subnets. May be given several times.")
    private List<HostPort> peers = new ArrayList<>();

    @Option(
            names = "--discovery-port",
            paramLabel = "N",
            converter = PortConverter.class,
            description = "UDP port where peers look. Default: 3702.")
    private @Nullable Integer discoveryPort;

    /** Adds what these options say instead of the keys of the section. */
    SettingOverrides addTo(SettingOverrides overrides) {
        String section = AgentConfiguration.SECTION;
        return overrides
                .put(section + ".mode", "--mode", mode)
                .put(section + ".cache-size", "--cache-size", cacheSize)
                .put(section + ".retrieval-port", "--retrieval-port", retrievalPort)
                .put(section + ".max-sessions", "--max-sessions", maxSessions)
                .put(section + ".discovery.port", "--discovery-port", discoveryPort)
                .putAll(section + ".hosted-caches", "--hosted-cache", hostedCaches)
                .putAll(section + ".discovery.interfaces", "--discovery-interface", interfaces)
                .putAll(section + ".discovery.peers", "--peer", peers);
    }

    /** {@code $XDG_CACHE_HOME/peerdist}, or {@code ~/.cache/peerdist}. */
    static Path defaultDirectory(Map<String, String> environment) {
        return AgentConfiguration.defaultDirectory(environment);
    }
}
