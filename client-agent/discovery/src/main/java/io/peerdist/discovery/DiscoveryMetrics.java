// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What discovery counts. Thread-safe. */
final class DiscoveryMetrics {
    private final MeterRegistry registry;
    private final Map<DatagramResult, Counter> datagrams;
    private final Map<ProbeResult, Counter> probes;
    private final Map<MatchResult, Counter> matches;
    private final Map<SentProbe, Counter> sentProbes;
    private final Counter sentDatagrams;
    private final Counter sendFailures;
    private final Counter networkFailures;

    DiscoveryMetrics(MeterRegistry registry) {
        this.registry = registry;
        datagrams = counters(
                DatagramResult.class,
                "peerdist_discovery_datagrams",
                "Datagrams received, by whether they were messages of the discovery protocol.");
        probes = counters(ProbeResult.class, "peerdist_discovery_probes", "Probes of peers, by how they ended.");
        matches = counters(
                MatchResult.class, "peerdist_discovery_matches", "Matches of peers, by what they were good for.");
        sentProbes = counters(
                SentProbe.class, "peerdist_discovery_sent_probes", "Probes of this machine, by how they ended.");
        sentDatagrams = Counter.builder("peerdist_discovery_sent_datagrams")
                .description("Datagrams sent, with repetitions, on each interface.")
                .register(registry);
        sendFailures = Counter.builder("peerdist_discovery_send_failures")
                .description("Datagrams that the system refused to send.")
                .register(registry);
        networkFailures = Counter.builder("peerdist_discovery_network_failures")
                .description("Interfaces on which a multicast group could not be joined or no socket opened.")
                .register(registry);
    }

    private <E extends Enum<E>> Map<E, Counter> counters(Class<E> results, String name, String description) {
        Map<E, Counter> counters = new EnumMap<>(results);
        for (E each : results.getEnumConstants()) {
            counters.put(
                    each,
                    Counter.builder(name)
                            .description(description)
                            .tag("result", each.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        return counters;
    }

    <T> void watch(T source, ToDoubleFunction<T> waitSeconds, ToDoubleFunction<T> cachedSegments) {
        Gauge.builder("peerdist_discovery_wait_seconds", source, waitSeconds)
                .description("How long a search waits for answers; 0 when nobody has answered for a while.")
                .register(registry);
        Gauge.builder("peerdist_discovery_cached_segments", source, cachedSegments)
                .description("Segments for which is known who holds them, or that nobody does.")
                .register(registry);
    }

    void watchNetworks(LocalNetworks networks) {
        Gauge.builder("peerdist_discovery_networks", networks, all -> all.all().size())
                .description("Subnets of the interfaces that discovery takes part in.")
                .register(registry);
    }

    void datagram(DatagramResult result) {
        increment(datagrams.get(result));
    }

    void probe(ProbeResult result) {
        increment(probes.get(result));
    }

    void match(MatchResult result) {
        increment(matches.get(result));
    }

    void sentProbe(SentProbe result) {
        increment(sentProbes.get(result));
    }

    void sentDatagram() {
        sentDatagrams.increment();
    }

    void sendFailed() {
        sendFailures.increment();
    }

    void networkFailed() {
        networkFailures.increment();
    }

    private static void increment(@Nullable Counter counter) {
        if (counter != null) {
            counter.increment();
        }
    }
}
