// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.hostedcache.authentication.HttpExchange;
import io.peerdist.hostedcache.authentication.KerberosRealm;
import io.peerdist.hostedcache.authentication.TrustedCertificate;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Client authentication of the command, in a virtual machine that has no {@code krb5.conf}. */
class AuthenticationProcessIT {
    @TempDir
    private Path directory;

    @Test
    void authenticatesByTheKeytabAlone() throws Exception {
        try (KerberosRealm realm = new KerberosRealm(directory)) {
            Path data = directory.resolve("data");
            Path file = Files.writeString(
                    directory.resolve("peerdist.yaml"),
                    "hosted-cache: {authentication: {keytab: " + realm.keytab(KerberosRealm.SERVICE) + "}}");
            try (HostedCacheProcess cache = HostedCacheProcess.run(
                    directory,
                    data,
                    "--config",
                    file.toString(),
                    "--https-port",
                    "0",
                    "--client-authentication",
                    "domain")) {
                String authorization = realm.client(KerberosRealm.PC1)
                        .to(KerberosRealm.SERVICE)
                        .authorization();
                InetSocketAddress https = cache.address("https");
                try (HttpExchange exchange = new HttpExchange(
                        TrustedCertificate.madeIn(data.resolve("tls"))
                                .getSocketFactory()
                                .createSocket(https.getAddress(), https.getPort()),
                        HostedCacheRequest.OFFER_PATH_V1)) {
                    assertThat(exchange.post(new byte[1]).status()).isEqualTo(401);
                    // It is no offer, but that is looked at only when its sender is known.
                    assertThat(exchange.post(new byte[1], authorization).status())
                            .isEqualTo(400);
                }
                cache.stop();
                assertThat(cache.errors())
                        .contains("PC1$@CORP.EXAMPLE is authenticated to")
                        .doesNotContain(authorization.substring("Negotiate ".length(), 60));
            }
        }
    }

    @Test
    void saysThatTheKeytabIsMissing() throws Exception {
        Path file = Files.writeString(
                directory.resolve("peerdist.yaml"),
                "hosted-cache: {http-port: 0, https-port: 0, authentication: {keytab: /nowhere/http.keytab}}");
        try (HostedCacheProcess process = new HostedCacheProcess(
                directory,
                "run",
                "--config",
                file.toString(),
                "--data-dir",
                directory.resolve("data").toString(),
                "--client-authentication",
                "domain")) {
            assertThat(process.exitCode()).isEqualTo(64);
            assertThat(process.errors()).contains("keytab /nowhere/http.keytab: does not exist");
        }
    }

    @Test
    void saysWhatElseIsNeeded() throws Exception {
        try (HostedCacheProcess process = new HostedCacheProcess(
                directory,
                "run",
                "--data-dir",
                directory.resolve("data").toString(),
                "--client-authentication",
                "domain")) {
            assertThat(process.exitCode()).isEqualTo(64);
            assertThat(process.errors())
                    .contains("hosted-cache.authentication.keytab: missing")
                    .contains("--client-authentication: domain (expected: none, or an https-port");
        }
    }

    @Test
    void knowsTwoModes() throws Exception {
        try (HostedCacheProcess process = new HostedCacheProcess(
                directory,
                "run",
                "--data-dir",
                directory.resolve("data").toString(),
                "--client-authentication",
                "ntlm")) {
            assertThat(process.exitCode()).isEqualTo(64);
            assertThat(process.errors()).contains("--client-authentication: \"ntlm\" (expected: one of none, domain)");
        }
    }
}
