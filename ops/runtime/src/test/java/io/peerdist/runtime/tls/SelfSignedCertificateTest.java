// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.peerdist.runtime.Clock;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelfSignedCertificateTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void isWhatJavaExpectsOfAServersCertificate() throws Exception {
        Instant now = Instant.parse("2026-11-23T01:02:03Z");
        X509Certificate certificate = make(now, "cache.branch.example", "localhost");

        certificate.verify(certificate.getPublicKey());
        assertThat(certificate.getVersion()).isEqualTo(3);
        assertThat(certificate.getSubjectX500Principal())
                .hasToString("CN=cache.branch.example")
                .isEqualTo(certificate.getIssuerX500Principal());
        assertThat(certificate.getNotBefore()).isEqualTo("2026-11-22T01:02:03Z");
        assertThat(certificate.getNotAfter()).isEqualTo("2031-11-23T01:02:03Z");
        assertThat(certificate.getBasicConstraints()).as("no authority").isEqualTo(-1);
        assertThat(certificate.getKeyUsage()).startsWith(true, false).doesNotContain(true, Index.atIndex(1));
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(certificate.getSerialNumber()).isGreaterThan(BigInteger.ONE.shiftLeft(100));
        assertThat(certificate.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
        assertThat(certificate.getPublicKey().getAlgorithm()).isEqualTo("EC");
        List<Object> names = new ArrayList<>();
        certificate.getSubjectAlternativeNames().forEach(name -> names.add(name.get(1)));
        assertThat(names).containsExactly("cache.branch.example", "localhost", "127.0.0.1", "2001:db8:0:0:0:0:0:7");
    }

    @Test
    void lastsBeyondTheYear2050() throws Exception {
        X509Certificate certificate = make(Instant.parse("2048-01-01T00:00:00Z"), "server");

        assertThat(certificate.getNotAfter().toInstant())
                .isEqualTo(Instant.parse("2048-01-01T00:00:00Z").plus(SelfSignedCertificate.VALIDITY));
    }

    @Test
    void hasAnotherKeyAndNumberEachTime() throws Exception {
        X509Certificate first = make(Instant.EPOCH, "server");
        X509Certificate second = make(Instant.EPOCH, "server");

        assertThat(first.getPublicKey()).isNotEqualTo(second.getPublicKey());
        assertThat(first.getSerialNumber()).isNotEqualTo(second.getSerialNumber());
    }

    @Test
    void leavesANameOutOfTheSubjectThatDoesNotFit() throws Exception {
        String longName = "a".repeat(60) + ".example";
        X509Certificate certificate = make(Instant.EPOCH, longName);

        assertThat(certificate.getSubjectX500Principal()).hasToString("CN=peerdist");
        assertThat(certificate.getSubjectAlternativeNames().iterator().next().get(1))
                .isEqualTo(longName);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-verify_hostname localhost", "-verify_ip 127.0.0.1", "-verify_ip 2001:db8::7"})
    void satisfiesOpensslAtItsStrictest(String name) throws Exception {
        X509Certificate made = make(Clock.system().instant(), "localhost");
        Path file = Files.writeString(directory.resolve("self.pem"), PrivateKeys.pem("CERTIFICATE", made.getEncoded()));
        List<String> arguments =
                new ArrayList<>(List.of("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", file.toString()));
        arguments.addAll(List.of(name.split(" ", -1)));
        arguments.add(file.toString());

        OpenSslCommand.Result result = OpenSslCommand.run("", arguments);

        assertThat(result.output()).endsWith(": OK\n");
        assertThat(result.exitCode()).isZero();
    }

    // --- files

    @Test
    void isKeptForTheOwnerOnly() throws Exception {
        Path kept = directory.resolve("data").resolve("tls");

        assertThat(SelfSignedFiles.ensure(kept, Clock.system(), RANDOM)).isTrue();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(kept)) {
            assertThat(files)
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
        assertThat(KeyMaterial.load(TlsSettings.selfSigned(directory.resolve("data")))
                        .chain())
                .hasSize(1);
        byte[] key = Files.readAllBytes(SelfSignedFiles.key(kept));
        assertThat(SelfSignedFiles.ensure(kept, Clock.system(), RANDOM)).isFalse();
        assertThat(SelfSignedFiles.key(kept)).hasBinaryContent(key);
    }

    @Test
    void isMadeAnewWhenMakingItWasInterrupted() throws Exception {
        Files.writeString(SelfSignedFiles.key(directory), "a key without a certificate");

        assertThat(SelfSignedFiles.ensure(directory, Clock.system(), RANDOM)).isTrue();

        assertThat(SelfSignedFiles.key(directory)).content().contains("BEGIN PRIVATE KEY");
    }

    @Test
    void isNotReplacedWhenOnlyItsKeyIsGone() {
        SelfSignedFiles.ensure(directory, Clock.system(), RANDOM);
        assertThat(SelfSignedFiles.key(directory).toFile().delete()).isTrue();

        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> SelfSignedFiles.ensure(directory, Clock.system(), RANDOM))
                .withMessageContaining("put the key back, or remove " + SelfSignedFiles.certificate(directory))
                .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION));
    }

    @Test
    void saysWhereItCannotBeKept() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "not a directory");

        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> SelfSignedFiles.ensure(file.resolve("tls"), Clock.system(), RANDOM))
                .withMessageContaining(file.resolve("tls") + ": a self-signed certificate cannot be kept there");
    }

    // --- names

    @Test
    void knowsThisMachine() {
        LocalNames names = LocalNames.ofThisMachine();

        assertThat(names.dnsNames())
                .endsWith("localhost")
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z0-9.-]+"));
        assertThat(names.addresses())
                .contains(InetAddress.getLoopbackAddress())
                .hasSizeLessThanOrEqualTo(16)
                .noneMatch(InetAddress::isLinkLocalAddress)
                .noneMatch(address -> address.getHostAddress().contains("%"));
    }

    private static X509Certificate make(Instant now, String... names) throws Exception {
        LocalNames localNames = new LocalNames(
                List.of(names),
                List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), InetAddress.getByName("2001:db8::7")));
        SelfSignedCertificate made = SelfSignedCertificate.make(localNames, now, RANDOM);
        assertThat(Duration.between(now, now.plus(SelfSignedCertificate.VALIDITY))
                        .toDays())
                .isEqualTo(1826);
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(made.certificate()));
    }
}
