// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What a listener counts. Thread-safe. */
final class HttpMetrics {
    private final Map<Rejection, Counter> rejected = new EnumMap<>(Rejection.class);
    private final AtomicInteger connections = new AtomicInteger();

    HttpMetrics(String listener, MeterRegistry registry) {
        for (Rejection rejection : Rejection.values()) {
            rejected.put(
                    rejection,
                    Counter.builder("peerdist_http_rejected")
                            .description("Connections and requests turned away before any handler saw them")
                            .tag("listener", listener)
                            .tag("reason", rejection.label())
                            .register(registry));
        }
        Gauge.builder("peerdist_http_connections", connections, AtomicInteger::get)
                .description("Open connections of a listener")
                .tag("listener", listener)
                .register(registry);
    }

    void rejected(Rejection rejection) {
        Counter counter = rejected.get(rejection);
        if (counter != null) {
            counter.increment();
        }
    }

    /** Open connections, this one included. */
    int opened() {
        return connections.incrementAndGet();
    }

    void closed() {
        connections.decrementAndGet();
    }
}
