// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.codec.pchc.ContentComponent;
import io.peerdist.codec.pchc.ContentTag;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** What offers and pulling count. Thread-safe. */
final class PullMetrics {
    private final MeterRegistry registry;
    private final Map<OfferResult, Counter> offers = new EnumMap<>(OfferResult.class);
    private final Map<PullResult, Counter> pulls = new EnumMap<>(PullResult.class);
    private final Map<PullFault, Counter> faults = new EnumMap<>(PullFault.class);
    private final Map<ContentComponent, Counter> tags = new EnumMap<>(ContentComponent.class);
    private final Counter pulledBytes;
    private final Counter disproved;
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
        for (ContentComponent component : ContentComponent.values()) {
            tags.put(
                    component,
                    Counter.builder("peerdist_content_offered_segments")
                            .description(
                                    "Segments offered, by the component of the client that their content tag names.")
                            .tag("content_tag", component.label())
                            .register(registry));
        }
        pulledBytes = Counter.builder("peerdist_pull_bytes")
                .description("Octets of blocks that were pulled and stored, as encrypted.")
                .register(registry);
        disproved = Counter.builder("peerdist_pull_disproved_blocks")
                .description("Stored blocks removed because they do not have the hash that was learnt later.")
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

    /** A segment was offered with this tag. */
    void offered(ContentTag tag) {
        Counter counter = tags.get(tag.component());
        if (counter != null) {
            counter.increment();
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

    void disproved(int blocks) {
        disproved.increment(blocks);
    }

    void malformed() {
        malformed.increment();
    }
}
