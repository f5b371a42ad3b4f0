// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.DoubleSupplier;

/** What a server's TLS counts. Thread-safe. */
final class TlsMetrics {
    private static final String NO_VERSION = "none";

    private final MeterRegistry registry;

    TlsMetrics(MeterRegistry registry, DoubleSupplier expirySeconds) {
        this.registry = registry;
        for (HandshakeResult result : HandshakeResult.values()) {
            if (result != HandshakeResult.OK) {
                handshakes(result, NO_VERSION);
            }
        }
        TlsContexts.VERSIONS.forEach(version -> handshakes(HandshakeResult.OK, version));
        reloads(true);
        reloads(false);
        Gauge.builder("peerdist_tls_certificate_expiry_seconds", expirySeconds, DoubleSupplier::getAsDouble)
                .description("Seconds until the certificate that is shown expires; negative afterwards")
                .strongReference(true)
                .register(registry);
    }

    void handshake(HandshakeResult result) {
        handshakes(result, NO_VERSION).increment();
    }

    /** One that went well.
     *
     * @param version as Java names it: {@code TLSv1.3} */
    void handshake(String version) {
        handshakes(HandshakeResult.OK, version).increment();
    }

    void reload(boolean success) {
        reloads(success).increment();
    }

    private Counter handshakes(HandshakeResult result, String version) {
        return Counter.builder("peerdist_tls_handshakes")
                .description("TLS handshakes of clients, by how they ended")
                .tag("result", result.label())
                .tag("version", version)
                .register(registry);
    }

    private Counter reloads(boolean success) {
        return Counter.builder("peerdist_tls_reloads")
                .description("Times that a changed certificate was loaded while running")
                .tag("result", success ? "ok" : "failed")
                .register(registry);
    }
}
