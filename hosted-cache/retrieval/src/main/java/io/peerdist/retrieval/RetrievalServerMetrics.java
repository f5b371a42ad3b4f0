// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What the server role counts. Thread-safe. */
final class RetrievalServerMetrics {
    private final Map<RequestKind, Map<RequestResult, Counter>> requests = new EnumMap<>(RequestKind.class);
    private final Counter servedBytes;
    private final Counter malformed;

    RetrievalServerMetrics(MeterRegistry registry, ServerRole role, AtomicInteger sessions) {
        for (RequestKind kind : role.servesStaticBlocks() ? EnumSet.allOf(RequestKind.class) : RequestKind.MESSAGES) {
            Map<RequestResult, Counter> byResult = new EnumMap<>(RequestResult.class);
            for (RequestResult result : RequestResult.values()) {
                byResult.put(
                        result,
                        Counter.builder("peerdist_block_requests")
                                .description("Requests for blocks and for what there is of them, by how they ended.")
                                .tag("role", role.label())
                                .tag("message", kind.label())
                                .tag("result", result.label())
                                .register(registry));
            }
            requests.put(kind, byResult);
        }
        servedBytes = Counter.builder("peerdist_served_bytes")
                .description("Octets of blocks that were sent completely, as encrypted.")
                .tag("role", role.label())
                .register(registry);
        malformed = Counter.builder("peerdist_malformed")
                .description("Messages that break their protocol's format.")
                .tag("protocol", "MS-PCCRR")
                .register(registry);
        Gauge.builder("peerdist_upload_sessions", sessions, AtomicInteger::get)
                .description("Retrieval protocol requests being answered now.")
                .tag("role", role.label())
                .register(registry);
    }

    void ended(RequestKind kind, RequestResult result) {
        Map<RequestResult, Counter> byResult = requests.get(kind);
        Counter counter = byResult == null ? null : byResult.get(result);
        if (counter != null) {
            counter.increment();
        }
    }

    void served(int blockBytes) {
        servedBytes.increment(blockBytes);
    }

    void malformed() {
        malformed.increment();
    }
}
