// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.blockstore.BlockStoreException.Category;
import io.peerdist.blockstore.BlockStoreException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that cannot be a store, and what the operator is told. */
class StoreDirectoryIT {
    private Path path;
    private StoreDirectoryFixture fixture;

    @BeforeEach
    void chooseDirectory(@TempDir Path directory) {
        path = directory.resolve("store");
        fixture = new StoreDirectoryFixture(path);
    }

    private void assertRefused(Kind kind, String... fragments) {
        assertThatThrownBy(fixture::open).isInstanceOfSatisfying(BlockStoreException.class, e -> {
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e.kind().category()).isEqualTo(Category.FATAL);
            assertThat(e).hasMessageContaining(path.toString()).message().contains(fragments);
            assertThat(e.getMessage()).doesNotContain("\n");
        });
    }

    @Test
    void refusesADirectoryThatIsOpen() {
        try (BlockStore store = fixture.open()) {
            assertRefused(Kind.LOCKED, "in use");
            assertThat(store.statistics().blocks()).isZero();
        }
        fixture.open().close();
    }

    @Test
    void refusesAFile() throws IOException {
        Files.writeString(path, "a file");
        assertRefused(Kind.UNWRITABLE, "not a directory");
    }

    @Test
    void refusesAPathThroughAFile() throws IOException {
        Files.writeString(path, "a file");
        path = path.resolve("below");
        fixture = new StoreDirectoryFixture(path);
        assertRefused(Kind.UNWRITABLE, "not a directory");
    }

    @Test
    void refusesAPathWhereTheSystemMakesNoDirectories() {
        path = Path.of("/proc/peerdist-store");
        fixture = new StoreDirectoryFixture(path);
        assertRefused(Kind.UNWRITABLE, "cannot be made", "choose another path");
    }

    @Test
    void refusesADirectoryOfOtherFiles() throws IOException {
        Files.createDirectories(path);
        Files.writeString(path.resolve("letter.txt"), "dear");
        assertRefused(Kind.CORRUPT, "letter.txt");
        assertThat(path.resolve("log")).doesNotExist();
    }

    @Test
    void refusesAnotherKindOfStore() {
        ContentInformationStore.open(path, fixture.openRegistry()).close();
        assertRefused(Kind.CORRUPT, "peerdist-block-store");
    }

    @Test
    void refusesANewerFormat() throws IOException {
        fixture.open().close();
        Files.writeString(path.resolve("format"), "peerdist-block-store 3\n");
        assertRefused(Kind.NEWER_FORMAT, "format 3", "update");
    }

    @Test
    void refusesAnOlderFormatAndSaysWhatToDo() throws IOException {
        fixture.open().close();
        Files.writeString(path.resolve("format"), "peerdist-block-store 1\n");
        assertRefused(Kind.CORRUPT, "format 1", "expected: 2", "empty it");
    }

    @Test
    void refusesAFormatFileOfNonsense() throws IOException {
        fixture.open().close();
        for (String nonsense : new String[] {"", "peerdist-block-store", "peerdist-block-store x", "a".repeat(5000)}) {
            Files.writeString(path.resolve("format"), nonsense);
            assertRefused(Kind.CORRUPT, "peerdist-block-store 2");
        }
    }

    @Test
    void opensAStoreWhoseFormatFileIsLost() throws IOException {
        TestSegment segment = TestSegment.ofOneBlock(1, 5000);
        try (BlockStore store = fixture.open()) {
            segment.putAll(store);
        }
        Files.delete(path.resolve("format"));
        try (BlockStore store = fixture.open()) {
            assertThat(segment.isReadable(store, 0)).isTrue();
        }
    }

    @Test
    void releasesTheDirectoryWhenOpeningFails() throws IOException {
        Files.createDirectories(path);
        Files.writeString(path.resolve("letter.txt"), "dear");
        assertRefused(Kind.CORRUPT, "letter.txt");
        Files.delete(path.resolve("letter.txt"));
        fixture.open().close();
    }

    @Test
    void saysWhatTheOperatingSystemMeans() {
        assertThat(kindOf(new AccessDeniedException(path.toString()))).isEqualTo(Kind.UNWRITABLE);
        assertThat(kindOf(new FileSystemException(path.toString(), null, "Read-only file system")))
                .isEqualTo(Kind.UNWRITABLE);
        assertThat(kindOf(new FileSystemException(path.toString(), null, "Not a directory")))
                .isEqualTo(Kind.UNWRITABLE);
        assertThat(kindOf(new FileSystemException(path.toString(), null, "No space left on device")))
                .isEqualTo(Kind.FULL);
        assertThat(kindOf(new IOException("Disk quota exceeded"))).isEqualTo(Kind.FULL);
        assertThat(kindOf(new IOException("Input/output error"))).isEqualTo(Kind.IO);
        assertThat(kindOf(new IOException())).isEqualTo(Kind.IO);
    }

    private Kind kindOf(IOException e) {
        return StoreDirectory.translate(path, "writing", e).kind();
    }
}
