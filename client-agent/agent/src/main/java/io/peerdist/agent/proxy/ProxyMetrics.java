// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What the proxy counts. Thread-safe. */
final class ProxyMetrics {
    /** How a request was answered. */
    enum Kind {
        /** With verified blocks. */
        PEERDIST,
        /** With what the server sent. */
        PASSED,
        /** By a tunnel. */
        TUNNEL,
        /** In the proxy's own words, or with its own script. */
        OWN
    }

    /** Why a file that came as content information was asked for once more without. */
    enum Fallback {
        UNUSABLE,
        TOO_LARGE,
        BUSY,
        FAILED,
        OTHER_VERSION
    }

    private final Map<Kind, Counter> requests = new EnumMap<>(Kind.class);
    private final Map<Kind, Counter> toClient = new EnumMap<>(Kind.class);
    private final Map<Kind, Counter> toServer = new EnumMap<>(Kind.class);
    private final Map<Kind, Timer> heads = new EnumMap<>(Kind.class);
    private final Map<Fallback, Counter> fallbacks = new EnumMap<>(Fallback.class);
    private final Map<Refusal.Reason, Counter> refused = new EnumMap<>(Refusal.Reason.class);
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger tunnels = new AtomicInteger();
    final AtomicInteger streams = new AtomicInteger();

    ProxyMetrics(MeterRegistry registry) {
        for (Kind kind : Kind.values()) {
            requests.put(
                    kind, counter(registry, "peerdist_proxy_requests", "Requests by how they were answered", kind));
            heads.put(
                    kind,
                    Timer.builder("peerdist_proxy_head")
                            .description("From a request to the head of its answer")
                            .tag("kind", label(kind))
                            .register(registry));
            toClient.put(kind, bytes(registry, kind, "to_client"));
            toServer.put(kind, bytes(registry, kind, "to_server"));
        }
        for (Fallback fallback : Fallback.values()) {
            fallbacks.put(
                    fallback,
                    Counter.builder("peerdist_proxy_fallbacks")
                            .description(
                                    "Files asked for without content information, after it came and could not be used")
                            .tag("reason", label(fallback))
                            .register(registry));
        }
        for (Refusal.Reason reason : Refusal.Reason.values()) {
            refused.put(
                    reason,
                    Counter.builder(reason.isUpstream() ? "peerdist_proxy_upstream_failures" : "peerdist_proxy_refused")
                            .description(
                                    reason.isUpstream()
                                            ? "Requests that servers failed, by how"
                                            : "Requests that the rules of the proxy refused, by the reason")
                            .tag("reason", reason.label())
                            .register(registry));
        }
        gauge(registry, "peerdist_proxy_connections", "Connections of programs that are open", connections);
        gauge(registry, "peerdist_proxy_tunnels", "Tunnels that are open", tunnels);
        gauge(registry, "peerdist_proxy_streams", "Files that are being sent to programs block by block", streams);
    }

    private static Counter counter(MeterRegistry registry, String name, String description, Kind kind) {
        return Counter.builder(name)
                .description(description)
                .tag("kind", label(kind))
                .register(registry);
    }

    private static Counter bytes(MeterRegistry registry, Kind kind, String direction) {
        return Counter.builder("peerdist_proxy_bytes")
                .description("Octets of bodies and tunnels that went through the proxy")
                .tag("kind", label(kind))
                .tag("direction", direction)
                .register(registry);
    }

    private static void gauge(MeterRegistry registry, String name, String description, AtomicInteger value) {
        Gauge.builder(name, value, AtomicInteger::get).description(description).register(registry);
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    void answered(Kind kind, long sinceRequestNanos) {
        get(requests, kind).increment();
        get(heads, kind).record(sinceRequestNanos, TimeUnit.NANOSECONDS);
    }

    void sentToClient(Kind kind, long bytes) {
        get(toClient, kind).increment((double) bytes);
    }

    void sentToServer(Kind kind, long bytes) {
        get(toServer, kind).increment((double) bytes);
    }

    void refused(Refusal refusal) {
        get(refused, refusal.reason()).increment();
    }

    void fellBack(Fallback reason) {
        get(fallbacks, reason).increment();
    }

    private static <K, M> M get(Map<K, M> meters, K key) {
        M meter = meters.get(key);
        if (meter == null) {
            throw new IllegalStateException("meter: none for " + key);
        }
        return meter;
    }
}
