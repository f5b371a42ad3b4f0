// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;

/** What {@link SegmentKeyStore} counts. */
final class SegmentKeyStoreMetrics implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    private final Counter dropped;
    private final Counter damaged;

    SegmentKeyStoreMetrics(MeterRegistry registry) {
        this.registry = registry;
        dropped = counter("peerdist_segment_keys_dropped", "Listed segments forgotten to make room for newer ones.");
        damaged = counter("peerdist_segment_keys_damaged", "Reads of listed segments that found damage on the disk.");
    }

    private Counter counter(String name, String description) {
        Counter counter = Counter.builder(name).description(description).register(registry);
        meters.add(counter);
        return counter;
    }

    /** Registers the gauges that follow the store. */
    void follow(SegmentKeyStore store) {
        meters.add(Gauge.builder("peerdist_segment_keys_bytes", store, SegmentKeyStore::bytes)
                .description("Octets of hashes and secrets of listed segments.")
                .register(registry));
        meters.add(Gauge.builder("peerdist_segment_keys_entries", store, SegmentKeyStore::entries)
                .description("Listed segments whose hashes and secrets are kept.")
                .register(registry));
    }

    void dropped(long entries) {
        dropped.increment((double) entries);
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
