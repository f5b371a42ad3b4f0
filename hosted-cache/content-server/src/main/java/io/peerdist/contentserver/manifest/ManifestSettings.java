// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import io.peerdist.runtime.tls.TlsSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the manifest is served, and with what.
 *
 * @param bind where to listen for HTTPS; port 0 means any
 * @param tokenFile the file with the bearer token; without one, the token in the data directory
 * @param signingKey the file with the Ed25519 key, PEM PKCS #8; without one, the key in the data directory
 * @param tls the certificate that the port shows
 */
public record ManifestSettings(
        InetSocketAddress bind, Optional<Path> tokenFile, Optional<Path> signingKey, TlsSettings tls) {}
