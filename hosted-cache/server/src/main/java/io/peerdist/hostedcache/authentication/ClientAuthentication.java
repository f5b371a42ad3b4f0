// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelHandler;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.Workers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has clients prove who they are before they offer, by a Kerberos ticket for this service: HTTP Negotiate of RFC 4559. Only
 * for listeners of TLS, where a connection has one client. Version 2.0 of the protocol has no authentication. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 2.1</a>
 */
public final class ClientAuthentication implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(ClientAuthentication.class);
    private static final int THREADS = 2; // a ticket takes less than a millisecond
    private static final int MAX_WAITING = 1_024; // more could not be looked at within a client's patience

    private final AuthenticationSettings settings;
    private final KerberosService service;
    private final Workers workers;
    private final AuthenticationMetrics metrics;
    private final AuthenticationLog log;
    private final LongSupplier nanoTime;

    private ClientAuthentication(
            AuthenticationSettings settings, Path keytab, LongSupplier nanoTime, MeterRegistry registry) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        service = new KerberosService(keytab);
        workers = Workers.start("authentication", THREADS, MAX_WAITING, registry);
        metrics = new AuthenticationMetrics(registry);
        log = new AuthenticationLog(nanoTime);
    }

    /**
     * Looks at the keytab and gets ready; empty when the settings ask for no authentication.
     *
     * @throws FailureException {@code CONFIGURATION} when the keytab is missing or of no use
     */
    public static Optional<ClientAuthentication> start(
            AuthenticationSettings settings, LongSupplier nanoTime, MeterRegistry registry) {
        if (settings.mode() == AuthenticationMode.NONE) {
            return Optional.empty();
        }
        Path keytab = settings.keytab().orElseThrow(() -> new IllegalArgumentException("keytab: none (expected: one)"));
        List<String> services = KeytabCheck.services(keytab, settings);
        logger.info("offers over HTTPS need a ticket for {}", String.join(" or ", services));
        return Optional.of(new ClientAuthentication(settings, keytab, nanoTime, registry));
    }

    /** A handler for one connection, to stand in front of those that take offers. */
    public ChannelHandler newHandler() {
        return new NegotiateHandler(
                connection -> new NegotiateSession(connection, settings, service, metrics, log), workers, nanoTime);
    }

    /** Looks at no more tokens. After the listeners. */
    @Override
    public void close() {
        workers.close();
    }
}
