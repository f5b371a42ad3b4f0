// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.blockstore.Quotas;
import io.peerdist.codec.pchc.ContentComponent;
import io.peerdist.hostedcache.authentication.AuthenticationMode;
import io.peerdist.hostedcache.authentication.AuthenticationSettings;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import io.peerdist.runtime.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostedCacheSettingsTest {
    @TempDir
    private Path directory;

    @Test
    void hasADefaultForEverythingButTheDirectory() throws IOException {
        HostedCacheSettings settings = read("hosted-cache:\n  data-dir: /var/lib/peerdist\n");

        assertThat(settings)
                .isEqualTo(HostedCacheSettings.of(Path.of("/var/lib/peerdist")))
                .isEqualTo(new HostedCacheSettings(
                        Path.of("/var/lib/peerdist"),
                        10L << 30,
                        "0.0.0.0",
                        80,
                        Optional.empty(),
                        "127.0.0.1",
                        9081,
                        4_096,
                        1_024,
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(2),
                        128,
                        16,
                        131_072,
                        65_536,
                        TrustSettings.DEFAULT,
                        new QuotaSettings(1_200, 8L << 30),
                        AuthenticationSettings.NONE,
                        new KeepingSettings(Duration.ofDays(28), Quotas.NONE),
                        new StorageSettings(Duration.ofSeconds(5), 64L << 20, 4L << 20),
                        new LeaseSettings(
                                true,
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(5),
                                6_000,
                                65_536,
                                4_096,
                                4_096,
                                Duration.ofMinutes(10)),
                        ProbeSettings.OFF));
    }

    @Test
    void readsEveryKey() throws IOException {
        HostedCacheSettings settings = read("""
                hosted-cache:
                  data-dir: /d
                  cache-size: 64MiB
                  bind: "::1"
                  http-port: 8080
                  https-port: 0
                  tls:
                    certificate: /c.pem
                    key: /k.pem
                  management-bind: 127.0.0.2
                  management-port: 9999
                  max-connections: 10
                  max-sessions: 11
                  upload-timeout: 100ms
                  request-timeout: 1m
                  max-pulls: 12
                  max-pulls-per-peer: 3
                  max-waiting-segments: 100
                  max-waiting-segments-per-address: 50
                  quotas:
                    offers-per-minute: 7
                    bytes-outstanding: 3MiB
                  max-age: 180d
                  sync-interval: 1s
                  sync-size: 0
                  scrub-rate: 1MiB
                  answer-probes: true
                  quotas-by-content:
                    bits: 50%
                    other: 1MiB
                  authentication:
                    keytab: /k
                  quarantine:
                    segments-per-hour: 7
                  leases:
                    enabled: false
                    time-to-live: 20s
                    longest: 1m
                    requests-per-minute: 60
                    max-leases: 9
                    max-leases-per-client: 8
                """);

        assertThat(settings)
                .isEqualTo(new HostedCacheSettings(
                        Path.of("/d"),
                        64 << 20,
                        "::1",
                        8080,
                        Optional.of(new HostedCacheSettings.HttpsSettings(
                                0,
                                new TlsSettings(
                                        Optional.of(Path.of("/c.pem")),
                                        Optional.of(Path.of("/k.pem")),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Path.of("/d/tls")))),
                        "127.0.0.2",
                        9999,
                        10,
                        11,
                        Duration.ofMillis(100),
                        Duration.ofMinutes(1),
                        12,
                        3,
                        100,
                        50,
                        new TrustSettings(Optional.empty(), new QuarantineSettings(7)),
                        new QuotaSettings(7, 3 << 20),
                        new AuthenticationSettings(
                                AuthenticationMode.NONE, Optional.of(Path.of("/k")), Optional.empty(), List.of()),
                        new KeepingSettings(
                                Duration.ofDays(180),
                                Quotas.of(Map.of(
                                        ContentComponent.BITS,
                                        (64L << 20) / 100 * 50,
                                        ContentComponent.OTHER,
                                        1L << 20))),
                        new StorageSettings(Duration.ofSeconds(1), 0, 1 << 20),
                        new LeaseSettings(
                                false,
                                Duration.ofSeconds(20),
                                Duration.ofMinutes(1),
                                60,
                                9,
                                8,
                                4_096,
                                Duration.ofMinutes(10)),
                        new ProbeSettings(true, List.of(), ProbeSettings.OFF.reach())));
    }

    @Test
    void readsWhereProbesAreAnswered() throws IOException {
        HostedCacheSettings settings =
                read("hosted-cache: {data-dir: /d, discovery-interfaces: [eth0, 10.1.0.0/16], answer-probes: true}");

        assertThat(settings.probes().interfaces()).extracting(Object::toString).containsExactly("eth0", "10.1.0.0/16");
        assertThatThrownBy(() -> read("hosted-cache: {data-dir: /d, discovery-interfaces: [10.1.0.0/99]}"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("discovery-interfaces: interface: 10.1.0.0/99");
    }

    @Test
    void keepsForEverWhenToldSo() throws IOException {
        HostedCacheSettings settings = read("hosted-cache: {data-dir: /d, max-age: 0}");

        assertThat(settings.keeping().maxAge()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max-age: 36h",
                "max-age: -1d",
                "quotas-by-content: {bits: 101%}",
                "quotas-by-content: {bits: half}",
                "quotas-by-content: {bits: x%}",
                "quotas-by-content: {bites: 50%}"
            })
    void refusesWhatCannotBeKept(String line) {
        assertThatThrownBy(() -> read("hosted-cache:\n  data-dir: /d\n  " + line + "\n"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining(line.contains("max-age") ? "max-age" : "quotas-by-content");
    }

    @Test
    void sharesNeverExceedTheWhole() throws IOException {
        HostedCacheSettings settings = read("""
                hosted-cache:
                  data-dir: /d
                  max-pulls: 2
                  max-waiting-segments: 10
                """);

        assertThat(settings.maxPullsPerPeer()).isEqualTo(2);
        assertThat(settings.maxWaitingSegmentsPerAddress()).isEqualTo(10);
        assertThat(settings.pulls().maxPulls()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cache-size: 1MiB",
                "http-port: 65536",
                "max-sessions: 0",
                "upload-timeout: 99ms",
                "upload-timeout: 61m",
                "request-timeout: 61s",
                "max-pulls: 0",
                "max-pulls: 1025",
                "quotas: {offers-per-minute: 0}",
                "quotas: {bytes-outstanding: 1023KiB}"
            })
    void refusesWhatIsOutOfRange(String line) {
        assertThatThrownBy(() -> read("hosted-cache:\n  data-dir: /d\n  " + line + "\n"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining(line.substring(0, line.indexOf(':')))
                .hasMessageContaining("expected");
    }

    private HostedCacheSettings read(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("peerdist.yaml"), yaml);
        ConfigurationReader reader =
                ConfigurationReader.open(file, Set.of(HostedCacheSettings.SECTION), SettingOverrides.none());
        HostedCacheSettings settings = HostedCacheSettings.read(reader.section(HostedCacheSettings.SECTION));
        reader.finish();
        return settings;
    }
}
