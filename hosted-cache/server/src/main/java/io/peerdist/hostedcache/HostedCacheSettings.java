// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.hostedcache.authentication.AuthenticationSettings;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.retrieval.RetrievalServerSettings;
import io.peerdist.runtime.config.ConfigurationSection;
import io.peerdist.runtime.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of a hosted cache, the section {@code hosted-cache} of a configuration file.
 *
 * @param dataDirectory where the blocks rest
 * @param cacheBytes the most that the store takes on the disk
 * @param bind the address to serve on; a name or a literal
 * @param httpPort for clients; 0 means any
 * @param https for version 1.0 offers; empty for none
 * @param managementBind the address of the management port
 * @param managementPort 0 means any
 * @param maxConnections client connections open at once
 * @param maxSessions requests answered at once; above it the answers are empty
 * @param uploadTimeout how long an answer may take
 * @param requestTimeout how long a peer that offered may take to answer
 * @param maxPulls segments pulled at once
 * @param maxPullsPerPeer segments pulled at once from one peer
 * @param maxWaitingSegments offered segments that may wait
 * @param maxWaitingSegmentsPerAddress of these, from one address
 * @param trust how offers are judged
 * @param quotas what one client may ask
 * @param authentication who may offer over HTTPS
 * @param keeping what is kept, and for how long
 * @param storage how the store treats the disk
 * @param leases whether and for how long clients get leases
 * @param probes whether peers that look for others on the subnet find the cache
 */
public record HostedCacheSettings(
        Path dataDirectory,
        long cacheBytes,
        String bind,
        int httpPort,
        Optional<HttpsSettings> https,
        String managementBind,
        int managementPort,
        int maxConnections,
        int maxSessions,
        Duration uploadTimeout,
        Duration requestTimeout,
        int maxPulls,
        int maxPullsPerPeer,
        int maxWaitingSegments,
        int maxWaitingSegmentsPerAddress,
        TrustSettings trust,
        QuotaSettings quotas,
        AuthenticationSettings authentication,
        KeepingSettings keeping,
        StorageSettings storage,
        LeaseSettings leases,
        ProbeSettings probes) {
    /**
     * The port for version 1.0 offers.
     *
     * @param port 0 means any
     * @param tls its certificate and key
     */
    public record HttpsSettings(int port, TlsSettings tls) {}

    /** The section of a configuration file. */
    public static final String SECTION = "hosted-cache";
    /** Where clients look for a hosted cache that was set up without a port, MS-PCHC 2.1. */
    public static final int DEFAULT_HTTP_PORT = 80;
    /** The management port unless told otherwise. */
    public static final int DEFAULT_MANAGEMENT_PORT = 9081;

    private static final String ALL_ADDRESSES = "0.0.0.0"; // Java takes it as both families
    private static final String LOOPBACK = "127.0.0.1";
    private static final int MAX_PORT = 0xFFFF;
    private static final int NO_PORT = -1;
    private static final long DEFAULT_CACHE_BYTES = 10L << 30;
    private static final long MIN_CACHE_BYTES = 16L << 20;
    private static final long MAX_CACHE_BYTES = 1L << 50;
    private static final int DEFAULT_CONNECTIONS = 4_096;
    private static final int MAX_CONNECTIONS = 1 << 20;
    private static final int MAX_SESSIONS = 1 << 20;
    private static final int MAX_PULLS = 1_024;
    private static final int MAX_WAITING = 1 << 22;

    /** The defaults for a cache in {@code dataDirectory}. */
    public static HostedCacheSettings of(Path dataDirectory) {
        RetrievalServerSettings server = RetrievalServerSettings.hostedCache();
        PullLimits pulls = PullLimits.DEFAULT;
        return new HostedCacheSettings(
                dataDirectory,
                DEFAULT_CACHE_BYTES,
                ALL_ADDRESSES,
                DEFAULT_HTTP_PORT,
                Optional.empty(),
                LOOPBACK,
                DEFAULT_MANAGEMENT_PORT,
                DEFAULT_CONNECTIONS,
                server.maxSessions(),
                server.uploadTimeout(),
                RetrievalClientSettings.DEFAULT.requestTimeout(),
                pulls.maxPulls(),
                pulls.maxPullsPerPeer(),
                pulls.maxSegments(),
                pulls.maxSegmentsPerAddress(),
                TrustSettings.DEFAULT,
                QuotaSettings.DEFAULT,
                AuthenticationSettings.NONE,
                KeepingSettings.DEFAULT,
                StorageSettings.DEFAULT,
                LeaseSettings.DEFAULT,
                ProbeSettings.OFF);
    }

    /** Reads the section; what is wrong with it is remembered there. */
    public static HostedCacheSettings read(ConfigurationSection section) {
        HostedCacheSettings defaults = of(section.requiredPath("data-dir"));
        Optional<HttpsSettings> https = readHttps(section, defaults.dataDirectory);
        int maxPulls = section.integer("max-pulls", defaults.maxPulls, 1, MAX_PULLS);
        int maxWaiting = section.integer("max-waiting-segments", defaults.maxWaitingSegments, 1, MAX_WAITING);
        long cacheBytes = section.dataSize("cache-size", defaults.cacheBytes, MIN_CACHE_BYTES, MAX_CACHE_BYTES);
        return new HostedCacheSettings(
                defaults.dataDirectory,
                cacheBytes,
                section.string("bind", defaults.bind),
                section.integer("http-port", defaults.httpPort, 0, MAX_PORT),
                https,
                section.string("management-bind", defaults.managementBind),
                section.integer("management-port", defaults.managementPort, 0, MAX_PORT),
                section.integer("max-connections", defaults.maxConnections, 1, MAX_CONNECTIONS),
                section.integer("max-sessions", defaults.maxSessions, 1, MAX_SESSIONS),
                section.duration("upload-timeout", defaults.uploadTimeout, Duration.ofMillis(100), Duration.ofHours(1)),
                section.duration(
                        "request-timeout", defaults.requestTimeout, Duration.ofMillis(1), Duration.ofMinutes(1)),
                maxPulls,
                Math.min(maxPulls, section.integer("max-pulls-per-peer", defaults.maxPullsPerPeer, 1, MAX_PULLS)),
                maxWaiting,
                Math.min(
                        maxWaiting,
                        section.integer(
                                "max-waiting-segments-per-address",
                                defaults.maxWaitingSegmentsPerAddress,
                                1,
                                MAX_WAITING)),
                TrustSettings.read(section),
                QuotaSettings.read(section.section(QuotaSettings.SECTION)),
                AuthenticationSettings.read(section.section(AuthenticationSettings.SECTION), https.isPresent()),
                KeepingSettings.read(section, cacheBytes),
                StorageSettings.read(section),
                LeaseSettings.read(section.section(LeaseSettings.SECTION)),
                ProbeSettings.read(section));
    }

    /** The section {@code tls} is read in any case, so that mistakes in it are found before the port is opened. */
    private static Optional<HttpsSettings> readHttps(ConfigurationSection section, Path dataDirectory) {
        int port = section.integer("https-port", NO_PORT, 0, MAX_PORT);
        TlsSettings tls = TlsSettings.read(section.section("tls"), dataDirectory);
        return port == NO_PORT ? Optional.empty() : Optional.of(new HttpsSettings(port, tls));
    }

    /** The same with other answers to probes. */
    HostedCacheSettings withProbes(ProbeSettings other) {
        return new HostedCacheSettings(
                dataDirectory,
                cacheBytes,
                bind,
                httpPort,
                https,
                managementBind,
                managementPort,
                maxConnections,
                maxSessions,
                uploadTimeout,
                requestTimeout,
                maxPulls,
                maxPullsPerPeer,
                maxWaitingSegments,
                maxWaitingSegmentsPerAddress,
                trust,
                quotas,
                authentication,
                keeping,
                storage,
                leases,
                other);
    }

    RetrievalServerSettings server() {
        return RetrievalServerSettings.hostedCache()
                .withMaxSessions(maxSessions)
                .withUploadTimeout(uploadTimeout);
    }

    PullLimits pulls() {
        return new PullLimits(
                maxPulls,
                maxPullsPerPeer,
                maxWaitingSegments,
                maxWaitingSegmentsPerAddress,
                quotas.bytesOutstanding(),
                PullLimits.DEFAULT.leftOutFor());
    }
}
