// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.information;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What hashing does, for {@code /metrics}. Thread-safe. */
public final class HashingMetrics {
    private final MeterRegistry registry;
    private final Timer generation;
    private final Counter bytes;
    private final Map<HashingOutcome.Reason, Counter> failures = new EnumMap<>(HashingOutcome.Reason.class);

    public HashingMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.generation = Timer.builder("peerdist_hash_generation")
                .description("Time from opening a file to having its content information")
                .register(registry);
        this.bytes = Counter.builder("peerdist_hash_bytes")
                .description("Octets of files that were hashed to the end")
                .register(registry);
        for (HashingOutcome.Reason reason : HashingOutcome.Reason.values()) {
            failures.put(
                    reason,
                    Counter.builder("peerdist_hash_failures")
                            .description("Files for which hashing gave no content information")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    void observe(Collection<?> files) {
        Gauge.builder("peerdist_hash_pending_files", files, Collection::size)
                .description("Files that are being hashed or wait for it")
                .register(registry);
    }

    void hashed(long lengthBytes, long elapsedNanos) {
        generation.record(elapsedNanos, TimeUnit.NANOSECONDS);
        bytes.increment((double) lengthBytes);
    }

    void failed(HashingOutcome.Reason reason) {
        Counter counter = failures.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }
}
