// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;

/** What {@link ContentInformationStore} counts. */
final class ContentInformationStoreMetrics implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    private final Counter puts;
    private final Counter dropped;
    private final Counter rejected;
    private final Counter damaged;

    ContentInformationStoreMetrics(MeterRegistry registry) {
        this.registry = registry;
        puts = counter("peerdist_content_information_puts", "Content information stored");
        dropped = counter("peerdist_content_information_dropped", "Content information dropped to make room");
        rejected = counter("peerdist_content_information_rejected", "Content information too large to store");
        damaged = counter("peerdist_content_information_damaged", "Content information found damaged on the disk");
    }

    private Counter counter(String name, String description) {
        Counter counter = Counter.builder(name).description(description).register(registry);
        meters.add(counter);
        return counter;
    }

    /** Registers the gauges that follow the store. */
    void follow(ContentInformationStore store) {
        meters.add(Gauge.builder("peerdist_content_information_bytes", store, ContentInformationStore::bytes)
                .description("Octets of content information kept, with keys")
                .register(registry));
        meters.add(Gauge.builder("peerdist_content_information_entries", store, ContentInformationStore::entries)
                .description("Content information kept, in number of contents")
                .register(registry));
    }

    void put() {
        puts.increment();
    }

    void dropped() {
        dropped.increment();
    }

    void rejected() {
        rejected.increment();
    }

    void damaged() {
        damaged.increment();
    }

    /** Takes the meters out of the registry. */
    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
