// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import io.peerdist.conformance.Await;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.FailureException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ServerTlsTest {
    private static final Duration NEVER = Duration.ofDays(1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TestCertificates certificates;

    @TempDir
    private Path directory = Path.of("");

    ServerTlsTest() throws Exception {
        certificates = new TestCertificates();
    }

    @BeforeEach
    void hasADirectory() {
        assertThat(directory).isNotEqualTo(Path.of(""));
    }

    private ServerTls start(TlsSettings settings) {
        return ServerTls.start(settings, Clock.system(), registry, SslProvider.JDK, NEVER);
    }

    @Test
    void showsTheFingerprintThatOpensslShows() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        try (ServerTls tls = start(TestCertificates.write(directory, leaf))) {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(leaf.getCertificate().getEncoded());
            assertThat(tls.fingerprint())
                    .hasSize(32 * 3 - 1)
                    .isEqualTo(HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest));
            assertThat(tls.certificate()).isEqualTo(leaf.getCertificate());
            OpenSslCommand.Result openssl = OpenSslCommand.run(
                    "", List.of("x509", "-noout", "-fingerprint", "-sha256", "-in", directory + "/chain.pem"));
            assertThat(openssl.output()).contains(tls.fingerprint());
        }
    }

    @Test
    void makesASelfSignedCertificateOnce() {
        TlsSettings settings = TlsSettings.selfSigned(directory);
        String first;
        try (ServerTls tls = start(settings)) {
            first = tls.fingerprint();
        }
        try (ServerTls tls = start(settings)) {
            assertThat(tls.fingerprint()).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @MethodSource("io.peerdist.runtime.tls.TestCertificates#providers")
    void loadsWhatReplacedItsFilesAndGivesTheOldContextBack(String provider) throws Exception {
        TlsSettings settings = TestCertificates.write(directory, certificates.leaf("first", Algorithm.ecp256));
        X509Bundle second = certificates.leaf("second", Algorithm.rsa2048);
        try (ServerTls tls =
                ServerTls.start(settings, Clock.system(), registry, SslProvider.valueOf(provider), NEVER)) {
            Object firstContext = tls.context();
            SslHandler connection = tls.newHandler(UnpooledByteBufAllocator.DEFAULT);
            TestCertificates.write(directory, second);

            tls.look();
            assertThat(tls.certificate()).isNotEqualTo(second.getCertificate());
            tls.look();

            assertThat(tls.certificate()).isEqualTo(second.getCertificate());
            assertThat(reloads("ok")).isEqualTo(1);
            if (firstContext instanceof ReferenceCounted counted) {
                assertThat(counted.refCnt()).as("held by the connection only").isEqualTo(1);
                ReferenceCountUtil.release(connection.engine());
                assertThat(counted.refCnt()).isZero();
            }
            tls.look();
            tls.look();
            assertThat(reloads("ok")).isEqualTo(1);
        }
    }

    @Test
    void keepsTheOldCertificateWhenTheNewOneCannotBeUsed() throws Exception {
        X509Bundle first = certificates.leaf("first", Algorithm.ecp256);
        TlsSettings settings = TestCertificates.write(directory, first);
        Path certificate = settings.certificate().orElseThrow();
        try (ServerTls tls = start(settings)) {
            Files.writeString(certificate, "damaged");
            tls.look();
            tls.look();
            tls.look();
            assertThat(reloads("failed")).as("told once").isEqualTo(1);

            X509Bundle other = certificates.leaf("other", Algorithm.ecp256);
            Files.writeString(certificate, other.getCertificatePathPEM());
            tls.look();
            tls.look();
            assertThat(reloads("failed")).as("another key").isEqualTo(2);

            Files.delete(certificate);
            tls.look();
            tls.look();
            assertThat(reloads("failed")).as("missing").isEqualTo(3);
            assertThat(tls.certificate()).isEqualTo(first.getCertificate());
            assertThat(reloads("ok")).isZero();

            TestCertificates.write(directory, other);
            tls.look();
            tls.look();
            assertThat(tls.certificate()).isEqualTo(other.getCertificate());
        }
    }

    @Test
    void seesAReplacedSymbolicLinkEvenWhenTimeAndSizeAgree() throws Exception {
        Path old = Files.createDirectory(directory.resolve("old"));
        Path fresh = Files.createDirectory(directory.resolve("new"));
        TestCertificates.write(old, certificates.leaf("a-server", Algorithm.ecp256));
        X509Bundle second = certificates.leaf("b-server", Algorithm.ecp256);
        TestCertificates.write(fresh, second);
        for (Path file : List.of(old.resolve("chain.pem"), fresh.resolve("chain.pem"))) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        }
        Path link = Files.createSymbolicLink(directory.resolve("live"), old);
        try (ServerTls tls = start(TestCertificates.pem(link.resolve("chain.pem"), link.resolve("chain.key")))) {
            Path next = Files.createSymbolicLink(directory.resolve("next"), fresh);
            Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
            tls.look();
            tls.look();

            assertThat(tls.certificate()).isEqualTo(second.getCertificate());
        }
    }

    @Test
    void looksByItself() throws Exception {
        TlsSettings settings = TestCertificates.write(directory, certificates.leaf("first", Algorithm.ecp256));
        X509Bundle second = certificates.leaf("second", Algorithm.ecp256);
        try (ServerTls tls = TestCertificates.start(settings, registry, "JDK")) {
            TestCertificates.write(directory, second);

            Await.until("the new certificate", () -> tls.certificate().equals(second.getCertificate()));
        }
    }

    @Test
    void measuresTheTimeLeft() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        Instant end = leaf.getCertificate().getNotAfter().toInstant();
        SetClock clock = new SetClock(end.minusSeconds(100));
        try (ServerTls tls =
                ServerTls.start(TestCertificates.write(directory, leaf), clock, registry, SslProvider.JDK, NEVER)) {
            assertThat(expirySeconds()).isEqualTo(100);
            clock.set(end.plusSeconds(7));
            tls.look();
            assertThat(expirySeconds()).isEqualTo(-7);
        }
    }

    @ParameterizedTest
    @MethodSource("io.peerdist.runtime.tls.TestCertificates#providers")
    void givesItsContextBackWhenItIsClosed(String provider) throws Exception {
        TlsSettings settings = TestCertificates.write(directory, certificates.leaf("server", Algorithm.ecp256));
        ServerTls tls = TestCertificates.start(settings, registry, provider);
        Object context = tls.context();

        tls.close();
        tls.close();

        if (context instanceof ReferenceCounted counted) {
            assertThat(counted.refCnt()).isZero();
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> tls.newHandler(UnpooledByteBufAllocator.DEFAULT))
                .withMessageContaining("closed");
    }

    @Test
    void failsToStartWithAFileThatIsNotThere() {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> start(TestCertificates.pem(directory.resolve("a"), directory.resolve("b"))))
                .withMessage("TLS: " + directory.resolve("a") + ": no such file");
    }

    private int reloads(String result) {
        return (int) registry.get("peerdist_tls_reloads")
                .tag("result", result)
                .counter()
                .count();
    }

    private double expirySeconds() {
        return registry.get("peerdist_tls_certificate_expiry_seconds").gauge().value();
    }
}
