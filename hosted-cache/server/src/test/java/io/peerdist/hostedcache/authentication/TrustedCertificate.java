// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS of a client that trusts one certificate. */
public final class TrustedCertificate {
    private TrustedCertificate() {}

    /** Trusts the certificate that a server has made for itself in {@code directory}. */
    public static SSLContext madeIn(Path directory) throws GeneralSecurityException, IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (Files.readString(file).contains("BEGIN CERTIFICATE")) {
                    try (InputStream in = Files.newInputStream(file)) {
                        return context(CertificateFactory.getInstance("X.509").generateCertificate(in));
                    }
                }
            }
        }
        throw new AssertionError("no certificate in " + directory);
    }

    /** Trusts {@code certificate} and no other. */
    public static SSLContext context(Certificate certificate) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("server", certificate);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
