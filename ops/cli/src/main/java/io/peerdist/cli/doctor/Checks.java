// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import io.peerdist.agent.AgentConfiguration;
import io.peerdist.agent.AgentSettings;
import io.peerdist.agent.proxy.ProxySettings;
import io.peerdist.cli.doctor.firewall.Packet;
import io.peerdist.cli.doctor.firewall.PortRange;
import io.peerdist.discovery.DiscoveryReach;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.discovery.InterfaceChoice;
import io.peerdist.hostedcache.HostedCacheSettings;
import io.peerdist.hostedcache.HostedCacheSettings.HttpsSettings;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.http.ListenAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Chooses the checks for what is to run on a machine. For one use. */
final class Checks {
    private static final String AGENT = "agent";
    private static final String HOSTED_CACHE = "hosted-cache";

    /** Files of the block log (ops/docs/architecture.md, "Block log"). */
    private static final long EXTENT_BYTES = 256L << 20;
    /** The catalogue, libraries, logs, and connections of the daemon's own. */
    private static final long OTHER_FILES = 1_024;

    private final Machine machine;
    private final List<Check> checks = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<WantedPort> ports = new ArrayList<>();
    private final List<FirewallCheck.Wanted> packets = new ArrayList<>();
    private final Set<InterfaceChoice> probing = new LinkedHashSet<>();
    private int discoveryPort;

    private Checks(Machine machine) {
        this.machine = machine;
    }

    /**
     * What the user asks for besides the configuration.
     *
     * @param hostedCaches that are named
     * @param origins files to ask for
     * @param multicast whether a probe may be sent
     */
    record Wishes(List<HostPort> hostedCaches, List<URI> origins, boolean multicast) {}

    /**
     * What there is to do, and what can be told at once.
     *
     * @param stages checks that run side by side; those of a stage disturb none of the same
     * @param findings that no check is needed for
     */
    record Plan(List<List<Check>> stages, List<Finding> findings) {}

    static Plan plan(Subject subject, Wishes wishes, Machine machine) {
        Checks plan = new Checks(machine);
        subject.agent().ifPresent(plan::agent);
        subject.hostedCache().ifPresent(plan::hostedCache);
        List<Check> first = new ArrayList<>(plan.checks);
        if (!plan.packets.isEmpty()) {
            first.add(new FirewallCheck(machine.commands(), plan.packets));
        }
        Set<HostPort> caches = new LinkedHashSet<>(wishes.hostedCaches());
        subject.agent().ifPresent(agent -> caches.addAll(agent.agent().hostedCaches()));
        caches.forEach(cache -> first.add(new HostedCacheCheck(cache, machine.clock())));
        wishes.origins().forEach(origin -> first.add(new OriginCheck(origin, machine.clock())));
        // Ports are listened on for a moment: nobody may ask a daemon there meanwhile, or listen for probes.
        return new Plan(
                List.of(
                        List.copyOf(first),
                        List.of(new PortsCheck(machine, plan.ports)),
                        plan.multicast(wishes.multicast())),
                List.copyOf(plan.findings));
    }

    private void agent(AgentConfiguration configuration) {
        AgentSettings settings = configuration.agent();
        InetSocketAddress retrieval = settings.retrievalBind();
        managementPort(AGENT, configuration.managementBind(), configuration.managementPort(), settings.dataDirectory());
        port(AGENT, "blocks for others", "retrieval-port", Optional.of(retrieval));
        configuration.proxy().ifPresent(this::proxy);
        settings.discovery().ifPresent(this::discovery);
        if (!retrieval.getAddress().isLoopbackAddress() && retrieval.getPort() != 0) {
            let(
                    "requests for blocks, TCP port " + retrieval.getPort(),
                    true,
                    false,
                    false,
                    PortRange.EPHEMERAL,
                    retrieval.getPort());
        }
        store(AGENT, settings.dataDirectory(), settings.cacheBytes(), settings.maxSessions());
    }

    private void proxy(ProxySettings proxy) {
        if (proxy.port().isPresent()) {
            port(
                    AGENT,
                    "proxy",
                    "proxy.port",
                    resolve(AGENT, proxy.bind(), proxy.port().getAsInt()));
        }
        proxy.credentials().ifPresent(file -> checks.add(new FilesCheck(Map.of("proxy.credentials", file))));
    }

    private void discovery(DiscoverySettings discovery) {
        if (discovery.reach() instanceof DiscoveryReach.Multicast multicast) {
            answersProbes(AGENT, discovery.interfaces(), multicast.port());
        } else if (discovery.reach() instanceof DiscoveryReach.Unicast unicast
                && unicast.bind().getPort() != 0) {
            ports.add(new WantedPort(AGENT, "discovery", "discovery.port", Transport.UDP, unicast.bind(), false));
        }
    }

    private void hostedCache(HostedCacheSettings settings) {
        managementPort(HOSTED_CACHE, settings.managementBind(), settings.managementPort(), settings.dataDirectory());
        Optional<InetSocketAddress> http = resolve(HOSTED_CACHE, settings.bind(), settings.httpPort());
        port(HOSTED_CACHE, "clients", "http-port", http);
        letClients(http, "HTTP");
        if (settings.https().isPresent()) {
            HttpsSettings https = settings.https().get();
            Optional<InetSocketAddress> bind = resolve(HOSTED_CACHE, settings.bind(), https.port());
            port(HOSTED_CACHE, "offers of version 1.0", "https-port", bind);
            letClients(bind, "HTTPS");
            checks.add(new CertificateCheck(https.tls(), machine.clock()));
        }
        if (settings.probes().answer()) {
            answersProbes(
                    HOSTED_CACHE, new InterfaceChoice(settings.probes().interfaces(), List.of()), DiscoveryReach.PORT);
        }
        Map<String, Path> files = new LinkedHashMap<>();
        settings.trust().manifest().ifPresent(manifest -> {
            files.put("manifest.token-file", manifest.tokenFile());
            files.put("manifest.public-key", manifest.publicKeyFile());
            manifest.certificate().ifPresent(file -> files.put("manifest.certificate", file));
        });
        settings.authentication().keytab().ifPresent(file -> files.put("authentication.keytab", file));
        if (!files.isEmpty()) {
            checks.add(new FilesCheck(files));
        }
        store(HOSTED_CACHE, settings.dataDirectory(), settings.cacheBytes(), settings.maxConnections());
    }

    private void letClients(Optional<InetSocketAddress> bind, String scheme) {
        bind.filter(address -> !address.getAddress().isLoopbackAddress() && address.getPort() != 0)
                .ifPresent(address -> let(
                        "clients of the hosted cache, " + scheme + " port " + address.getPort(),
                        true,
                        false,
                        false,
                        PortRange.EPHEMERAL,
                        address.getPort()));
    }

    private void store(String daemon, Path directory, long bytes, int connections) {
        checks.add(new DiskCheck(daemon, directory, bytes, machine.commands(), machine.clock()::nanoTime));
        checks.add(new LimitsCheck(daemon, connections + bytes / EXTENT_BYTES + OTHER_FILES, machine));
    }

    private void managementPort(String daemon, String bind, int port, Path directory) {
        Optional<InetSocketAddress> address = resolve(daemon, bind, port);
        port(daemon, "management", "management-port", address);
        if (port == 0 || address.isEmpty()) {
            return;
        }
        InetAddress at = address.get().getAddress();
        String host = at.isAnyLocalAddress() ? "127.0.0.1" : at.getHostAddress();
        checks.add(new DaemonCheck(daemon, new HostPort(host, port), directory));
    }

    private void port(String daemon, String use, String key, Optional<InetSocketAddress> bind) {
        bind.ifPresent(
                address -> ports.add(new WantedPort(daemon, use, daemon + "." + key, Transport.TCP, address, false)));
    }

    private Optional<InetSocketAddress> resolve(String daemon, String bind, int port) {
        try {
            return Optional.of(ListenAddress.resolve(bind, port));
        } catch (FailureException e) {
            findings.add(Finding.problem(
                    "ports", daemon + ": " + e.sentence(), "Correct the address in the configuration."));
            return Optional.empty();
        }
    }

    private void answersProbes(String daemon, InterfaceChoice choice, int port) {
        if (probing.isEmpty()) {
            ports.add(new WantedPort(
                    daemon, "discovery", "discovery.port", Transport.UDP, new InetSocketAddress(port), true));
            discoveryPort = port;
            let("probes of others, UDP port " + port, true, true, true, PortRange.EPHEMERAL, port);
            if (daemon.equals(AGENT)) {
                Set<String> interfaces = interfaces();
                packets.add(new FirewallCheck.Wanted(
                        "answers to own probes, UDP from port " + port,
                        new Packet(true, true, true, false, PortRange.of(port), PortRange.EPHEMERAL, interfaces)));
                let("own probes, UDP to port " + port, false, true, true, PortRange.EPHEMERAL, port);
            }
        }
        probing.add(choice);
    }

    private void let(String what, boolean in, boolean udp, boolean multicast, PortRange source, int port) {
        packets.add(new FirewallCheck.Wanted(
                what, new Packet(true, udp, in, multicast, source, PortRange.of(port), interfaces())));
    }

    private static Set<String> interfaces() {
        Set<String> names = new TreeSet<>();
        try {
            MulticastCheck.networks(InterfaceChoice.ALL)
                    .forEach(each -> names.add(each.system().getName()));
        } catch (SocketException e) {
            return Set.of(); // then what a rule says of interfaces stays open
        }
        return names;
    }

    private List<Check> multicast(boolean wanted) {
        if (probing.isEmpty()) {
            findings.add(Finding.skipped(
                    "multicast", "not needed: nothing here looks for peers or answers their probes by multicast", ""));
            return List.of();
        }
        if (!wanted) {
            findings.add(Finding.skipped("multicast", "left out, as asked for with --no-multicast", ""));
            return List.of();
        }
        return probing.stream()
                .map(choice -> (Check)
                        new MulticastCheck(choice, discoveryPort, new SecureRandom(), machine.clock()::nanoTime))
                .toList();
    }
}
