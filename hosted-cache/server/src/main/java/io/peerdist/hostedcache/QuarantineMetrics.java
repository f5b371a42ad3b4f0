// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** What the quarantine counts. Thread-safe. */
final class QuarantineMetrics {
    private final MeterRegistry registry;
    private final Map<QuarantineResult, Counter> results = new EnumMap<>(QuarantineResult.class);

    QuarantineMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (QuarantineResult result : QuarantineResult.values()) {
            results.put(
                    result,
                    Counter.builder("peerdist_quarantine_reoffers")
                            .description("Whole segments offered by clients that had been served them, by the outcome.")
                            .tag("result", result.label())
                            .register(registry));
        }
    }

    void follow(Supplier<Number> segments) {
        Gauge.builder("peerdist_quarantine_segments", segments)
                .description("Segments that are not served while they are pulled anew.")
                .register(registry);
    }

    void ended(QuarantineResult result) {
        Counter counter = results.get(result);
        if (counter != null) {
            counter.increment();
        }
    }

    long count(QuarantineResult result) {
        Counter counter = results.get(result);
        return counter == null ? 0 : (long) counter.count();
    }
}
