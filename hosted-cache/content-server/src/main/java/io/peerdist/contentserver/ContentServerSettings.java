// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import io.peerdist.contentserver.http.OriginSettings;
import io.peerdist.contentserver.information.InformationLimits;
import io.peerdist.contentserver.manifest.ManifestSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a content server serves, where, and how.
 *
 * @param root the directory whose files anybody may read
 * @param bind where to listen; port 0 means any
 * @param dataDirectory where content information and, unless {@code secrets} names a file, the secret
 *     key are kept
 * @param secrets the secret keys; several servers with the same key and file give the same segment ids
 * @param manifest where hosted caches are told what is genuine; empty for nowhere
 * @param origin how long requests wait for hashes
 * @param limits for which files content information is made
 * @param hashThreads how many threads hash, at least 1
 * @param maxConnections how many clients may be connected at once, at least 1
 */
public record ContentServerSettings(
        Path root,
        InetSocketAddress bind,
        Path dataDirectory,
        SecretSettings secrets,
        Optional<ManifestSettings> manifest,
        OriginSettings origin,
        InformationLimits limits,
        int hashThreads,
        int maxConnections) {
    /** Long enough for a file of some ten MiB to be hashed before its first client gets it. */
    public static final Duration DEFAULT_HASH_WAIT = Duration.ofMillis(250);

    /** A client that asks for hashes has the bytes already, and waits rather than ask again. */
    public static final Duration DEFAULT_HASH_REQUEST_WAIT = Duration.ofSeconds(10);

    /** The smallest file there can be content information of. */
    public static final long DEFAULT_MINIMUM_BYTES = 1;

    /** Above the largest disk images that are rolled out, and some 128 MiB of heap while one is hashed. */
    public static final long DEFAULT_MAXIMUM_BYTES = 32L << 30;

    /** Content information of some 15 GiB of files. */
    public static final long DEFAULT_MEMORY_BYTES = 16L << 20;

    public static final int DEFAULT_MAX_CONNECTIONS = 4096;

    /** Everything but the places by default. */
    public static ContentServerSettings of(Path root, InetSocketAddress bind, Path dataDirectory) {
        return new ContentServerSettings(
                root,
                bind,
                dataDirectory,
                SecretSettings.GENERATED,
                Optional.empty(),
                new OriginSettings(DEFAULT_HASH_WAIT, DEFAULT_HASH_REQUEST_WAIT),
                new InformationLimits(DEFAULT_MINIMUM_BYTES, DEFAULT_MAXIMUM_BYTES, DEFAULT_MEMORY_BYTES),
                defaultHashThreads(),
                DEFAULT_MAX_CONNECTIONS);
    }

    /** As many as there are processors: hashing keeps each of them busy. */
    public static int defaultHashThreads() {
        return Runtime.getRuntime().availableProcessors();
    }

    public ContentServerSettings withSecretFile(Path file) {
        return withSecrets(SecretSettings.of(file));
    }

    public ContentServerSettings withSecrets(SecretSettings settings) {
        return new ContentServerSettings(
                root, bind, dataDirectory, settings, manifest, origin, limits, hashThreads, maxConnections);
    }

    public ContentServerSettings withManifest(ManifestSettings settings) {
        return new ContentServerSettings(
                root, bind, dataDirectory, secrets, Optional.of(settings), origin, limits, hashThreads, maxConnections);
    }

    public ContentServerSettings withOrigin(OriginSettings settings) {
        return new ContentServerSettings(
                root, bind, dataDirectory, secrets, manifest, settings, limits, hashThreads, maxConnections);
    }

    public ContentServerSettings withLimits(InformationLimits settings) {
        return new ContentServerSettings(
                root, bind, dataDirectory, secrets, manifest, origin, settings, hashThreads, maxConnections);
    }
}
