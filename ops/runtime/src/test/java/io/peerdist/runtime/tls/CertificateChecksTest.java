// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.peerdist.runtime.tls.CertificateChecks.Validity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateChecksTest {
    private final TestCertificates certificates;

    CertificateChecksTest() throws Exception {
        certificates = new TestCertificates();
    }

    @Test
    void knowsHowACertificateStandsInTime() throws Exception {
        X509Certificate leaf = certificates.leaf("server", Algorithm.ecp256).getCertificate();
        Instant begin = leaf.getNotBefore().toInstant();
        Instant end = leaf.getNotAfter().toInstant();

        assertThat(CertificateChecks.validity(leaf, begin.minusSeconds(1))).isEqualTo(Validity.NOT_YET);
        assertThat(CertificateChecks.validity(leaf, begin)).isEqualTo(Validity.VALID);
        assertThat(CertificateChecks.validity(leaf, end.minus(CertificateChecks.EXPIRES_SOON)))
                .isEqualTo(Validity.VALID);
        assertThat(CertificateChecks.validity(
                        leaf, end.minus(CertificateChecks.EXPIRES_SOON).plusSeconds(1)))
                .isEqualTo(Validity.EXPIRES_SOON);
        assertThat(CertificateChecks.validity(leaf, end)).isEqualTo(Validity.EXPIRES_SOON);
        assertThat(CertificateChecks.validity(leaf, end.plusSeconds(1))).isEqualTo(Validity.EXPIRED);
        assertThat(CertificateChecks.sentence(Validity.NOT_YET, leaf)).contains(begin.toString(), "check the clock");
        assertThat(CertificateChecks.sentence(Validity.EXPIRED, leaf)).contains(end.toString(), "put a new one");
        assertThat(CertificateChecks.sentence(Validity.EXPIRES_SOON, leaf)).contains(end.toString());
        assertThat(CertificateChecks.sentence(Validity.VALID, leaf)).contains(end.toString());
    }

    @Test
    void findsNothingWrongWithAServersCertificate() throws Exception {
        assertThat(warnings(certificates.leaf("server", Algorithm.ecp256))).isEmpty();
        assertThat(warnings(certificates.issue(new CertificateBuilder()
                        .subject("CN=any")
                        .addSanDnsName("any")
                        .ecp256())))
                .as("without extendedKeyUsage everything is allowed")
                .isEmpty();
    }

    @Test
    void warnsOfACertificateThatIsNotForServers() throws Exception {
        X509Bundle client = certificates.issue(new CertificateBuilder()
                .subject("CN=client")
                .addSanDnsName("client")
                .addExtendedKeyUsageClientAuth()
                .ecp256());

        assertThat(warnings(client)).singleElement().asString().contains("serverAuth");
    }

    @Test
    void warnsOfACertificateWithoutNames() throws Exception {
        X509Bundle nameless = certificates.issue(
                new CertificateBuilder().subject("CN=nameless").ecp256());

        assertThat(warnings(nameless)).singleElement().asString().contains("subjectAltName");
    }

    @Test
    void warnsOfAChainOutOfOrder() throws Exception {
        X509Bundle leaf = certificates.leaf("server", Algorithm.ecp256);
        KeyMaterial material = new KeyMaterial(
                leaf.getKeyPair().getPrivate(),
                List.of(leaf.getCertificate(), certificates.root().getCertificate()),
                Path.of("chain.pem"));

        assertThat(CertificateChecks.warnings(material))
                .singleElement()
                .asString()
                .contains("CN=server was not issued by CN=root");
    }

    @Test
    void seesAKeyThatEverybodyCanRead(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("key"), "");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(CertificateChecks.isReadableByAll(file)).isTrue();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(CertificateChecks.isReadableByAll(file)).isFalse();
        assertThat(CertificateChecks.isReadableByAll(directory.resolve("missing")))
                .isFalse();
    }

    private static List<String> warnings(X509Bundle bundle) {
        return CertificateChecks.warnings(new KeyMaterial(
                bundle.getKeyPair().getPrivate(), List.of(bundle.getCertificatePath()), Path.of("chain.pem")));
    }
}
