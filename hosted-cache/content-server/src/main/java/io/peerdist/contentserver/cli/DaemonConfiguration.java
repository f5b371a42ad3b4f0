// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.contentserver.ContentServerSettings;
import io.peerdist.contentserver.SecretSettings;
import io.peerdist.contentserver.http.OriginSettings;
import io.peerdist.contentserver.information.InformationLimits;
import io.peerdist.contentserver.manifest.ManifestSettings;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.ConfigurationSection;
import io.peerdist.runtime.config.SettingOverrides;
import io.peerdist.runtime.http.ListenAddress;
import io.peerdist.runtime.tls.TlsSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code content-server} of the configuration file, with the options that override it.
 *
 * @param settings of the server itself
 * @param managementBind where the management port listens
 */
record DaemonConfiguration(ContentServerSettings settings, InetSocketAddress managementBind) {
    static final int DEFAULT_HTTP_PORT = 8080;
    static final int DEFAULT_MANAGEMENT_PORT = 9080;

    private static final String SECTION = "content-server";

    private static final String ANY_ADDRESS = "0.0.0.0"; // with IPv6, where there is any
    private static final int MAX_PORT = 65_535;
    private static final int NO_PORT = -1;
    private static final Duration MAX_WAIT = Duration.ofMinutes(1);
    private static final int MAX_HASH_THREADS = 256;
    private static final int MAX_CONNECTIONS = 1_000_000;

    /** @throws FailureException {@code CONFIGURATION} with everything that is wrong */
    static DaemonConfiguration read(@Nullable Path file, SettingOverrides overrides) {
        ConfigurationReader reader = ConfigurationReader.open(file, ConfigurationReader.SECTIONS, overrides);
        ConfigurationSection section = reader.section(SECTION);
        Path root = section.requiredPath("root");
        Path dataDirectory = section.requiredPath("data-dir");
        SecretSettings secrets = SecretConfiguration.read(section);
        ConfigurationSection manifest = section.section("manifest");
        int manifestPort = manifest.integer("port", NO_PORT, 0, MAX_PORT);
        Optional<Path> tokenFile = manifest.path("token-file");
        Optional<Path> signingKey = manifest.path("signing-key");
        TlsSettings tls = TlsSettings.read(manifest.section("tls"), dataDirectory);
        String bind = section.string("bind", ANY_ADDRESS);
        int httpPort = section.integer("http-port", DEFAULT_HTTP_PORT, 0, MAX_PORT);
        String managementBind = section.string("management-bind", "127.0.0.1");
        int managementPort = section.integer("management-port", DEFAULT_MANAGEMENT_PORT, 0, MAX_PORT);
        OriginSettings origin = origin(section);
        InformationLimits limits = limits(section);
        int hashThreads =
                section.integer("hash-threads", ContentServerSettings.defaultHashThreads(), 1, MAX_HASH_THREADS);
        int maxConnections =
                section.integer("max-connections", ContentServerSettings.DEFAULT_MAX_CONNECTIONS, 1, MAX_CONNECTIONS);
        reader.finish();
        return new DaemonConfiguration(
                new ContentServerSettings(
                        root,
                        ListenAddress.resolve(bind, httpPort),
                        dataDirectory,
                        secrets,
                        manifestPort == NO_PORT
                                ? Optional.empty()
                                : Optional.of(new ManifestSettings(
                                        ListenAddress.resolve(bind, manifestPort), tokenFile, signingKey, tls)),
                        origin,
                        limits,
                        hashThreads,
                        maxConnections),
                ListenAddress.resolve(managementBind, managementPort));
    }

    private static OriginSettings origin(ConfigurationSection section) {
        return new OriginSettings(
                section.duration("hash-wait", ContentServerSettings.DEFAULT_HASH_WAIT, Duration.ZERO, MAX_WAIT),
                section.duration(
                        "hash-request-wait", ContentServerSettings.DEFAULT_HASH_REQUEST_WAIT, Duration.ZERO, MAX_WAIT));
    }

    private static InformationLimits limits(ConfigurationSection section) {
        long maximumBytes =
                section.dataSize("maximum-size", ContentServerSettings.DEFAULT_MAXIMUM_BYTES, 1, Long.MAX_VALUE);
        long minimumBytes =
                section.dataSize("minimum-size", ContentServerSettings.DEFAULT_MINIMUM_BYTES, 1, Long.MAX_VALUE);
        if (minimumBytes > maximumBytes) {
            section.problem("minimum-size", minimumBytes + " (expected: at most maximum-size, " + maximumBytes + ")");
            minimumBytes = maximumBytes;
        }
        return new InformationLimits(
                minimumBytes,
                maximumBytes,
                section.dataSize("memory", ContentServerSettings.DEFAULT_MEMORY_BYTES, 0, Long.MAX_VALUE));
    }
}
