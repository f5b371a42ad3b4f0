// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.codec.lease.LeaseState;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** What fetch leases count. Thread-safe. */
final class LeaseMetrics {
    private final MeterRegistry registry;
    private final Map<LeaseState, Counter> answers = new EnumMap<>(LeaseState.class);
    private final Counter lapsed;
    private final Counter released;
    private final Counter tableFull;
    private final Counter malformed;
    private final Counter overQuota;
    private final Counter overloaded;

    LeaseMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (LeaseState state : LeaseState.values()) {
            answers.put(
                    state,
                    Counter.builder("peerdist_lease_answers")
                            .description("Segments that clients wanted to fetch from the origin, by the answer.")
                            .tag("answer", state.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        lapsed = Counter.builder("peerdist_leases_lapsed")
                .description("Leases that ran out before the segment was offered.")
                .register(registry);
        released = Counter.builder("peerdist_leases_released")
                .description("Leases that their client gave back.")
                .register(registry);
        malformed = Counter.builder("peerdist_malformed")
                .description("Messages that break the protocol.")
                .tag("protocol", "fetch-leases")
                .register(registry);
        overQuota = Counter.builder("peerdist_lease_requests_over_quota")
                .description("Lease requests turned away because their client made too many.")
                .register(registry);
        overloaded = Counter.builder("peerdist_lease_requests_overloaded")
                .description("Lease requests turned away because too many wait.")
                .register(registry);
        tableFull = Counter.builder("peerdist_leases_table_full")
                .description("Leases not granted because there were too many.")
                .register(registry);
    }

    void follow(Supplier<Number> leases) {
        Gauge.builder("peerdist_leases", leases)
                .description("Segments that clients have the right to fetch from the origin.")
                .register(registry);
    }

    void answered(LeaseState state) {
        Counter counter = answers.get(state);
        if (counter != null) {
            counter.increment();
        }
    }

    void lapsed() {
        lapsed.increment();
    }

    void released() {
        released.increment();
    }

    void malformed() {
        malformed.increment();
    }

    void overQuota() {
        overQuota.increment();
    }

    void overloaded() {
        overloaded.increment();
    }

    void tableFull() {
        tableFull.increment();
    }
}
