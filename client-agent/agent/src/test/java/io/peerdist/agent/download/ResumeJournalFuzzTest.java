// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.conformance.BoundedDecoding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

/** Any file in a journal's place is a journal or none. */
final class ResumeJournalFuzzTest {
    /** Reading makes a buffer of the size that the file system likes, and a map. */
    private static final BoundedDecoding DECODING =
            BoundedDecoding.withoutRefusal(131_072, 256).ofText();

    private static Path directory;

    static Stream<byte[]> seeds() {
        return Stream.of("""
                        #An interrupted download; repeat the command to resume it.
                        sequential=true
                        url=http\\://headquarters/image.iso
                        validator="a-p2"
                        """, "url=a\nvalidator=", "url = \\u0041\\\n  b\nvalidator:x\nsequential=maybe", "url=\\uXXXX")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @BeforeAll
    static void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("journal-fuzz");
    }

    @AfterAll
    static void deleteDirectory() throws IOException {
        Files.deleteIfExists(directory.resolve("read"));
        Files.deleteIfExists(directory.resolve("written"));
        Files.delete(directory);
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsOrIgnores(byte[] input) throws IOException {
        Path file = Files.write(directory.resolve("read"), input);
        ResumeJournal journal = DECODING.of(input.length, () -> read(file)).orElse(null);
        if (journal != null) {
            Path written = directory.resolve("written");
            journal.write(written);
            assertThat(ResumeJournal.read(written)).isEqualTo(journal);
        }
    }

    private static @Nullable ResumeJournal read(Path file) {
        try {
            return ResumeJournal.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
