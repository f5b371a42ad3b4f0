// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void reportsAChangeOnceAndOnlyWhenItHasSettled() throws IOException {
        Path first = write("first", "1");
        Path second = write("second", "1");
        WatchedFiles files = new WatchedFiles(List.of(first, second));
        assertThat(files.haveChanged()).isFalse();

        write("first", "22");
        assertThat(files.haveChanged()).as("just written").isFalse();
        write("second", "22");
        assertThat(files.haveChanged()).as("the other one, too").isFalse();

        assertThat(files.haveChanged()).isTrue();
        assertThat(files.haveChanged()).isFalse();
    }

    @Test
    void seesTimesSizesIdentitiesAndAbsence() throws IOException {
        Path file = write("file", "1");
        WatchedFiles files = new WatchedFiles(List.of(file));

        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        assertThat(changedAfterTwoLooks(files)).as("time").isTrue();

        write("file", "22");
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        assertThat(changedAfterTwoLooks(files)).as("size").isTrue();

        Path other = write("other", "33");
        Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        assertThat(changedAfterTwoLooks(files)).as("identity").isTrue();

        Files.delete(file);
        assertThat(changedAfterTwoLooks(files)).as("absence").isTrue();
        assertThat(changedAfterTwoLooks(files)).isFalse();
    }

    @Test
    void forgetsAChangeThatWasTakenBack() throws IOException {
        Path file = write("file", "1");
        Path aside = directory.resolve("aside");
        WatchedFiles files = new WatchedFiles(List.of(file));

        Files.move(file, aside);
        assertThat(files.haveChanged()).isFalse();
        Files.move(aside, file);

        assertThat(changedAfterTwoLooks(files)).isFalse();
    }

    private static boolean changedAfterTwoLooks(WatchedFiles files) {
        boolean first = files.haveChanged();
        return files.haveChanged() || first;
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }
}
