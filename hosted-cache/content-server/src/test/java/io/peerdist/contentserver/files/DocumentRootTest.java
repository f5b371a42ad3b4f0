// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DocumentRootTest {
    @TempDir
    private Path temporary;

    private Path directory;
    private Path outside;
    private DocumentRoot root;

    @BeforeEach
    void makeRoot() throws IOException {
        directory = Files.createDirectories(temporary.resolve("root"));
        outside = Files.createDirectories(temporary.resolve("outside"));
        Files.createDirectories(directory.resolve("dir/inner"));
        Files.writeString(directory.resolve("dir/inner/file"), "inside");
        Files.writeString(outside.resolve("secret"), "secret");
        root = DocumentRoot.open(directory);
    }

    @Test
    void opensAFileAndTellsItsVersion() throws IOException {
        try (OpenedFile file = root.open(path("/dir/inner/file")).orElseThrow()) {
            assertThat(read(file)).isEqualTo("inside");
            assertThat(file.version().sizeBytes()).isEqualTo(6);
            assertThat(root.version(path("/dir/inner/file"))).contains(file.version());
        }
    }

    @Test
    void hasNothingWhereThereIsNoRegularFile() throws IOException {
        assertThat(root.open(path("/dir"))).isEmpty();
        assertThat(root.open(path("/absent"))).isEmpty();
        assertThat(root.open(path("/absent/file"))).isEmpty();
        assertThat(root.open(path("/dir/inner/file/below"))).isEmpty();
        assertThat(root.open(path("/" + "n".repeat(300)))).isEmpty();
        assertThat(root.version(path("/dir"))).isEmpty();
        assertThat(root.version(path("/absent"))).isEmpty();
    }

    @Test
    void followsLinksThatStayInside() throws IOException {
        Files.createSymbolicLink(directory.resolve("link"), Path.of("dir/inner/file"));
        Files.createSymbolicLink(directory.resolve("short"), directory.resolve("dir/inner"));

        assertThat(content("/link")).contains("inside");
        assertThat(content("/short/file")).contains("inside");
    }

    @Test
    void hasNothingBehindLinksThatLeaveOrHideOrLoop() throws IOException {
        Files.createSymbolicLink(directory.resolve("out"), outside.resolve("secret"));
        Files.createSymbolicLink(directory.resolve("outdir"), outside);
        Files.createSymbolicLink(directory.resolve("relative"), Path.of("../outside/secret"));
        Files.createSymbolicLink(directory.resolve("sibling"), Path.of("../root-too/file"));
        Files.createDirectories(temporary.resolve("root-too"));
        Files.writeString(temporary.resolve("root-too/file"), "a name that begins like the root's");
        Files.writeString(directory.resolve(".hidden"), "hidden");
        Files.createSymbolicLink(directory.resolve("visible"), Path.of(".hidden"));
        Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(directory.resolve("dangling"), Path.of("absent"));

        for (String target : new String[] {
            "/out", "/outdir/secret", "/relative", "/sibling", "/visible", "/loop", "/dangling", "/loop/x"
        }) {
            assertThat(content(target)).as(target).isEmpty();
        }
    }

    @Test
    void opensNothingThroughALinkThatTookAnotherPlaceAfterTheCheck() throws IOException {
        Files.createSymbolicLink(directory.resolve("dir/swapped"), outside);
        Files.createSymbolicLink(directory.resolve("dir/file"), outside.resolve("secret"));

        for (String path : new String[] {"dir/swapped/secret", "dir/file"}) {
            assertThatThrownBy(() ->
                            DocumentRoot.openBelow(directory, Path.of(path)).close())
                    .as(path)
                    .isInstanceOf(IOException.class);
        }
        DocumentRoot.openBelow(directory, Path.of("dir/inner/file")).close();
    }

    @Test
    void neverLeavesTheRootWhileADirectoryIsSwappedForALink() throws Exception {
        // The same relative path exists inside and outside, so only the walk without links tells them apart.
        Path swapped = Files.createDirectories(directory.resolve("swapped"));
        Files.writeString(swapped.resolve("secret"), "inside");
        Path parked = directory.resolve("parked");
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Integer> swaps = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            try {
                while (!stop.get()) {
                    Files.move(swapped, parked, StandardCopyOption.ATOMIC_MOVE);
                    Files.createSymbolicLink(swapped, outside);
                    Files.delete(swapped);
                    Files.move(parked, swapped, StandardCopyOption.ATOMIC_MOVE);
                    count++;
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return count;
        });
        try {
            for (int i = 0; i < 4000; i++) {
                assertThat(content("/swapped/secret").orElse("inside")).isEqualTo("inside");
            }
        } finally {
            stop.set(true);
        }
        assertThat(swaps.get()).isPositive();
    }

    @Test
    void tellsAChangeByWhatNobodyCanSetBack() throws IOException {
        Path file = directory.resolve("file");
        Files.writeString(file, "old");
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
        FileVersion before = root.version(path("/file")).orElseThrow();

        FileVersion after;
        do { // until the file system's clock has ticked
            Files.writeString(file, "new");
            Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
            after = root.version(path("/file")).orElseThrow();
        } while (after.equals(before));

        assertThat(after.sizeBytes()).isEqualTo(before.sizeBytes());
        assertThat(after.modifiedNanos()).isEqualTo(before.modifiedNanos());
        assertThat(after.fileKey()).isEqualTo(before.fileKey());
        assertThat(after.changedNanos()).isGreaterThan(before.changedNanos());
    }

    @Test
    void tellsAReplacedFileFromTheOldOne() throws IOException {
        Path file = directory.resolve("dir/inner/file");
        FileVersion before = root.version(path("/dir/inner/file")).orElseThrow();
        Path other = directory.resolve("other");
        Files.copy(file, other, StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(root.version(path("/dir/inner/file")).orElseThrow().fileKey())
                .isNotEqualTo(before.fileKey());
    }

    @Test
    void followsADeploymentThatMovesTheRootsLink() throws IOException {
        Path first = Files.createDirectories(temporary.resolve("release-1"));
        Path second = Files.createDirectories(temporary.resolve("release-2"));
        Files.writeString(first.resolve("file"), "one");
        Files.writeString(second.resolve("file"), "two");
        Path current = Files.createSymbolicLink(temporary.resolve("current"), first);
        DocumentRoot deployed = DocumentRoot.open(current);
        Path next = Files.createSymbolicLink(temporary.resolve("next"), second);
        Files.move(next, current, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);

        try (OpenedFile file = deployed.open(path("/file")).orElseThrow()) {
            assertThat(read(file)).isEqualTo("two");
        }
    }

    @Test
    void failsOnlyWhenTheRootItselfDoes() throws IOException {
        Files.move(directory, temporary.resolve("gone"));

        assertThatThrownBy(() -> root.open(path("/dir/inner/file"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> root.version(path("/dir/inner/file"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void refusesARootThatIsNoDirectory() {
        assertThatThrownBy(() -> DocumentRoot.open(outside.resolve("secret")))
                .isInstanceOf(NotDirectoryException.class);
        assertThat(Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    private Optional<String> content(String target) throws IOException {
        Optional<OpenedFile> opened = root.open(path(target));
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (OpenedFile file = opened.get()) {
            return Optional.of(read(file));
        }
    }

    private static String read(OpenedFile file) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(64);
        file.channel().read(octets, 0);
        return new String(octets.array(), 0, octets.position(), StandardCharsets.UTF_8);
    }

    private static RelativePath path(String target) {
        return RelativePath.ofTarget(target).orElseThrow();
    }
}
