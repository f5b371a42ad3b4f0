// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.DaemonRunner;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.JsonObject;
import io.peerdist.runtime.Workers;
import io.peerdist.runtime.http.HttpListener;
import io.peerdist.runtime.http.HttpListenerSettings;
import io.peerdist.runtime.tls.ServerTls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the pages of a feed over HTTPS to whoever shows the token ({@code protocol-spec/spec/manifest.md}). Thread-safe.
 */
public final class ManifestPublisher implements AutoCloseable {
    /** Reading and signing a page takes some ten milliseconds. */
    private static final int THREADS = 2;

    /** Pages that are read, signed, or on their way to a socket: 64 MiB at most. */
    static final int MAX_PAGES = 16;

    /** One for each hosted cache that asks right now; idle ones are closed after a minute. */
    private static final int MAX_CONNECTIONS = 1024;

    /** Requests have no body. */
    private static final int MAX_REQUEST_BYTES = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ManifestPublisher.class);

    private final Components parts;
    private final ManifestFeed feed;
    private final HttpListener listener;
    private final ServerTls tls;
    private final SigningKey signingKey;

    private ManifestPublisher(
            Components parts, ManifestFeed feed, HttpListener listener, ServerTls tls, SigningKey signingKey) {
        this.parts = parts;
        this.feed = feed;
        this.listener = listener;
        this.tls = tls;
        this.signingKey = signingKey;
    }

    /**
     * Starts to serve {@code feed}.
     *
     * @param dataDirectory where token, signing key and public key are made if the settings name none
     * @param random where they come from: a {@code SecureRandom}
     * @throws FailureException with the reason and what to do, when a file or the address cannot be used; nothing is left
     *     running then
     */
    public static ManifestPublisher start(
            ManifestSettings settings,
            ManifestFeed feed,
            Path dataDirectory,
            EventLoops loops,
            Clock clock,
            RandomGenerator random,
            MeterRegistry registry) {
        BearerToken token = BearerToken.readOrGenerate(settings.tokenFile(), dataDirectory, random);
        SigningKey signingKey = SigningKey.readOrGenerate(settings.signingKey(), dataDirectory, random);
        Components parts = new Components(clock, DaemonRunner.DEFAULT_CLOSE_LIMIT);
        try {
            ServerTls tls = parts.add("tls", ServerTls.start(settings.tls(), clock, registry));
            Workers workers = parts.add("workers", Workers.start("manifest", THREADS, MAX_PAGES, registry));
            Semaphore pages = new Semaphore(MAX_PAGES);
            HttpListener listener = parts.add(
                    "listener",
                    HttpListener.bind(
                            "manifest",
                            HttpListenerSettings.of(settings.bind())
                                    .withMaxConnections(MAX_CONNECTIONS)
                                    .withMaxRequestBytes(MAX_REQUEST_BYTES),
                            tls,
                            loops,
                            clock,
                            registry,
                            pipeline -> pipeline.addLast(
                                    "manifest", new ManifestHandler(feed, signingKey, token, workers, pages))));
            LOG.info("feed {}; copy {} and the token to the hosted caches", feed.feedId(), signingKey.publicKeyFile());
            return new ManifestPublisher(parts, feed, listener, tls, signingKey);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** Where it listens, with the port that the system chose when the settings said 0. */
    public InetSocketAddress localAddress() {
        return listener.localAddress();
    }

    /** SHA-256 of the certificate, as administrators compare it. */
    public String certificateFingerprint() {
        return tls.fingerprint();
    }

    /** The PEM file that hosted caches need. */
    public Path publicKeyFile() {
        return signingKey.publicKeyFile();
    }

    /** For the management interface. */
    public JsonObject status() {
        return new JsonObject()
                .put("address", HostPort.format(localAddress()))
                .put("feed", feed.feedId().toString())
                .put("head", feed.head())
                .put("publicKeyFile", publicKeyFile().toString())
                .put("certificateFingerprint", certificateFingerprint());
    }

    /** Stops to listen, lets requests in flight end for a while, and closes everything it started. */
    @Override
    public void close() {
        parts.close();
    }
}
