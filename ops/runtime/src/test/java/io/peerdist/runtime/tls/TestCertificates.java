// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.peerdist.runtime.Clock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** An authority, an intermediate one, and certificates for this machine from it. */
public final class TestCertificates {
    private final CertificateBuilder validNow;
    private final X509Bundle root;
    private final X509Bundle intermediate;

    public TestCertificates() throws Exception {
        Instant now = Clock.system().instant();
        validNow = new CertificateBuilder()
                .notBefore(now.minus(Duration.ofDays(1)))
                .notAfter(now.plus(Duration.ofDays(365)));
        root = validNow.copy()
                .subject("CN=root")
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
        intermediate = validNow.copy()
                .subject("CN=intermediate")
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildIssuedBy(root);
    }

    /** Of what {@link #leaf} starts from, for tests that want another. */
    CertificateBuilder template(String name, CertificateBuilder.Algorithm algorithm) {
        return validNow.copy()
                .subject("CN=" + name)
                .algorithm(algorithm)
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .addSanIpAddress("::1")
                .addExtendedKeyUsageServerAuth();
    }

    public X509Bundle leaf(String name, CertificateBuilder.Algorithm algorithm) throws Exception {
        return issue(template(name, algorithm));
    }

    /** By the intermediate authority. */
    X509Bundle issue(CertificateBuilder builder) throws Exception {
        return builder.buildIssuedBy(intermediate);
    }

    public X509Bundle root() {
        return root;
    }

    /** Trusts the root only. */
    public SSLContext client() throws GeneralSecurityException {
        return trusting(root);
    }

    public static SSLContext trusting(X509Bundle authority) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, authority.toTrustManagerFactory().getTrustManagers(), null);
        return context;
    }

    /** Chain and key into {@code chain.pem} and {@code chain.key}. */
    public static TlsSettings write(Path directory, X509Bundle bundle) throws IOException {
        Path certificate = Files.writeString(directory.resolve("chain.pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(directory.resolve("chain.key"), bundle.getPrivateKeyPEM());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return pem(certificate, key);
    }

    static TlsSettings pem(Path certificate, Path key) {
        return new TlsSettings(
                Optional.of(certificate),
                certificate.equals(key) ? Optional.empty() : Optional.of(key),
                Optional.empty(),
                Optional.empty(),
                certificate.resolveSibling("tls"));
    }

    static TlsSettings keyStore(Path keyStore, Optional<Path> passwordFile) {
        return new TlsSettings(
                Optional.empty(),
                Optional.empty(),
                Optional.of(keyStore),
                passwordFile,
                keyStore.resolveSibling("tls"));
    }

    static Path writeKeyStore(Path file, X509Bundle bundle, String password) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "server", bundle.getKeyPair().getPrivate(), password.toCharArray(), bundle.getCertificatePath());
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password.toCharArray());
        }
        return file;
    }

    /** Those that there are on this machine. */
    public static List<String> providers() {
        return OpenSsl.isAvailable() ? List.of("OPENSSL_REFCNT", "JDK") : List.of("JDK");
    }

    /** With a chosen provider, and looking after its files as often as may be. */
    public static ServerTls start(TlsSettings settings, MeterRegistry registry, String provider) {
        return ServerTls.start(
                settings, Clock.system(), registry, SslProvider.valueOf(provider), Duration.ofMillis(20));
    }
}
