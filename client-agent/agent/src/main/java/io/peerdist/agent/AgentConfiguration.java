// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.peerdist.agent.lease.LeaseSettings;
import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.proxy.ProxySettings;
import io.peerdist.agent.serve.NetworkRules;
import io.peerdist.agent.serve.ServingSettings;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.config.ConfigurationSection;
import io.peerdist.runtime.http.ListenAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is set up for the agent as a daemon, the section {@code agent} of a configuration file.
 *
 * @param agent of the client itself
 * @param serving whom it serves, how quickly, and for whom it answers
 * @param proxy the HTTP proxy for programs; empty when there is none
 * @param managementBind the address of the management port; a name or a literal
 * @param managementPort 0 means any
 */
public record AgentConfiguration(
        AgentSettings agent,
        ServingSettings serving,
        Optional<ProxySettings> proxy,
        String managementBind,
        int managementPort) {
    /** The section of a configuration file. */
    public static final String SECTION = "agent";
    /** The management port unless told otherwise. */
    public static final int DEFAULT_MANAGEMENT_PORT = 9082;

    private static final String ALL_ADDRESSES = "::"; // Java takes it as both families
    private static final String LOOPBACK = "127.0.0.1";
    private static final int MAX_PORT = 0xFFFF;
    /** The store's smallest size; see {@code BlockStoreSettings}. */
    private static final long MIN_CACHE_BYTES = 4L << 20;

    private static final long MAX_CACHE_BYTES = 1L << 50;

    /** Without proxy. */
    public AgentConfiguration(AgentSettings agent, ServingSettings serving, String managementBind, int managementPort) {
        this(agent, serving, Optional.empty(), managementBind, managementPort);
    }

    /** Where the local cache of a user lies unless told otherwise; {@code environment} is the process's. */
    public static Path defaultDirectory(Map<String, String> environment) {
        String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = caches.startsWith("/") ? Path.of(caches) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("peerdist");
    }

    /** Reads the section; what is wrong with it is remembered there. */
    public static AgentConfiguration read(ConfigurationSection section, Path defaultDirectory) {
        ServingSettings serving = ServingSettings.read(section);
        Optional<ProxySettings> proxy = ProxySettings.read(section.section(ProxySettings.SECTION));
        AgentSettings agent = readAgent(section, defaultDirectory, serving.networks());
        return new AgentConfiguration(
                // What programs ask for by way of the parent, the agent does too.
                proxy.map(how -> agent.withOrigin(agent.origin().by(how.parents())))
                        .orElse(agent),
                serving,
                proxy,
                section.string("management-bind", LOOPBACK),
                section.integer("management-port", DEFAULT_MANAGEMENT_PORT, 0, MAX_PORT));
    }

    /** Reads what a client needs that is no daemon, and that asks no peers where {@code networks} exclude it. */
    public static AgentSettings readAgent(ConfigurationSection section, Path defaultDirectory, NetworkRules networks) {
        Mode mode = section.enumeration("mode", Mode.class, Mode.AUTO);
        List<HostPort> hostedCaches = readHostedCaches(section, mode);
        String bind = section.string("bind", ALL_ADDRESSES);
        InetSocketAddress retrieval = ListenAddress.resolve(bind, section.integer("retrieval-port", 0, 0, MAX_PORT));
        Optional<DiscoverySettings> discovery =
                DiscoverySection.read(section.section("discovery"), retrieval.getAddress(), networks);
        return new AgentSettings(
                mode,
                section.path("data-dir").orElse(defaultDirectory),
                true,
                section.dataSize("cache-size", AgentSettings.DEFAULT_CACHE_BYTES, MIN_CACHE_BYTES, MAX_CACHE_BYTES),
                hostedCaches,
                retrieval,
                section.integer("max-sessions", AgentSettings.DEFAULT_SESSIONS, 1, AgentSettings.MAX_SESSIONS),
                mode.usesPeers() ? discovery : Optional.empty(),
                OfferSettings.DEFAULTS.withLeases(LeaseSettings.read(section.section(LeaseSettings.SECTION))),
                OriginSettings.DEFAULTS,
                0);
    }

    private static List<HostPort> readHostedCaches(ConfigurationSection section, Mode mode) {
        List<HostPort> all = section.hostPorts("hosted-caches");
        if (all.size() > AgentSettings.MAX_HOSTED_CACHES) {
            section.problem(
                    "hosted-caches",
                    all.size() + " of them (expected: at most " + AgentSettings.MAX_HOSTED_CACHES + ")");
            return List.of();
        }
        if (mode == Mode.HOSTED && all.isEmpty()) {
            section.problem("mode", "hosted, and no hosted cache is named (expected: --hosted-cache HOST:PORT)");
        }
        return mode.usesHostedCaches() ? all : List.of();
    }
}
