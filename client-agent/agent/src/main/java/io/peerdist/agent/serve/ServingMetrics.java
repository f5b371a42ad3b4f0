// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.rate.RateLimit;
import java.util.EnumMap;
import java.util.Map;

/** What serving under a policy counts. Thread-safe. */
final class ServingMetrics {
    private final MeterRegistry registry;
    private final Map<ServingDecision, Counter> refused = new EnumMap<>(ServingDecision.class);

    ServingMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (ServingDecision decision : ServingDecision.values()) {
            if (decision != ServingDecision.SERVED) {
                refused.put(
                        decision,
                        Counter.builder("peerdist_serving_refused")
                                .description("Requests of peers that were answered empty, by the reason.")
                                .tag("reason", decision.label())
                                .register(registry));
            }
        }
    }

    void refused(ServingDecision decision) {
        Counter counter = refused.get(decision);
        if (counter != null) {
            counter.increment();
        }
    }

    void watch(ServingPolicy policy) {
        Gauge.builder("peerdist_serving_on_battery", policy, each -> each.onBattery() ? 1 : 0)
                .description("1 while this machine runs on battery.")
                .register(registry);
    }

    void watch(String direction, RateLimit limit) {
        Gauge.builder("peerdist_bandwidth_limit_bytes", limit, RateLimit::bytesPerSecond)
                .description("Octets that may go over the network in a second now; 0 for no limit.")
                .tag("direction", direction)
                .register(registry);
    }
}
