// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.contentserver.ContentServerSettings;
import io.peerdist.contentserver.SecretSettings;
import io.peerdist.contentserver.manifest.ManifestSettings;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DaemonConfigurationTest {
    @TempDir
    private Path directory;

    @Test
    void readsEveryKeyOfItsSection() throws IOException {
        DaemonConfiguration configuration = DaemonConfiguration.read(file("""
                        content-server:
                          root: /srv/files
                          data-dir: /var/lib/peerdist
                          secret-file: /etc/peerdist/secret
                          bind: 127.0.0.1
                          http-port: 8081
                          management-bind: "::1"
                          management-port: 0
                          hash-wait: 0s
                          hash-request-wait: 30s
                          minimum-size: 64KiB
                          maximum-size: 1TiB
                          memory: 0
                          hash-threads: 3
                          max-connections: 10
                        """), SettingOverrides.none());

        ContentServerSettings settings = configuration.settings();
        assertThat(settings.root()).isEqualTo(Path.of("/srv/files"));
        assertThat(settings.secrets()).isEqualTo(SecretSettings.of(Path.of("/etc/peerdist/secret")));
        assertThat(settings.bind().getPort()).isEqualTo(8081);
        assertThat(settings.origin().hashWait()).isZero();
        assertThat(settings.origin().hashRequestWait()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.limits().minimumBytes()).isEqualTo(65536);
        assertThat(settings.limits().maximumBytes()).isEqualTo(1L << 40);
        assertThat(settings.hashThreads()).isEqualTo(3);
        assertThat(settings.maxConnections()).isEqualTo(10);
        assertThat(configuration.managementBind().getAddress().getHostAddress()).isEqualTo("0:0:0:0:0:0:0:1");
    }

    @Test
    void needsNothingButTheTwoDirectories() {
        DaemonConfiguration configuration = DaemonConfiguration.read(
                null,
                new SettingOverrides()
                        .put("content-server.root", "--root", "/srv")
                        .put("content-server.data-dir", "--data-dir", "/data"));

        assertThat(configuration.settings())
                .isEqualTo(ContentServerSettings.of(
                        Path.of("/srv"), configuration.settings().bind(), Path.of("/data")));
        assertThat(configuration.settings().bind().getAddress().isAnyLocalAddress())
                .isTrue();
        assertThat(configuration.managementBind().getAddress().isLoopbackAddress())
                .isTrue();
    }

    @Test
    void tellsEverythingThatIsWrongAtOnce() throws IOException {
        Path file = file("""
                content-server:
                  root: /srv
                  http-port: 70000
                  hash-weight: 1s
                  hash-wait: soon
                  minimum-size: 2GiB
                  maximum-size: 1GiB
                """);

        assertThatThrownBy(() -> DaemonConfiguration.read(file, SettingOverrides.none()))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("http-port")
                .hasMessageContaining("did you mean \"hash-wait\"?")
                .hasMessageContaining("soon")
                .hasMessageContaining("minimum-size")
                .hasMessageContaining("data-dir")
                .extracting(failure -> ((FailureException) failure).exitCode())
                .isEqualTo(ExitCode.CONFIGURATION);
    }

    @Test
    void servesNoManifestUnlessItHasAPort() throws IOException {
        String withoutPort = """
                content-server:
                  root: /srv/files
                  data-dir: /var/lib/peerdist
                  bind: 127.0.0.1
                  manifest:
                    token-file: /etc/peerdist/token
                    signing-key: /etc/peerdist/key.pem
                    tls:
                      certificate: /etc/peerdist/tls.pem
                """;

        assertThat(DaemonConfiguration.read(file(withoutPort), SettingOverrides.none())
                        .settings()
                        .manifest())
                .isEmpty();
        ManifestSettings manifest = DaemonConfiguration.read(
                        file(withoutPort),
                        new SettingOverrides().put("content-server.manifest.port", "--manifest-port", 8443))
                .settings()
                .manifest()
                .orElseThrow();

        assertThat(manifest.bind().getPort()).isEqualTo(8443);
        assertThat(manifest.bind().getAddress().isLoopbackAddress()).isTrue();
        assertThat(manifest.tokenFile()).contains(Path.of("/etc/peerdist/token"));
        assertThat(manifest.signingKey()).contains(Path.of("/etc/peerdist/key.pem"));
        assertThat(manifest.tls().certificate()).contains(Path.of("/etc/peerdist/tls.pem"));
    }

    @Test
    void readsARingOfSecrets() throws IOException {
        SecretSettings secrets = DaemonConfiguration.read(file("""
                        content-server:
                          root: /srv/files
                          data-dir: /var/lib/peerdist
                          secrets:
                            current: /etc/peerdist/secret-b
                            current-until: 2027-03-01T00:00:00Z
                            next: /etc/peerdist/secret-c
                            next-from: 2027-01-31T22:00:00+01:00
                            previous: /etc/peerdist/secret-a
                            previous-until: 2026-12-31T00:00:00Z
                        """), SettingOverrides.none())
                .settings()
                .secrets();

        assertThat(secrets)
                .isEqualTo(new SecretSettings(
                        Optional.of(Path.of("/etc/peerdist/secret-b")),
                        Optional.of(Instant.parse("2027-03-01T00:00:00Z")),
                        Optional.of(Path.of("/etc/peerdist/secret-c")),
                        Optional.of(Instant.parse("2027-01-31T21:00:00Z")),
                        Optional.of(Path.of("/etc/peerdist/secret-a")),
                        Optional.of(Instant.parse("2026-12-31T00:00:00Z"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "next: /n | secrets.next: alone",
                "next-from: 2027-01-31T22:00:00Z | secrets.next-from: alone",
                "previous: /n | secrets.previous: alone",
                "previous-until: 2027-01-31T22:00:00Z | secrets.previous-until: alone",
                "previous-until: tomorrow | 2027-01-31T22:00:00Z",
                "previous-until: 2027-01-31T22:00:00 | expected: a time with its offset",
                "current-until: 2027-01-31T22:00:00Z | expected: with next",
                "current: /c | expected: either this or secret-file",
                "next-form: x | did you mean",
            })
    void refusesARingThatMakesNoSense(String line, String words) throws IOException {
        Path file = file("""
                content-server:
                  root: /srv
                  data-dir: /data
                  secret-file: /key
                  secrets:
                    %s
                """.formatted(line));

        assertThatThrownBy(() -> DaemonConfiguration.read(file, SettingOverrides.none()))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining(words);
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("peerdist.yaml"), yaml);
    }
}
