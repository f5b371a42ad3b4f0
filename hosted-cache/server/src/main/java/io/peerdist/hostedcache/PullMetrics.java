// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** What offers and pulling count. Thread-safe. */
final class PullMetrics {
    private final MeterRegistry registry;
    private final Map<OfferResult, Counter> offers = new EnumMap<>(OfferResult.class);
    private final Map<PullResult, Counter> pulls = new EnumMap<>(PullResult.class);
    private final Map<PullFault, Counter> faults = new EnumMap<>(PullFault.class);
    private final Counter pulledBytes;
    private final Counter malformed;

    PullMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (OfferResult result : OfferResult.values()) {
            offers.put(
                    result,
                    Counter.builder("peerdist_offer_segments")
                            .description("Segments offered to this cache, by what became of the offer.")
                            .tag("result", result.label())
                            .register(registry));
        }
        for (PullResult result : PullResult.values()) {
            pulls.put(
                    result,
                    Counter.builder("peerdist_pull_segments")
                            .description("Attempts to pull a segment from one peer, by how they ended.")
                            .tag("result", result.label())
                            .register(registry));
        }
        for (PullFault fault : PullFault.values()) {
            faults.put(
                    fault,
                    Counter.builder("peerdist_pull_faults")
                            .description("Exchanges with peers that failed while pulling, by what was wrong.")
                            .tag("reason", fault.label())
                            .register(registry));
        }
        pulledBytes = Counter.builder("peerdist_pull_bytes")
                .description("Octets of blocks that were pulled and stored, as encrypted.")
                .register(registry);
        malformed = Counter.builder("peerdist_malformed")
                .description("Messages that break their protocol's format.")
                .tag("protocol", "MS-PCHC")
                .register(registry);
    }

    void follow(Supplier<Number> wanted, Supplier<Number> active) {
        Gauge.builder("peerdist_pull_wanted_segments", wanted)
                .description("Segments that wait to be pulled or are being pulled.")
                .register(registry);
        Gauge.builder("peerdist_pull_active_segments", active)
                .description("Segments that are being pulled now.")
                .register(registry);
    }

    void offered(OfferResult result, int segments) {
        Counter counter = offers.get(result);
        if (counter != null) {
            counter.increment(segments);
        }
    }

    void pulled(PullResult result, int segments) {
        Counter counter = pulls.get(result);
        if (counter != null) {
            counter.increment(segments);
        }
    }

    void fault(PullFault fault) {
        Counter counter = faults.get(fault);
        if (counter != null) {
            counter.increment();
        }
    }

    void stored(int ciphertextBytes) {
        pulledBytes.increment(ciphertextBytes);
    }

    void malformed() {
        malformed.increment();
    }
}
