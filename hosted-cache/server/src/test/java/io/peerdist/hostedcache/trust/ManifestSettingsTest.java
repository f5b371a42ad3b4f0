// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestSettingsTest {
    private static final String NEEDED = "    url: https://hq:8444\n    token-file: /t\n    public-key: /k\n";

    @TempDir
    private Path directory;

    @Test
    void areAbsentWithoutASection() throws IOException {
        assertThat(read("hosted-cache: {}\n")).isEmpty();
    }

    @Test
    void haveDefaults() throws IOException {
        assertThat(read("hosted-cache:\n  manifest:\n" + NEEDED))
                .contains(new ManifestSettings(
                        URI.create("https://hq:8444/manifest/v1"),
                        Path.of("/t"),
                        Path.of("/k"),
                        Optional.empty(),
                        Duration.ofSeconds(30),
                        Unlisted.STORE,
                        512L << 20));
    }

    @Test
    void readEveryKey() throws IOException {
        assertThat(read("""
                hosted-cache:
                  manifest:
                    url: https://hq/behind/a/proxy
                    token-file: /t
                    public-key: /k
                    certificate: /c
                    poll-interval: 5m
                    unlisted: refuse
                    key-store-size: 2GiB
                """))
                .contains(new ManifestSettings(
                        URI.create("https://hq/behind/a/proxy"),
                        Path.of("/t"),
                        Path.of("/k"),
                        Optional.of(Path.of("/c")),
                        Duration.ofMinutes(5),
                        Unlisted.REFUSE,
                        2L << 30));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://hq:8444",
                "hq:8444",
                "https://",
                "https:///manifest/v1",
                "https://user@hq",
                "https://hq/?feed=1",
                "https://hq/#top",
                "'https://h q'"
            })
    void refuseOtherAddresses(String url) {
        assertThatThrownBy(() -> read("hosted-cache:\n  manifest:\n" + NEEDED.replace("https://hq:8444", url)))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("hosted-cache.manifest.url");
    }

    @Test
    void nameEverythingThatIsMissing() {
        assertThatThrownBy(() -> read("hosted-cache:\n  manifest:\n    url: https://hq\n"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("hosted-cache.manifest.token-file")
                .hasMessageContaining("hosted-cache.manifest.public-key");
        assertThatThrownBy(() -> read("hosted-cache:\n  manifest:\n    public-key: /k\n"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("hosted-cache.manifest.url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"poll-interval: 999ms", "poll-interval: 25h", "unlisted: maybe", "key-store-size: 15MiB"})
    void refuseWhatIsOutOfRange(String line) {
        assertThatThrownBy(() -> read("hosted-cache:\n  manifest:\n" + NEEDED + "    " + line + "\n"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("hosted-cache.manifest." + line.substring(0, line.indexOf(':')));
    }

    private Optional<ManifestSettings> read(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("peerdist.yaml"), yaml);
        ConfigurationReader reader = ConfigurationReader.open(file, Set.of("hosted-cache"), SettingOverrides.none());
        Optional<ManifestSettings> settings =
                ManifestSettings.read(reader.section("hosted-cache").section(ManifestSettings.SECTION));
        reader.finish();
        return settings;
    }
}
