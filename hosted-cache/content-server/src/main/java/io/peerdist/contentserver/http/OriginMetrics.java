// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What the origin answers, for {@code /metrics}. Thread-safe. */
public final class OriginMetrics {
    private static final String PROTOCOL = "MS-PCCRTP";

    private final Map<RequestKind, Counter> requests = new EnumMap<>(RequestKind.class);
    private final Map<RequestKind, Counter> sentBytes = new EnumMap<>(RequestKind.class);
    private final Counter encodedV1;
    private final Counter encodedV2;
    private final Counter malformed;

    public OriginMetrics(MeterRegistry registry) {
        for (RequestKind kind : RequestKind.values()) {
            String tag = kind.name().toLowerCase(Locale.ROOT);
            requests.put(
                    kind,
                    Counter.builder("peerdist_origin_requests")
                            .description("Requests answered, by what was asked for and what was sent")
                            .tag("kind", tag)
                            .register(registry));
            sentBytes.put(
                    kind,
                    Counter.builder("peerdist_origin_sent_bytes")
                            .description("Octets of response bodies that reached the socket")
                            .tag("kind", tag)
                            .register(registry));
        }
        encodedV1 = encoded(registry, "1");
        encodedV2 = encoded(registry, "2");
        malformed = Counter.builder("peerdist_malformed")
                .description("Messages and header fields from outside that break their format")
                .tag("protocol", PROTOCOL)
                .register(registry);
    }

    private static Counter encoded(MeterRegistry registry, String version) {
        return Counter.builder("peerdist_ci_encoded")
                .description("Responses that carried content information, by its version")
                .tag("version", version)
                .register(registry);
    }

    void answered(Answer answer) {
        counter(requests, answer.kind()).increment();
    }

    void sent(RequestKind kind, long bytes) {
        counter(sentBytes, kind).increment((double) bytes);
    }

    void encoded(int contentVersion) {
        (contentVersion == 1 ? encodedV1 : encodedV2).increment();
    }

    void malformed() {
        malformed.increment();
    }

    private static Counter counter(Map<RequestKind, Counter> counters, RequestKind kind) {
        return Objects.requireNonNull(counters.get(kind), "every kind has its counter");
    }
}
