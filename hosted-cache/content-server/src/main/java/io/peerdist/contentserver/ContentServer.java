// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.contentserver.files.DocumentRoot;
import io.peerdist.contentserver.hashing.HashingPipeline;
import io.peerdist.contentserver.hashing.KeyRing;
import io.peerdist.contentserver.http.NegotiationTrace;
import io.peerdist.contentserver.http.Origin;
import io.peerdist.contentserver.http.OriginMetrics;
import io.peerdist.contentserver.information.ContentInformationSource;
import io.peerdist.contentserver.information.HashingMetrics;
import io.peerdist.contentserver.information.InformationListener;
import io.peerdist.contentserver.information.KeptInformation;
import io.peerdist.contentserver.manifest.ManifestFeed;
import io.peerdist.contentserver.manifest.ManifestPublisher;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.DaemonRunner;
import io.peerdist.runtime.Durations;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.JsonObject;
import io.peerdist.runtime.Workers;
import io.peerdist.runtime.digest.Digests;
import io.peerdist.runtime.http.HttpListener;
import io.peerdist.runtime.http.HttpListenerSettings;
import io.peerdist.runtime.management.ApiResponse;
import io.peerdist.runtime.management.HealthStatus;
import io.peerdist.runtime.management.ManagementContent;
import io.peerdist.runtime.management.StatusTable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A content server that runs: listens, hashes, and keeps what it hashed. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrtp">MS-PCCRTP</a>
 */
public final class ContentServer implements AutoCloseable {
    /** Opening a file takes moments, so few threads do, and a long queue is short in time. */
    private static final int FILE_THREADS = 4;

    private static final int FILE_QUEUE = 1024;

    /** Requests have no bodies that mean anything. */
    private static final int MAX_REQUEST_BYTES = 64 * 1024;

    private final ContentServerSettings settings;
    private final Components parts;
    private final HttpListener listener;
    private final KeyRing ring;
    private final ContentInformationSource information;
    private final Origin origin;
    private final Optional<ManifestPublisher> publisher;

    private ContentServer(
            ContentServerSettings settings,
            Components parts,
            HttpListener listener,
            KeyRing ring,
            ContentInformationSource information,
            Origin origin,
            Optional<ManifestPublisher> publisher) {
        this.settings = settings;
        this.parts = parts;
        this.listener = listener;
        this.ring = ring;
        this.information = information;
        this.origin = origin;
        this.publisher = publisher;
    }

    /**
     * Starts to serve.
     *
     * @param random where a secret key comes from if one must be made: a {@code SecureRandom}
     * @throws FailureException with the reason and what to do, when the root, the data directory or the address cannot be
     *     used; nothing is left running then
     */
    public static ContentServer start(
            ContentServerSettings settings,
            EventLoops loops,
            Clock clock,
            RandomGenerator random,
            MeterRegistry registry) {
        Components parts = new Components(clock, DaemonRunner.DEFAULT_CLOSE_LIMIT);
        try {
            return start(settings, parts, loops, clock, random, registry);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private static ContentServer start(
            ContentServerSettings settings,
            Components parts,
            EventLoops loops,
            Clock clock,
            RandomGenerator random,
            MeterRegistry registry) {
        DocumentRoot root = openRoot(settings.root());
        Path data = createDataDirectory(settings.dataDirectory());
        boolean publishing = settings.manifest().isPresent();
        InformationDatabase store =
                parts.add("content information", InformationDatabase.open(data, publishing, registry));
        KeyRing ring = ContentKeyRing.read(settings.secrets(), data, random, clock);
        Optional<ManifestFeed> feed = publishing
                ? Optional.of(ManifestFeed.open(data, store.store(), ring, clock, random, registry))
                : Optional.empty();
        InformationListener told = feed.isPresent() ? feed.get() : InformationListener.NONE;
        KeptInformation kept =
                new KeptInformation(store, told, settings.limits().memoryBytes());
        parts.add("secrets", KeyRingWatch.start(ring, () -> {
            store.dropAllBut(ring.understood());
            feed.ifPresent(entries -> entries.dropAllBut(ring.understood()));
        }));
        ContentInformationSource information = hashing(settings, parts, root, ring, kept, clock, registry);
        Workers files = parts.add("files", Workers.start("content-file", FILE_THREADS, FILE_QUEUE, registry));
        Origin origin = new Origin(root, information, settings.origin(), files, clock, new OriginMetrics(registry));
        HttpListener listener = parts.add("listener", listen(settings, origin, loops, clock, registry));
        Optional<ManifestPublisher> publisher = feed.map(entries -> parts.add(
                "manifest",
                ManifestPublisher.start(
                        settings.manifest().orElseThrow(), entries, data, loops, clock, random, registry)));
        return new ContentServer(settings, parts, listener, ring, information, origin, publisher);
    }

    private static ContentInformationSource hashing(
            ContentServerSettings settings,
            Components parts,
            DocumentRoot root,
            KeyRing ring,
            KeptInformation kept,
            Clock clock,
            MeterRegistry registry) {
        HashingPipeline pipeline =
                parts.add("hashing", new HashingPipeline(settings.hashThreads(), Digests::newDigest));
        Workers readers = parts.add(
                "readers",
                Workers.start(
                        "content-read",
                        HashingPipeline.MAX_FILES_AT_ONCE,
                        ContentInformationSource.MAX_PENDING_FILES,
                        registry));
        return parts.add(
                "content information source",
                new ContentInformationSource(
                        root, pipeline, ring, kept, settings.limits(), readers, clock, new HashingMetrics(registry)));
    }

    private static HttpListener listen(
            ContentServerSettings settings, Origin origin, EventLoops loops, Clock clock, MeterRegistry registry) {
        return HttpListener.bind(
                "http",
                HttpListenerSettings.of(settings.bind())
                        .withMaxConnections(settings.maxConnections())
                        .withMaxRequestBytes(MAX_REQUEST_BYTES),
                loops,
                clock,
                registry,
                channel -> channel.addLast(NegotiationTrace.handlers()).addLast("origin", origin.newHandler()));
    }

    private static DocumentRoot openRoot(Path directory) {
        try {
            return DocumentRoot.open(directory);
        } catch (IOException e) {
            throw new FailureException(
                    ExitCode.CONFIGURATION,
                    "root " + directory + ": is no directory that can be read ("
                            + e.getClass().getSimpleName() + "); name one with --root",
                    e);
        }
    }

    private static Path createDataDirectory(Path directory) {
        try {
            return Files.createDirectories(directory).toRealPath();
        } catch (IOException e) {
            throw new FailureException(
                    ExitCode.CONFIGURATION,
                    "data directory " + directory + ": cannot be made (" + e
                            + "); name another one with --data-dir, or give this user the right to write there",
                    e);
        }
    }

    /** Where it listens, with the port that the system chose when the settings said 0. */
    public InetSocketAddress localAddress() {
        return listener.localAddress();
    }

    /** Where hosted caches are told what is genuine, if anywhere. */
    public Optional<InetSocketAddress> manifestAddress() {
        return publisher.map(ManifestPublisher::localAddress);
    }

    /** Adds what an operator wants to know of this server to a daemon's management port. */
    public void describe(ManagementContent management) {
        management.page().addSection("Content server", () -> StatusTable.of(rows()));
        management.routes().get("status", request -> ApiResponse.ok(status()));
        management
                .health()
                .addReady(
                        "root",
                        () -> origin.isRootReadable()
                                ? HealthStatus.up("readable")
                                : HealthStatus.down("the last request could not read the root directory"));
    }

    private Map<String, String> rows() {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("Root", settings.root().toString());
        rows.put("Address", HostPort.format(localAddress()));
        rows.put("Files waiting to be hashed", Integer.toString(information.pendingFiles()));
        rows.put("Content information in memory", information.memoryBytes() + " bytes");
        rows.put("Wait for hashes", Durations.format(settings.origin().hashWait()));
        ContentKeyRing.addRows(ring, rows);
        publisher.ifPresent(serving -> {
            rows.put("Manifest", HostPort.format(serving.localAddress()));
            rows.put("Certificate of the manifest", serving.certificateFingerprint());
            rows.put("Public key of the manifest", serving.publicKeyFile().toString());
        });
        return rows;
    }

    private JsonObject status() {
        JsonObject status = new JsonObject()
                .put("daemon", "content-server")
                .put("root", settings.root().toString())
                .put("address", HostPort.format(localAddress()))
                .put("pendingFiles", information.pendingFiles())
                .put("informationMemoryBytes", information.memoryBytes())
                .put("hashWaitMillis", settings.origin().hashWait().toMillis());
        ContentKeyRing.addStatus(ring, status);
        publisher.ifPresent(serving -> status.put("manifest", serving.status()));
        return status;
    }

    /** Stops to listen, lets requests in flight end for a while, and closes everything it started. */
    @Override
    public void close() {
        parts.close();
    }
}
