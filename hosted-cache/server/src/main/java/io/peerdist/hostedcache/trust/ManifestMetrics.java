// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** What the subscription counts. Thread-safe. */
final class ManifestMetrics {
    private final MeterRegistry registry;
    private final Map<PollResult, Counter> polls = new EnumMap<>(PollResult.class);
    private final Counter pages;
    private final Counter segments;
    private final Counter ignored;

    ManifestMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (PollResult result : PollResult.values()) {
            polls.put(
                    result,
                    Counter.builder("peerdist_manifest_polls")
                            .description("Times the content server's manifest was asked for, by how that ended.")
                            .tag("result", result.label())
                            .register(registry));
        }
        pages = counter("peerdist_manifest_pages", "Pages of the manifest that were read.");
        segments = counter("peerdist_manifest_segments", "Segments listed in pages that were read.");
        ignored = counter(
                "peerdist_manifest_ignored",
                "Entries that are no content information, and segments that prove nothing.");
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    void follow(Supplier<Number> behind, Supplier<Number> secondsSinceSuccess) {
        Gauge.builder("peerdist_manifest_behind_entries", behind)
                .description("Entries the content server was seen to have that are not read yet.")
                .register(registry);
        Gauge.builder("peerdist_manifest_age_seconds", secondsSinceSuccess)
                .description("Since the manifest was last read to its end, or since the start.")
                .register(registry);
    }

    void polled(PollResult result) {
        Counter counter = polls.get(result);
        if (counter != null) {
            counter.increment();
        }
    }

    void read(ListedSegments listed) {
        pages.increment();
        segments.increment(listed.segments().size());
        ignored.increment(listed.ignored());
    }
}
