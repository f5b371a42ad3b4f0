// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.conformance.Await;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UrlListTest {
    private static List<String> read(byte[] input) {
        return UrlList.read(List.of(), "-", () -> new ByteArrayInputStream(input)).stream()
                .map(listed -> listed.url().toString())
                .toList();
    }

    private static List<String> read(String input) {
        return read(input.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void takesOneUrlOfEachLine() {
        assertThat(read("\uFEFFhttp://h/a\n\n  # no\n\thttps://h/b#part \r\nHTTP://h/c"))
                .containsExactly("http://h/a", "https://h/b#part", "HTTP://h/c");
    }

    @Test
    void namesTheLineThatIsWrong() {
        assertThatThrownBy(() -> read("http://h/a\n\nftp://h/b\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("standard input, line 3: ftp://h/b (expected: http://HOST/... or https://HOST/...)");
        assertThatThrownBy(() -> read("http://h/a b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("standard input, line 1: Illegal character");
    }

    @Test
    void refusesListsWithoutUrls() {
        assertThatThrownBy(() -> read("# nothing\n")).hasMessage("--input-file: standard input has no URL in it");
        assertThatThrownBy(() -> UrlList.read(List.of(), null, () -> new ByteArrayInputStream(new byte[0])))
                .hasMessage("URL: none given (expected: at least one, or --input-file FILE)");
    }

    @Test
    void refusesWhatIsNoListOfUrls() {
        assertThatThrownBy(() -> read(new byte[] {'h', (byte) 0xFF}))
                .hasMessage("--input-file: standard input is no text (expected: UTF-8, one URL per line)");
        assertThatThrownBy(() -> read("#".repeat((4 << 20) + 1)))
                .hasMessageStartingWith("--input-file: standard input is too long (expected: at most 4 MiB");
        assertThat(read("#".repeat((4 << 20) - 11) + "\nhttp://h/a")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsFromPipes(boolean standardInput, @TempDir Path directory) throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(pipe));

        assertThat(UrlList.read(List.of(), standardInput ? "-" : pipe.toString(), () -> opened(pipe)))
                .hasSize(1);
        Await.result(written);
    }

    private static void write(Path pipe) {
        try (OutputStream out = new FileOutputStream(pipe.toFile())) {
            out.write("http://h/a\n".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream opened(Path pipe) {
        try {
            return new FileInputStream(pipe.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void limitsTheirNumber() {
        assertThat(read("http://h/a\n".repeat(UrlList.MAX_URLS))).hasSize(10_000);
        assertThatThrownBy(() -> read("http://h/a\n".repeat(UrlList.MAX_URLS + 1)))
                .hasMessage("URL: 10001 given (expected: at most 10000)");
    }
}
