// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What the manifest holds and who gets it, for {@code /metrics}. Thread-safe. */
final class ManifestMetrics {
    private final MeterRegistry registry;
    private final Map<Result, Counter> requests = new EnumMap<>(Result.class);
    private final Counter sentEntries;
    private final Counter sentBytes;
    private final Counter published;
    private final Counter superseded;
    private final Counter dropped;
    private final Counter failures;

    /** How a request ended. */
    enum Result {
        PAGE,
        UNAUTHORIZED,
        BAD_REQUEST,
        NOT_FOUND,
        METHOD,
        BUSY,
        FAILED
    }

    ManifestMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Result result : Result.values()) {
            requests.put(
                    result,
                    Counter.builder("peerdist_manifest_requests")
                            .description("Requests for pages of the manifest, by how they ended")
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        sentEntries = counter("peerdist_manifest_sent_entries", "Entries in pages that reached the socket");
        sentBytes = counter("peerdist_manifest_sent_bytes", "Octets of pages that reached the socket");
        published = counter("peerdist_manifest_published_entries", "Entries added to the manifest");
        superseded = removed("superseded");
        dropped = removed("secret");
        failures = counter(
                "peerdist_manifest_failures", "Additions to the manifest, and removals, that the store refused");
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Counter removed(String reason) {
        return Counter.builder("peerdist_manifest_removed_entries")
                .description("Entries taken out of the manifest, by reason")
                .tag("reason", reason)
                .register(registry);
    }

    void follow(ManifestFeed feed) {
        Gauge.builder("peerdist_manifest_head", feed, ManifestFeed::head)
                .description("The greatest number of an entry of the manifest")
                .register(registry);
    }

    void answered(Result result) {
        Objects.requireNonNull(requests.get(result), "every result has its counter")
                .increment();
    }

    void sent(int entries, int bytes) {
        sentEntries.increment(entries);
        sentBytes.increment(bytes);
    }

    void published(int entries) {
        published.increment(entries);
    }

    void superseded(long entries) {
        superseded.increment((double) entries);
    }

    void dropped(long entries) {
        dropped.increment((double) entries);
    }

    void failed() {
        failures.increment();
    }
}
