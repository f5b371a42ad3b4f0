// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.tls.ServerTls;
import io.peerdist.runtime.tls.TlsSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateCheckIT {
    @TempDir
    Path directory;

    private X509Certificate certificate;

    @BeforeEach
    void makeACertificate() {
        certificate = make(directory);
    }

    @Test
    void tellsHowLongACertificateIsValid() {
        Instant end = certificate.getNotAfter().toInstant();

        assertThat(check(files(directory, directory), end.minus(Duration.ofDays(60))))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.OK);
                    assertThat(finding.seen()).endsWith("is valid until " + end + " and belongs to its key");
                });
        assertThat(check(files(directory, directory), end.minus(Duration.ofDays(29)))
                        .get(0)
                        .level())
                .isEqualTo(Level.HINT);
        assertThat(check(files(directory, directory), end.plusSeconds(1)).get(0).seen())
                .contains("has expired");
        assertThat(check(
                                files(directory, directory),
                                certificate.getNotBefore().toInstant().minusSeconds(1))
                        .get(0)
                        .advice())
                .contains("clock");
    }

    @Test
    void findsAKeyOfAnotherCertificateAndFilesThatAreNotThere() {
        Path other = directory.resolve("other");
        make(other);

        assertThat(check(files(directory, other), Clock.system().instant()).get(0))
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.PROBLEM);
                    assertThat(finding.seen()).contains("does not belong to the private key");
                });
        assertThat(check(
                                files(directory.resolve("absent"), other),
                                Clock.system().instant())
                        .get(0)
                        .level())
                .isEqualTo(Level.PROBLEM);
    }

    @Test
    void hintsAtASelfSignedCertificate() {
        Instant now = Clock.system().instant();

        assertThat(check(TlsSettings.selfSigned(directory), now))
                .extracting(Finding::level)
                .containsExactly(Level.OK, Level.HINT);
        assertThat(check(TlsSettings.selfSigned(directory.resolve("new")), now))
                .singleElement()
                .satisfies(finding -> assertThat(finding.seen()).contains("is made at the first start"));
    }

    @Test
    void looksAtWhatAServerShows() throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context()));
        server.start();
        try {
            HostPort address = new HostPort("127.0.0.1", server.getAddress().getPort());
            List<Finding> findings = new HostedCacheCheck(address, Clock.system()).run();

            assertThat(findings.get(0)).satisfies(finding -> {
                assertThat(finding.level()).isEqualTo(Level.PROBLEM);
                assertThat(finding.seen()).contains("it speaks TLS");
            });
            assertThat(findings).anyMatch(finding -> finding.seen().contains("is not trusted by this machine"));
            ShownCertificate shown = ShownCertificate.of(address.resolve());
            assertThat(shown.leaf()).isEqualTo(certificate);
            assertThat(shown.judge(
                            "x",
                            new HostPort("cache.example", 443),
                            Clock.system().instant()))
                    .anyMatch(finding -> finding.seen().endsWith("does not name cache.example"));
            assertThat(shown.judge(
                            "x", address, certificate.getNotAfter().toInstant().plusSeconds(1)))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.PROBLEM));
        } finally {
            server.stop(0);
        }
    }

    private static X509Certificate make(Path where) {
        try (ServerTls tls =
                ServerTls.start(TlsSettings.selfSigned(where), Clock.system(), new SimpleMeterRegistry())) {
            return tls.certificate();
        }
    }

    private static TlsSettings files(Path certificate, Path key) {
        return new TlsSettings(
                Optional.of(certificate.resolve("tls/certificate.pem")),
                Optional.of(key.resolve("tls/key.pem")),
                Optional.empty(),
                Optional.empty(),
                certificate);
    }

    private static List<Finding> check(TlsSettings settings, Instant now) {
        return new CertificateCheck(settings, InstantSource.fixed(now)).run();
    }

    private SSLContext context() throws Exception {
        String pem = Files.readString(directory.resolve("tls/key.pem")).replaceAll("-----[A-Z ]+-----|\\s", "");
        PrivateKey key = KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", key, new char[0], new Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
