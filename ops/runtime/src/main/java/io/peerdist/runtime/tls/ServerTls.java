// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.FailureException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS of a server: versions 1.2 and 1.3, by BoringSSL where its library loads and by Java otherwise. The files of the
 * certificate are watched; when they change, new connections get the new certificate and the others keep what they have. A
 * change that cannot be used is logged and counted, and the old certificate stays. Thread-safe. One per process and meter
 * registry.
 */
public final class ServerTls implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ServerTls.class);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

    private final TlsSettings settings;
    private final Clock clock;
    private final SslProvider provider;
    private final TlsMetrics metrics;
    private final WatchedFiles files;
    // A context must not be given back between the look at it and the connection that holds on to it.
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final ScheduledExecutorService watcher;
    private volatile Shown shown;
    private CertificateChecks.Validity spokenOf;
    private boolean closed;

    private record Shown(SslContext context, X509Certificate leaf, String fingerprint) {}

    private ServerTls(TlsSettings settings, Clock clock, MeterRegistry registry, SslProvider provider) {
        this.settings = settings;
        this.clock = clock;
        this.provider = provider;
        // Before the files are read: what changes meanwhile is seen then.
        this.files = new WatchedFiles(settings.files());
        KeyMaterial material = KeyMaterial.load(settings);
        this.shown = show(material, provider);
        this.spokenOf = CertificateChecks.Validity.VALID;
        this.metrics = new TlsMetrics(registry, this::expirySeconds);
        this.watcher = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "tls-reload-1");
            thread.setDaemon(true);
            return thread;
        });
        announce(material);
    }

    /**
     * Reads the certificate, or makes a self-signed one when none is configured, and watches its files from then on.
     *
     * @throws FailureException {@code CONFIGURATION} with the file and what to do about it
     */
    public static ServerTls start(TlsSettings settings, Clock clock, MeterRegistry registry) {
        return start(settings, clock, registry, TlsContexts.provider(), LOOK_INTERVAL);
    }

    static ServerTls start(
            TlsSettings settings, Clock clock, MeterRegistry registry, SslProvider provider, Duration lookInterval) {
        if (settings.isSelfSigned()) {
            Path directory = settings.selfSignedDirectory();
            if (SelfSignedFiles.ensure(directory, clock, new SecureRandom())) {
                LOGGER.warn(
                        "TLS: no certificate is configured; made one that clients do not trust by themselves: {}",
                        SelfSignedFiles.certificate(directory));
            }
        }
        ServerTls tls = new ServerTls(settings, clock, registry, provider);
        tls.watch(lookInterval);
        return tls;
    }

    // It fails never, and ends with close.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void watch(Duration interval) {
        watcher.scheduleWithFixedDelay(this::lookSafely, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static Shown show(KeyMaterial material, SslProvider provider) {
        return new Shown(TlsContexts.of(material, provider), material.leaf(), material.fingerprint());
    }

    /**
     * The handler of a new connection, for the pipeline at once: a handler that never gets there leaks. Its handshake is
     * counted; how long that may take is to be set by the caller.
     *
     * @throws IllegalStateException after {@link #close}
     */
    public SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler;
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("TLS: closed (expected: connections only while it runs)");
            }
            handler = shown.context().newHandler(allocator);
        } finally {
            lock.readLock().unlock();
        }
        return counted(handler);
    }

    // The future is the handler's own; nobody waits for the listener.
    @SuppressWarnings("FutureReturnValueIgnored")
    private SslHandler counted(SslHandler handler) {
        handler.handshakeFuture().addListener((Future<Object> done) -> {
            if (done.isSuccess()) {
                metrics.handshake(handler.engine().getSession().getProtocol());
            } else {
                LOGGER.debug("TLS: handshake failed", done.cause());
                metrics.handshake(HandshakeResult.of(done.cause()));
            }
        });
        return handler;
    }

    /** SHA-256 of the certificate that new connections are shown: 32 pairs of hexadecimal digits with colons between. */
    public String fingerprint() {
        return shown.fingerprint();
    }

    /** The certificate that new connections are shown. */
    public X509Certificate certificate() {
        return shown.leaf();
    }

    /** What new connections are made from. */
    SslContext context() {
        return shown.context();
    }

    private double expirySeconds() {
        return Duration.between(clock.instant(), certificate().getNotAfter().toInstant())
                .toSeconds();
    }

    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException e) {
            // The schedule ends with the first exception, and reloading with it.
            LOGGER.error("TLS: looking after the certificate failed", e);
        }
    }

    /** Loads what has changed, and speaks of a certificate whose end is near. */
    synchronized void look() {
        if (files.haveChanged()) {
            reload();
        }
        speakOfValidity();
    }

    private void reload() {
        try {
            KeyMaterial material = KeyMaterial.load(settings);
            replace(show(material, provider));
            metrics.reload(true);
            LOGGER.info("TLS: the certificate has changed, new connections get the new one");
            announce(material);
        } catch (FailureException e) {
            metrics.reload(false);
            LOGGER.warn("{}; the certificate that was loaded before stays", e.sentence());
        }
    }

    private void replace(Shown next) {
        SslContext unused;
        lock.writeLock().lock();
        try {
            unused = closed ? next.context() : shown.context();
            shown = closed ? shown : next;
        } finally {
            lock.writeLock().unlock();
        }
        // Connections hold on to it until they close.
        ReferenceCountUtil.release(unused);
    }

    private synchronized void announce(KeyMaterial material) {
        LOGGER.info(
                "TLS: certificate of {} from {}, valid until {}, SHA-256 {}",
                material.leaf().getSubjectX500Principal(),
                material.source(),
                material.leaf().getNotAfter().toInstant(),
                material.fingerprint());
        CertificateChecks.warnings(material).forEach(text -> LOGGER.warn("TLS: {}: {}", material.source(), text));
        settings.secretFiles()
                .filter(CertificateChecks::isReadableByAll)
                .forEach(file -> LOGGER.warn("TLS: {}: every user of this machine can read it; chmod 600 it", file));
        spokenOf = CertificateChecks.Validity.VALID;
        speakOfValidity();
    }

    private synchronized void speakOfValidity() {
        X509Certificate leaf = certificate();
        CertificateChecks.Validity validity = CertificateChecks.validity(leaf, clock.instant());
        if (validity != spokenOf) {
            LOGGER.warn(
                    "TLS: the certificate of {} {}",
                    leaf.getSubjectX500Principal(),
                    CertificateChecks.sentence(validity, leaf));
            spokenOf = validity;
        }
    }

    /** Watches no longer and makes no more handlers; connections that exist live on. */
    @Override
    public void close() {
        watcher.shutdownNow();
        boolean first;
        lock.writeLock().lock();
        try {
            first = !closed;
            closed = true;
        } finally {
            lock.writeLock().unlock();
        }
        if (first) {
            ReferenceCountUtil.release(shown.context());
        }
    }
}
