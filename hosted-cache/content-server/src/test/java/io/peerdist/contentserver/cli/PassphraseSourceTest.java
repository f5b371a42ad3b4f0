// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.contentserver.cli.PassphraseSource.Terminal;
import io.peerdist.runtime.FailureException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PassphraseSourceTest {
    private static final Path STANDARD_INPUT = Path.of("-");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "'word', 'word'",
        "'word\n', 'word'",
        "'word\r\n', 'word'",
        "'word\n\n', 'word\n'",
        "'word\r', 'word\r'",
        "' two words \n', ' two words '",
        "'\ufeffwört', 'wört'",
        "'\ufeff\ufeffx', '\ufeffx'",
        "'\ud83d\udd11\n', '\ud83d\udd11'",
    })
    void cutsOneLineEndAndNothingElse(String content, String expected) throws IOException {
        Path file = Files.writeString(directory.resolve("passphrase"), content);
        byte[] octets = content.getBytes(StandardCharsets.UTF_8);

        assertThat(read(source(InputStream.nullInputStream(), null), file)).isEqualTo(expected);
        assertThat(read(source(new ByteArrayInputStream(octets), null), STANDARD_INPUT))
                .isEqualTo(expected);
    }

    @Test
    void asksAtTheTerminalWithoutAFile() {
        ScriptedTerminal terminal = new ScriptedTerminal("typed", "typed");

        try (Passphrase passphrase =
                source(InputStream.nullInputStream(), terminal).read(null, "the key", true)) {
            assertThat(passphrase.text()).hasToString("typed");
            assertThat(passphrase).hasToString("Passphrase[redacted]");
        }

        assertThat(terminal.questions).containsExactly("Passphrase of the key: ", "The same passphrase again: ");
        assertThat(terminal.given).allSatisfy(units -> assertThat(units).containsOnly('\0'));
    }

    @Test
    void noticesASlipOfTheFinger() {
        ScriptedTerminal terminal = new ScriptedTerminal("typed", "tiped");

        assertThatThrownBy(() -> source(InputStream.nullInputStream(), terminal).read(null, "the key", true))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("the two differ")
                .hasMessageNotContaining("typed")
                .hasMessageNotContaining("tiped");
        assertThat(terminal.given).allSatisfy(units -> assertThat(units).containsOnly('\0'));
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        Path notText = Files.write(directory.resolve("binary"), new byte[] {'s', 'e', 'c', (byte) 0xff});
        Path large = Files.write(directory.resolve("large"), new byte[PassphraseSource.MAX_BYTES + 1]);

        assertFails("no terminal", null);
        assertFails("is empty", empty);
        assertFails("is not UTF-8", notText);
        assertFails("no passphrase", large);
        assertFails("no such file", directory.resolve("absent"));
        assertFails("cannot be read", directory);
        assertFails("passphrase on standard input: is empty", STANDARD_INPUT);
        assertThatThrownBy(() -> source(InputStream.nullInputStream(), new ScriptedTerminal())
                        .read(null, "the key", false))
                .hasMessageContaining("the terminal ended");
        assertThatThrownBy(() -> source(InputStream.nullInputStream(), new ScriptedTerminal(""))
                        .read(null, "the key", false))
                .hasMessageContaining("passphrase: is empty");
    }

    private static void assertFails(String words, @Nullable Path file) {
        assertThatThrownBy(() -> source(InputStream.nullInputStream(), null).read(file, "the key", false))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("sec\ufffd");
    }

    private static PassphraseSource source(InputStream input, @Nullable Terminal terminal) {
        return new PassphraseSource(input, () -> Optional.ofNullable(terminal));
    }

    private static String read(PassphraseSource source, Path file) {
        try (Passphrase passphrase = source.read(file, "the key", true)) {
            return passphrase.text().toString();
        }
    }

    /** Types what it is told to, then ends. */
    private static final class ScriptedTerminal implements Terminal {
        final List<String> questions = new ArrayList<>();
        final List<char[]> given = new ArrayList<>();
        private final Deque<String> answers;

        ScriptedTerminal(String... answers) {
            this.answers = new ArrayDeque<>(Arrays.asList(answers));
        }

        @Override
        public char @Nullable [] ask(String question) {
            questions.add(question);
            String answer = answers.poll();
            if (answer == null) {
                return null;
            }
            given.add(answer.toCharArray());
            return given.get(given.size() - 1);
        }
    }
}
