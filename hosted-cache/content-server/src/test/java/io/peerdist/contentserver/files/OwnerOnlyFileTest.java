// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnerOnlyFileTest {
    @TempDir
    private Path directory;

    @Test
    void makesAFileThatOnlyItsOwnerReadsAndLeavesNothingBeside() throws IOException {
        Path file = directory.resolve("file");

        OwnerOnlyFile.create(file, new byte[] {1, 2});

        assertThat(file).hasBinaryContent(new byte[] {1, 2});
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertOnly(file);
    }

    @Test
    void neverReplacesAFileUnlessToldTo() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> OwnerOnlyFile.create(file, new byte[] {1}))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("old");
        OwnerOnlyFile.replace(file, new byte[] {1});

        assertThat(file).hasBinaryContent(new byte[] {1});
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertOnly(file);
    }

    @Test
    void failsWhereThereIsNoDirectory() {
        assertThatThrownBy(() -> OwnerOnlyFile.create(directory.resolve("absent/file"), new byte[1]))
                .isInstanceOf(NoSuchFileException.class);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private void assertOnly(Path file) throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(file);
        }
    }
}
