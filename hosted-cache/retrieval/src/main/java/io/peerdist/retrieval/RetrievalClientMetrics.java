// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What the client role counts. Thread-safe. */
final class RetrievalClientMetrics {
    private final MeterRegistry registry;
    private final Counter receivedBytes;

    RetrievalClientMetrics(MeterRegistry registry) {
        this.registry = registry;
        receivedBytes = Counter.builder("peerdist_retrieval_client_received_bytes")
                .description("Octets of complete answers received from peers.")
                .register(registry);
        for (RequestKind kind : RequestKind.MESSAGES) {
            requests(kind, "ok");
            for (RetrievalException.Kind failure : RetrievalException.Kind.values()) {
                requests(kind, failure.label());
            }
        }
    }

    void succeeded(RequestKind kind, int answerBytes) {
        requests(kind, "ok").increment();
        receivedBytes.increment(answerBytes);
    }

    void failed(RequestKind kind, RetrievalException.Kind failure) {
        requests(kind, failure.label()).increment();
    }

    void cancelled(RequestKind kind) {
        requests(kind, "cancelled").increment();
    }

    private Counter requests(RequestKind kind, String result) {
        return Counter.builder("peerdist_retrieval_client_requests")
                .description("Exchanges with other peers, by how they ended.")
                .tag("message", kind.label())
                .tag("result", result)
                .register(registry);
    }
}
