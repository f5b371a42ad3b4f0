// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import io.peerdist.runtime.FailureException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the certificate files of a server are worth, before a server is started with them.
 *
 * @param source the file that the certificate stands in
 * @param subject of whom the certificate is
 * @param notBefore when it begins to be valid
 * @param notAfter when it ends
 * @param selfSigned whether it is the one that was made in the data directory
 * @param objections what clients will object to besides time, each as the end of a sentence that begins with the certificate
 * @param exposed files with the private key that every user of the machine may read
 */
public record CertificateFacts(
        Path source,
        String subject,
        Instant notBefore,
        Instant notAfter,
        boolean selfSigned,
        List<String> objections,
        List<Path> exposed) {
    /** How long before its end a certificate is spoken of. */
    public static final Duration EXPIRES_SOON = CertificateChecks.EXPIRES_SOON;

    /** Takes copies. */
    public CertificateFacts {
        objections = List.copyOf(objections);
        exposed = List.copyOf(exposed);
    }

    /**
     * Reads the files, and makes sure that key and certificate belong together. Empty when none are named and none have been
     * made yet: the first start makes them.
     *
     * @throws FailureException with a sentence when they cannot be used
     */
    public static Optional<CertificateFacts> read(TlsSettings settings) {
        if (settings.isSelfSigned() && !Files.exists(SelfSignedFiles.certificate(settings.selfSignedDirectory()))) {
            return Optional.empty();
        }
        KeyMaterial material = KeyMaterial.load(settings);
        return Optional.of(new CertificateFacts(
                material.source(),
                material.leaf().getSubjectX500Principal().toString(),
                material.leaf().getNotBefore().toInstant(),
                material.leaf().getNotAfter().toInstant(),
                settings.isSelfSigned(),
                CertificateChecks.warnings(material),
                settings.secretFiles()
                        .filter(CertificateChecks::isReadableByAll)
                        .toList()));
    }
}
