// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import io.peerdist.blockstore.SegmentKeyStore;
import io.peerdist.codec.manifest.ManifestCodec;
import io.peerdist.runtime.config.ConfigurationSection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the subscription to a manifest, the section {@code hosted-cache.manifest}.
 *
 * @param url of the publisher: https, without query
 * @param tokenFile whose first line is the bearer token; read again at every poll
 * @param publicKeyFile the publisher's Ed25519 key in PEM
 * @param certificate in PEM, the one authority or server that is trusted; empty means the platform's authorities
 * @param pollInterval between polls that nothing else brings about
 * @param unlisted what becomes of segments that are not listed
 * @param maxKeyBytes the most that hashes and secrets take on the disk
 */
public record ManifestSettings(
        URI url,
        Path tokenFile,
        Path publicKeyFile,
        Optional<Path> certificate,
        Duration pollInterval,
        Unlisted unlisted,
        long maxKeyBytes) {
    /** The name of the section within that of the hosted cache. */
    public static final String SECTION = "manifest";

    private static final Duration DEFAULT_POLL_INTERVAL = Duration.ofSeconds(30);
    private static final Duration MIN_POLL_INTERVAL = Duration.ofSeconds(1);
    private static final Duration MAX_POLL_INTERVAL = Duration.ofDays(1);
    private static final long MAX_KEY_BYTES = 1L << 40;

    /** Reads the section; empty when it names no publisher. What is wrong with it is remembered there. */
    public static Optional<ManifestSettings> read(ConfigurationSection section) {
        Optional<String> url = section.optionalString("url");
        Optional<Path> tokenFile = section.path("token-file");
        Optional<Path> publicKey = section.path("public-key");
        Optional<Path> certificate = section.path("certificate");
        Duration pollInterval =
                section.duration("poll-interval", DEFAULT_POLL_INTERVAL, MIN_POLL_INTERVAL, MAX_POLL_INTERVAL);
        Unlisted unlisted = section.enumeration("unlisted", Unlisted.class, Unlisted.STORE);
        long maxKeyBytes = section.dataSize(
                "key-store-size", SegmentKeyStore.DEFAULT_MAX_BYTES, SegmentKeyStore.MIN_MAX_BYTES, MAX_KEY_BYTES);
        if (url.isEmpty()) {
            if (tokenFile.isPresent() || publicKey.isPresent() || certificate.isPresent()) {
                section.problem("url", "missing (expected: https://HOST:PORT of the content server's manifest)");
            }
            return Optional.empty();
        }
        URI publisher = publisher(url.get());
        if (publisher == null) {
            section.problem("url", url.get() + " (expected: https://HOST:PORT, without user, query and fragment)");
        }
        if (tokenFile.isEmpty()) {
            section.problem("token-file", "missing (expected: a file with the publisher's bearer token)");
        }
        if (publicKey.isEmpty()) {
            section.problem("public-key", "missing (expected: a file with the publisher's Ed25519 key in PEM)");
        }
        if (publisher == null || tokenFile.isEmpty() || publicKey.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ManifestSettings(
                publisher, tokenFile.get(), publicKey.get(), certificate, pollInterval, unlisted, maxKeyBytes));
    }

    /** Without a path the one of the specification; null for what is no address of a publisher. */
    private static @Nullable URI publisher(String text) {
        try {
            URI url = new URI(text);
            boolean usable = "https".equalsIgnoreCase(url.getScheme())
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null;
            if (!usable) {
                return null;
            }
            boolean bare = url.getRawPath().isEmpty() || url.getRawPath().equals("/");
            return bare ? url.resolve(ManifestCodec.PATH) : url;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
