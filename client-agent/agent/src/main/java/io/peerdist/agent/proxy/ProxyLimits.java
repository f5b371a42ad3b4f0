// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.peerdist.runtime.config.ConfigurationSection;
import java.time.Duration;

/**
 * How much and how long the proxy takes part.
 *
 * @param maxConnections programs' connections open at once, tunnels included
 * @param maxTunnels tunnels open at once
 * @param connectTimeout for a connection to one address of a server
 * @param responseTimeout for the head of an answer, once the request is out
 * @param stallTimeout for the next octets of an answer or of a request's body
 * @param tunnelIdleTimeout for octets in either direction of a tunnel
 */
record ProxyLimits(
        int maxConnections,
        int maxTunnels,
        Duration connectTimeout,
        Duration responseTimeout,
        Duration stallTimeout,
        Duration tunnelIdleTimeout) {
    /** A few dozen programs with a dozen connections each; servers that think for minutes are rare, and so are dead ones. */
    static final ProxyLimits DEFAULT = new ProxyLimits(
            512, 256, Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMinutes(2), Duration.ofMinutes(15));

    private static final int MAX_CONNECTIONS = 100_000;
    private static final Duration MIN_TIME = Duration.ofMillis(50);
    private static final Duration MAX_TIME = Duration.ofHours(24);

    static ProxyLimits read(ConfigurationSection section) {
        return new ProxyLimits(
                section.integer("max-connections", DEFAULT.maxConnections, 1, MAX_CONNECTIONS),
                section.integer("max-tunnels", DEFAULT.maxTunnels, 0, MAX_CONNECTIONS),
                section.duration("connect-timeout", DEFAULT.connectTimeout, MIN_TIME, Duration.ofMinutes(2)),
                section.duration("response-timeout", DEFAULT.responseTimeout, MIN_TIME, MAX_TIME),
                section.duration("stall-timeout", DEFAULT.stallTimeout, MIN_TIME, MAX_TIME),
                section.duration("tunnel-idle-timeout", DEFAULT.tunnelIdleTimeout, MIN_TIME, MAX_TIME));
    }
}
