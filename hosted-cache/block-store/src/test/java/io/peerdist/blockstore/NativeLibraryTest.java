// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
    @TempDir
    private Path temporary;

    private static Path only(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    @Test
    void unpacksOnceAndFindsItAgain() throws IOException {
        Path library = only(NativeLibrary.unpack(temporary));
        FileTime unpacked = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(library, unpacked);
        assertThat(only(NativeLibrary.unpack(temporary))).isEqualTo(library);
        assertThat(Files.getLastModifiedTime(library)).isEqualTo(unpacked);
    }

    @Test
    void replacesADamagedCopy() throws IOException {
        Path library = only(NativeLibrary.unpack(temporary));
        long bytes = Files.size(library);
        StoreDirectoryFixture.flip(library, 1_000_000);
        NativeLibrary.unpack(temporary);
        StoreDirectoryFixture.truncate(library, 10);
        NativeLibrary.unpack(temporary);
        assertThat(Files.size(only(NativeLibrary.unpack(temporary)))).isEqualTo(bytes);
    }

    @Test
    void takesNothingFromADirectoryThatOthersCanWrite() throws IOException {
        NativeLibrary.unpack(temporary);
        Path own = only(temporary);
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> NativeLibrary.unpack(temporary))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(own.toString());
    }

    @Test
    void takesNothingThroughALink() throws IOException {
        NativeLibrary.unpack(temporary);
        Path own = only(temporary);
        Path elsewhere = temporary.resolve("elsewhere");
        Files.move(own, elsewhere);
        Files.createSymbolicLink(own, elsewhere);
        assertThatThrownBy(() -> NativeLibrary.unpack(temporary)).isInstanceOf(IOException.class);
    }
}
