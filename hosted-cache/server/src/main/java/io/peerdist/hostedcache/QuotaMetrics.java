// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What quotas count. Thread-safe. */
final class QuotaMetrics {
    private final Counter offersPerMinute;
    private final Counter bytesOutstanding;

    QuotaMetrics(MeterRegistry registry) {
        offersPerMinute = counter("offers_per_minute", registry);
        bytesOutstanding = counter("bytes_outstanding", registry);
    }

    void offersPerMinute() {
        offersPerMinute.increment();
    }

    void bytesOutstanding() {
        bytesOutstanding.increment();
    }

    private static Counter counter(String reason, MeterRegistry registry) {
        return Counter.builder("peerdist_offers_over_quota")
                .description("Offers answered 429 because their client had used up its share.")
                .tag("reason", reason)
                .register(registry);
    }
}
