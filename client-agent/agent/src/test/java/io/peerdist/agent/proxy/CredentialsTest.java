// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.runtime.FailureException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void admitsWhoShowsOneOfThem() {
        Credentials credentials = Credentials.of(List.of("# people", "", "ann:se:cret", "b\u00f6b:\u00e4"));
        assertThat(credentials.admit(basic("ann:se:cret"))).isTrue();
        assertThat(credentials.admit("bAsIc  " + basic("b\u00f6b:\u00e4").substring(6)))
                .isTrue();
        assertThat(credentials).hasToString("Credentials[2]");
    }

    @Test
    void admitsNobodyElse() {
        Credentials credentials = Credentials.of(List.of("ann:secret"));
        for (String wrong : new String[] {
            "",
            "Basic",
            "Basic !!",
            "Bearer x",
            basic(""),
            basic("ann"),
            basic("ann:"),
            basic("ann:secret "),
            basic("# people")
        }) {
            assertThat(credentials.admit(wrong)).as(wrong).isFalse();
        }
        assertThat(credentials.admit(null)).isFalse();
    }

    @Test
    void refusesFilesWithoutUsers(@TempDir Path directory) throws Exception {
        for (String content : new String[] {"", "# nobody\n", "secret\n", ":secret\n"}) {
            Path file = Files.writeString(directory.resolve("users"), content);
            assertThatThrownBy(() -> Credentials.read(file))
                    .isInstanceOf(FailureException.class)
                    .hasMessageContaining("users")
                    .hasMessageNotContaining("secret\n");
        }
        assertThatThrownBy(() -> Credentials.read(directory.resolve("none"))).isInstanceOf(FailureException.class);
        assertThatThrownBy(() -> Credentials.of(Collections.nCopies(65, "a:b")))
                .hasMessageContaining("65 lines (expected: 1 to 64");
    }
}
