// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticationSettingsTest {
    @TempDir
    private Path directory;

    @Test
    void asksNobodyForATicketUnlessToldTo() throws IOException {
        assertThat(read("")).isEqualTo(AuthenticationSettings.NONE);
    }

    @Test
    void readsEveryKey() throws IOException {
        assertThat(read("""
                mode: domain
                keytab: /etc/peerdist/http.keytab
                service-principal: HTTP/cache.corp.example@CORP.EXAMPLE
                allow: ["@CORP.EXAMPLE", "PC1$@PARTNER.EXAMPLE"]
                """))
                .isEqualTo(new AuthenticationSettings(
                        AuthenticationMode.DOMAIN,
                        Optional.of(Path.of("/etc/peerdist/http.keytab")),
                        Optional.of("HTTP/cache.corp.example@CORP.EXAMPLE"),
                        List.of("@CORP.EXAMPLE", "PC1$@PARTNER.EXAMPLE")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode: ntlm|expected: one of none, domain",
                "mode: domain|authentication.keytab: missing",
                "service-principal: HTTP/cache|expected: HTTP/cache.corp.example@CORP.EXAMPLE",
                "service-principal: host/cache@R|expected: HTTP/cache.corp.example@CORP.EXAMPLE",
                "allow: [CORP.EXAMPLE]|expected: @CORP.EXAMPLE or PC1$@CORP.EXAMPLE",
                "allow: ['PC1$@']|expected: @CORP.EXAMPLE or PC1$@CORP.EXAMPLE",
                "user: x|unknown key: hosted-cache.authentication.user"
            })
    void refusesWhatCannotBe(String line, String complaint) {
        assertThatThrownBy(() -> read(line + "\n"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void hasNobodyToAuthenticateWithoutHttps() throws IOException {
        assertThatThrownBy(() -> read("mode: domain\nkeytab: /k\n", false))
                .hasMessageContaining("authentication.mode: domain (expected: none, or an https-port");
        assertThat(read("keytab: /k\n", false).mode()).isEqualTo(AuthenticationMode.NONE);
    }

    @Test
    void allowsRealmsAndPrincipalsAsTheyAreWritten() {
        AuthenticationSettings some =
                AuthenticationSettings.domain(Path.of("k")).withAllow("@CORP.EXAMPLE", "PC1$@OTHER.EXAMPLE");

        assertThat(some.allows("PC7$@CORP.EXAMPLE")).isTrue();
        assertThat(some.allows("PC1$@OTHER.EXAMPLE")).isTrue();
        assertThat(some.allows("PC2$@OTHER.EXAMPLE")).isFalse();
        assertThat(some.allows("pc1$@OTHER.EXAMPLE")).isFalse();
        assertThat(some.allows("PC7$@corp.example")).isFalse();
        assertThat(some.allows("PC7$@SUB.CORP.EXAMPLE")).isFalse();
        assertThat(some.allows("x@CORP.EXAMPLE@EVIL.EXAMPLE")).isFalse();
        assertThat(some.allows("CORP.EXAMPLE")).isFalse();
        assertThat(AuthenticationSettings.domain(Path.of("k")).allows("anybody@ANYWHERE"))
                .isTrue();
    }

    @Test
    void servesHttpOrTheOnePrincipalWhateverTheCaseOfTheHost() {
        AuthenticationSettings any = AuthenticationSettings.domain(Path.of("k"));
        AuthenticationSettings one = any.withServicePrincipal("HTTP/cache.corp.example@CORP.EXAMPLE");

        assertThat(any.serves("http/Other@CORP.EXAMPLE")).isTrue();
        assertThat(any.serves("host/cache.corp.example@CORP.EXAMPLE")).isFalse();
        assertThat(one.serves("HTTP/Cache.Corp.Example@CORP.EXAMPLE")).isTrue();
        assertThat(one.serves("HTTP/other@CORP.EXAMPLE")).isFalse();
        assertThat(one.serves("HTTP/cache.corp.example@corp.example")).isFalse();
    }

    private AuthenticationSettings read(String yaml) throws IOException {
        return read(yaml, true);
    }

    private AuthenticationSettings read(String yaml, boolean hasHttps) throws IOException {
        String section = yaml.isEmpty() ? "" : "hosted-cache:\n  authentication:\n" + yaml.indent(4);
        Path file = Files.writeString(directory.resolve("peerdist.yaml"), section);
        ConfigurationReader reader = ConfigurationReader.open(file, Set.of("hosted-cache"), SettingOverrides.none());
        AuthenticationSettings settings = AuthenticationSettings.read(
                reader.section("hosted-cache").section(AuthenticationSettings.SECTION), hasHttps);
        reader.finish();
        return settings;
    }
}
