// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsSettingsTest {
    private static final Path DATA = Path.of("/data");

    @TempDir
    private Path directory = Path.of("");

    @Test
    void readsPemFiles() throws IOException {
        TlsSettings settings = read("{certificate: /c.pem, key: /k.pem}");

        assertThat(settings.certificate()).contains(Path.of("/c.pem"));
        assertThat(settings.privateKey()).contains(Path.of("/k.pem"));
        assertThat(settings.isSelfSigned()).isFalse();
        assertThat(settings.files()).containsExactly(Path.of("/c.pem"), Path.of("/k.pem"));
        assertThat(settings.secretFiles()).containsExactly(Path.of("/k.pem"));
        assertThat(read("{certificate: /both.pem}").secretFiles()).containsExactly(Path.of("/both.pem"));
    }

    @Test
    void readsAKeyStore() throws IOException {
        TlsSettings settings = read("{key-store: /s.p12, key-store-password-file: /pw}");

        assertThat(settings.keyStore()).contains(Path.of("/s.p12"));
        assertThat(settings.files()).containsExactly(Path.of("/s.p12"), Path.of("/pw"));
        assertThat(settings.secretFiles()).containsExactly(Path.of("/s.p12"), Path.of("/pw"));
        assertThat(read("{key-store: /s.p12}").keyStorePasswordFile()).isEmpty();
    }

    @Test
    void fallsBackToACertificateInTheDataDirectory() throws IOException {
        TlsSettings settings = read("{}");

        assertThat(settings).isEqualTo(TlsSettings.selfSigned(DATA));
        assertThat(settings.isSelfSigned()).isTrue();
        assertThat(settings.files()).containsExactly(DATA.resolve("tls/certificate.pem"), DATA.resolve("tls/key.pem"));
        assertThat(settings.secretFiles()).containsExactly(DATA.resolve("tls/key.pem"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "certificate: /c, key-store: /s | tls.key-store: /s (expected: either certificate or key-store)",
                "key: /k | tls.key: /k (expected: together with certificate)",
                "key-store-password-file: /p | key-store-password-file: /p (expected: together with key-store)",
                "certificat: /c | unknown key: hosted-cache.tls.certificat (did you mean \"certificate\"?)"
            })
    void reportsWhatDoesNotGoTogether(String yaml, String problem) {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> read("{" + yaml + "}"))
                .withMessageContaining(problem)
                .withMessageContaining(":1: ");
    }

    @Test
    void refusesToBeWhatDoesNotGoTogether() {
        Optional<Path> file = Optional.of(Path.of("/f"));
        Optional<Path> none = Optional.empty();
        assertThatIllegalArgumentException().isThrownBy(() -> new TlsSettings(file, none, file, none, DATA));
        assertThatIllegalArgumentException().isThrownBy(() -> new TlsSettings(none, file, none, none, DATA));
        assertThatIllegalArgumentException().isThrownBy(() -> new TlsSettings(none, none, none, file, DATA));
    }

    private TlsSettings read(String tls) throws IOException {
        Path file = Files.writeString(directory.resolve("peerdist.yaml"), "hosted-cache: {tls: " + tls + "}");
        ConfigurationReader reader =
                ConfigurationReader.open(file, ConfigurationReader.SECTIONS, SettingOverrides.none());
        TlsSettings settings = TlsSettings.read(reader.section("hosted-cache").section("tls"), DATA);
        reader.finish();
        return settings;
    }
}
