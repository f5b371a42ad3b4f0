// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.discovery.Discovery;
import io.peerdist.discovery.DiscoveryException;
import io.peerdist.discovery.ServingAddresses;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.Workers;
import java.net.InetSocketAddress;
import java.security.SecureRandom;

/**
 * Has a hosted cache answer the probes of its subnets, so that clients in distributed mode find it as they find each other.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 3.2</a>
 */
final class ProbeAnswers {
    /** Look-ups that wait: half a second's worth of the probes that discovery lets through. */
    private static final int MAX_WAITING = 1_024;

    private ProbeAnswers() {}

    /**
     * Starts to answer with what {@code served} holds.
     *
     * @param http where the cache serves; its port is the one that clients are told
     * @throws FailureException when the port of discovery cannot be listened on
     */
    static Discovery start(
            ProbeSettings settings,
            BlockStore store,
            SegmentSource served,
            InetSocketAddress http,
            Components components,
            Clock clock,
            MeterRegistry registry) {
        Workers workers = components.add("probe look-up", Workers.start("probe", 1, MAX_WAITING, registry));
        try {
            return components.add(
                    "discovery",
                    Discovery.start(
                            settings.discovery(),
                            new StoredSegments(served, store::isComplete, workers),
                            addresses(http),
                            new Discovery.Environment(clock, clock::nanoTime, new SecureRandom(), registry)));
        } catch (DiscoveryException e) {
            throw new FailureException(
                    ExitCode.CANNOT_BIND,
                    "answer-probes: " + e.getMessage() + " (another program such as wsdd may hold the port alone)",
                    e);
        }
    }

    /** Windows adds the path of the retrieval protocol itself, which is the same at a hosted cache (MS-PCCRR 2.1). */
    static ServingAddresses addresses(InetSocketAddress http) {
        ServingAddresses all = ServingAddresses.ownPort(http.getPort());
        return http.getAddress().isAnyLocalAddress()
                ? all
                : networks -> all.on(networks.stream()
                        .filter(each -> each.address().equals(http.getAddress()))
                        .toList());
    }
}
