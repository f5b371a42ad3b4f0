// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeytabCheckTest {
    /** HTTP/c@R of type 18. */
    private static final byte[] HTTP = HexFormat.of()
            .parseHex("0502" + "0000001d" + "0002" + "000152" + "000448545450" + "000163" + "00000001" + "5f5e1000"
                    + "07" + "0012" + "0002abcd");
    /** host/c@R of type 18. */
    private static final byte[] HOST = HexFormat.of()
            .parseHex("0502" + "0000001d" + "0002" + "000152" + "0004686f7374" + "000163" + "00000001" + "5f5e1000"
                    + "07" + "0012" + "0002abcd");

    @TempDir
    private Path directory;

    @Test
    void namesTheServicesThatClientsMayAskTicketsOf() throws IOException {
        Path file = Files.write(directory.resolve("k"), HTTP);

        assertThat(KeytabCheck.services(file, AuthenticationSettings.domain(file)))
                .containsExactly("HTTP/c@R");
    }

    @Test
    void saysWhatIsWrongWithAKeytab() throws IOException {
        assertRefused(directory.resolve("none"), "does not exist");
        assertRefused(directory, "is a directory");
        assertRefused(Files.writeString(directory.resolve("text"), "hello"), "is no keytab");
        assertRefused(Files.write(directory.resolve("empty"), new byte[] {5, 2}), "(it has: nothing)");
        assertRefused(Files.write(directory.resolve("long"), new byte[Keytab.MAX_BYTES + 1]), "is longer than 1048576");
        assertRefused(
                Files.write(directory.resolve("host"), HOST), "has no key of a principal HTTP/... (it has: host/c@R)");
    }

    @Test
    void saysWhichPrincipalIsMissing() throws IOException {
        Path file = Files.write(directory.resolve("k"), HTTP);

        assertThatThrownBy(() -> KeytabCheck.services(
                        file, AuthenticationSettings.domain(file).withServicePrincipal("HTTP/other@R")))
                .hasMessageContaining("has no key of HTTP/other@R (it has: HTTP/c@R)");
    }

    @Test
    void looksAtTheKeytabOnlyWhenThereIsAuthentication() {
        assertThat(ClientAuthentication.start(AuthenticationSettings.NONE, () -> 0, new SimpleMeterRegistry()))
                .isEmpty();
    }

    private static void assertRefused(Path file, String what) {
        assertThatThrownBy(() -> ClientAuthentication.start(
                        AuthenticationSettings.domain(file), () -> 0, new SimpleMeterRegistry()))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageStartingWith("keytab " + file + ": ")
                .hasMessageContaining(what);
    }
}
