// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the client role counts. Thread-safe. */
final class RetrievalClientMetrics {
    private final Map<RequestKind, Counter> succeeded = new EnumMap<>(RequestKind.class);
    private final Map<RequestKind, Counter> cancelled = new EnumMap<>(RequestKind.class);
    private final Map<RequestKind, Map<RetrievalException.Kind, Counter>> failed = new EnumMap<>(RequestKind.class);
    private final Counter receivedBytes;

    RetrievalClientMetrics(MeterRegistry registry) {
        receivedBytes = Counter.builder("peerdist_retrieval_client_received_bytes")
                .description("Octets of complete answers received from peers.")
                .register(registry);
        for (RequestKind kind : RequestKind.MESSAGES) {
            succeeded.put(kind, requests(registry, kind, "ok"));
            cancelled.put(kind, requests(registry, kind, "cancelled"));
            Map<RetrievalException.Kind, Counter> failures = new EnumMap<>(RetrievalException.Kind.class);
            for (RetrievalException.Kind failure : RetrievalException.Kind.values()) {
                failures.put(failure, requests(registry, kind, failure.label()));
            }
            failed.put(kind, failures);
        }
    }

    void succeeded(RequestKind kind, int answerBytes) {
        count(succeeded.get(kind));
        receivedBytes.increment(answerBytes);
    }

    void failed(RequestKind kind, RetrievalException.Kind failure) {
        Map<RetrievalException.Kind, Counter> failures = failed.get(kind);
        count(failures == null ? null : failures.get(failure));
    }

    void cancelled(RequestKind kind) {
        count(cancelled.get(kind));
    }

    private static void count(@Nullable Counter counter) {
        if (counter != null) {
            counter.increment();
        }
    }

    private static Counter requests(MeterRegistry registry, RequestKind kind, String result) {
        return Counter.builder("peerdist_retrieval_client_requests")
                .description("Exchanges with other peers, by how they ended.")
                .tag("message", kind.label())
                .tag("result", result)
                .register(registry);
    }
}
