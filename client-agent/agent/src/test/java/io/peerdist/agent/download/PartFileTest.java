// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartFileTest {
    private static final ResumeJournal JOURNAL = new ResumeJournal("http://h/ä=b", "\"tag\"", true);

    @TempDir
    private Path directory;

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void showsTheFileOnlyWhenItIsComplete() throws IOException {
        Path target = directory.resolve("f");
        try (PartFile file = PartFile.open(target)) {
            file.write(3, bytes("def-and-more"));
            file.write(0, bytes("abc"));
            assertThat(target).doesNotExist();

            file.complete(6, Instant.EPOCH);
        }

        assertThat(target).hasContent("abcdef");
        assertThat(Files.getLastModifiedTime(target).toInstant()).isEqualTo(Instant.EPOCH);
        try (var names = Files.list(directory)) {
            assertThat(names).containsExactly(target);
        }
    }

    @Test
    void keepsBytesAndJournalForTheNextRun() throws IOException {
        Path target = directory.resolve("f");
        try (PartFile file = PartFile.open(target)) {
            assertThat(file.previous()).isNull();
            file.note(JOURNAL);
            file.write(0, bytes("abc"));
        }

        try (PartFile file = PartFile.open(target)) {
            assertThat(file.previous()).isEqualTo(JOURNAL);
            assertThat(file.size()).isEqualTo(3);
            ByteBuffer read = ByteBuffer.allocate(5);
            file.read(1, read);
            assertThat(read.flip()).isEqualTo(bytes("bc"));
        }
    }

    @Test
    void passesOverAJournalThatCannotBeUnderstood() throws IOException {
        Path journal = directory.resolve(".f.peerdist-part.properties");
        Files.write(journal, new byte[] {(byte) 0xFF, (byte) 0xFE, '\\', 'u', 'x'});
        try (PartFile file = PartFile.open(directory.resolve("f"))) {
            assertThat(file.previous()).isNull();
        }
        Files.writeString(journal, "url=\\uzzzz");
        try (PartFile file = PartFile.open(directory.resolve("f"))) {
            assertThat(file.previous()).isNull();
        }
        Files.writeString(journal, "url=http://h/");
        try (PartFile file = PartFile.open(directory.resolve("f"))) {
            assertThat(file.previous()).isNull();
        }
    }

    @Test
    void belongsToOneDownloadAtATime() throws IOException {
        Path target = directory.resolve("f");
        try (PartFile file = PartFile.open(target)) {
            assertThatThrownBy(() -> PartFile.open(target)).hasMessageContaining("another download is writing it");
            assertThat(file.size()).isZero();
        }
        PartFile.open(target).close();
    }

    @Test
    void writesThroughSymbolicLinks() throws IOException {
        Path real = Files.writeString(directory.resolve("real"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        try (PartFile file = PartFile.open(link)) {
            file.write(0, bytes("new"));
            file.complete(3, null);
        }

        assertThat(link).isSymbolicLink().hasContent("new");
        assertThat(real).hasContent("new");
    }

    @Test
    void keepsNamesWithinTheFileSystemsLimit() throws IOException {
        Path target = directory.resolve("ф".repeat(120));
        try (PartFile file = PartFile.open(target)) {
            file.note(JOURNAL);
            file.complete(0, null);
        }

        assertThat(target).isEmptyFile();
    }
}
