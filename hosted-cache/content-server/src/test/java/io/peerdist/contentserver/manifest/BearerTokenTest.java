// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BearerTokenTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "Bearer 0123456789abcdef, true",
        "bearer 0123456789abcdef, true",
        "'Bearer   0123456789abcdef ', true",
        "Bearer 0123456789abcdeF, false",
        "Bearer 0123456789abcde, false",
        "Bearer 0123456789abcdef0, false",
        "Bearer, false",
        "'Bearer ', false",
        "Basic 0123456789abcdef, false",
        "0123456789abcdef, false",
    })
    void isShownByItsOwnerOnly(String field, boolean expected) throws IOException {
        BearerToken token = read("0123456789abcdef\n");

        assertThat(token.isShownBy(headers(field))).isEqualTo(expected);
        assertThat(token.isShownBy(headers())).isFalse();
        assertThat(token.isShownBy(headers(field, field))).isFalse();
    }

    @Test
    void isMadeOnceForItsOwnerOnly() throws IOException {
        BearerToken made = BearerToken.readOrGenerate(Optional.empty(), directory, new Random(1));
        Path file = directory.resolve(BearerToken.GENERATED_FILE);
        String text = Files.readString(file);
        BearerToken again = BearerToken.readOrGenerate(Optional.empty(), directory, new Random(2));

        assertThat(text).matches("[A-Za-z0-9_-]{43}\\n");
        assertThat(Files.readString(file)).isEqualTo(text);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        for (BearerToken token : List.of(made, again)) {
            assertThat(token.isShownBy(headers("Bearer " + text.trim()))).isTrue();
            assertThat(token).hasToString("BearerToken[redacted]");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "fifteen-letters", "two words are not one", "0123456789abcdef\n\n", "0123456789abcdé0"
            })
    void refusesWhatIsNoTokenAndDoesNotTellIt(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("holds no usable token")
                .hasMessageNotContaining("fifteen")
                .hasMessageNotContaining("words are");
    }

    @Test
    void makesNoTokenWhereTheUserNamedAFile() {
        assertThatThrownBy(() ->
                        BearerToken.readOrGenerate(Optional.of(directory.resolve("absent")), directory, new Random(1)))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("there is no such file");
    }

    private BearerToken read(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("token"), text);
        return BearerToken.readOrGenerate(Optional.of(file), directory, new Random(1));
    }

    private static HttpHeaders headers(String... authorizations) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        for (String authorization : authorizations) {
            headers.add("Authorization", authorization);
        }
        return headers;
    }
}
