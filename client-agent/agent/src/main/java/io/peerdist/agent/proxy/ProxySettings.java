// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.config.ConfigurationSection;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is set up for the proxy, the section {@code agent.proxy} of a configuration file.
 *
 * @param bind the address it listens on; a name or a literal
 * @param port where it listens, 0 meaning any; empty for the socket alone
 * @param socket a Unix-domain socket to listen on besides
 * @param socketForGroup whether the group of the socket's file may connect too
 * @param clients the networks of the programs that may use it
 * @param allow the servers that may be asked
 * @param connectPorts the ports that tunnels may lead to
 * @param credentials a file of {@code user:password} lines; empty for no question
 * @param parent the proxy that is asked instead of servers
 * @param noProxy the servers that are asked without the parent
 * @param peerDist whether files come through content information where servers have it
 * @param contentVersion the version of content information that servers are asked for
 * @param limits how much and how long
 */
public record ProxySettings(
        String bind,
        OptionalInt port,
        Optional<Path> socket,
        boolean socketForGroup,
        List<AddressRange> clients,
        List<DestinationRule> allow,
        List<Integer> connectPorts,
        Optional<Path> credentials,
        Optional<HostPort> parent,
        List<DestinationRule> noProxy,
        boolean peerDist,
        ContentVersion contentVersion,
        ProxyLimits limits) {
    /** The section within {@code agent}. */
    public static final String SECTION = "proxy";

    private static final String LOOPBACK = "127.0.0.1";
    private static final int MAX_PORT = 0xFFFF;

    /** HTTPS, NNTP over TLS and the other port of HTTPS: what else is tunnelled is rarely meant for a cache. */
    private static final List<Integer> TLS_PORTS = List.of(443, 563, 8443);

    /** Each is looked at for every request. */
    private static final int MAX_RULES = 256;

    /** Listens at {@code port} on loopback for programs of this machine, and lets them ask every server. */
    static ProxySettings atPort(int port) {
        return new ProxySettings(
                LOOPBACK,
                OptionalInt.of(port),
                Optional.empty(),
                false,
                AddressRange.LOOPBACK,
                List.of(DestinationRule.ANY),
                TLS_PORTS,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                true,
                ContentVersion.ANY,
                ProxyLimits.DEFAULT);
    }

    /** Reads the section; what is wrong with it is remembered there. Empty when it names neither port nor socket. */
    public static Optional<ProxySettings> read(ConfigurationSection section) {
        int port = section.integer("port", -1, 0, MAX_PORT);
        Optional<Path> socket = section.path("socket");
        ProxySettings settings = new ProxySettings(
                section.string("bind", LOOPBACK),
                port < 0 ? OptionalInt.empty() : OptionalInt.of(port),
                socket,
                section.bool("socket-for-group", false),
                orElse(
                        bounded(section, "clients", section.values("clients", AddressRange::parse)),
                        AddressRange.LOOPBACK),
                orElse(
                        bounded(section, "allow", section.values("allow", DestinationRule::parse)),
                        List.of(DestinationRule.ANY)),
                orElse(
                        bounded(section, "connect-ports", section.values("connect-ports", ProxySettings::port)),
                        TLS_PORTS),
                section.path("credentials"),
                section.value("parent", ProxySettings::parent),
                bounded(section, "no-proxy", section.values("no-proxy", DestinationRule::parse)),
                section.bool("peerdist", true),
                section.integer("content-version", 2, 1, 2) == 1 ? ContentVersion.V1 : ContentVersion.ANY,
                ProxyLimits.read(section));
        return port < 0 && socket.isEmpty() ? Optional.empty() : Optional.of(settings);
    }

    private static <T> List<T> bounded(ConfigurationSection section, String key, List<T> values) {
        if (values.size() > MAX_RULES) {
            section.problem(key, values.size() + " values (expected: at most " + MAX_RULES + ")");
            return List.of();
        }
        return values;
    }

    private static <T> List<T> orElse(List<T> values, List<T> defaults) {
        return values.isEmpty() ? defaults : values;
    }

    private static int port(String text) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX_PORT) {
            throw new IllegalArgumentException("\"" + text + "\" (expected: a port from 1 to 65535)");
        }
        return Integer.parseInt(text);
    }

    /** {@code http://host:port}, or just {@code host:port}. */
    private static HostPort parent(String text) {
        String authority = text.toLowerCase(Locale.ROOT).startsWith("http://") ? text.substring(7) : text;
        HostPort parent =
                HostPort.parse(authority.endsWith("/") ? authority.substring(0, authority.length() - 1) : authority);
        if (parent.port() == 0) {
            throw new IllegalArgumentException("\"" + text + "\" (expected: http://HOST:PORT)");
        }
        return parent;
    }

    /** Whether the rules let a program ask this server; addresses are another matter. */
    boolean allows(Target target) {
        return allow.stream().anyMatch(rule -> rule.matches(target.host(), target.port()));
    }

    /** The parent to ask for this server, if any. */
    Optional<HostPort> parentFor(HostPort server) {
        return noProxy.stream().anyMatch(rule -> rule.matches(server.host(), server.port()))
                ? Optional.empty()
                : parent;
    }

    /** The same for Java's own client, with which the agent asks for ranges of files. */
    public ProxySelector parents() {
        return new ParentSelector(this);
    }
}
