// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.demo;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The temporary directory of one demonstration and the files it serves. Closing it deletes the directory; it also does
 * so when the virtual machine is told to stop. Thread-safe in closing only.
 */
final class DemoWorkspace implements AutoCloseable {
    /** Enough to show the effect, few enough that the demonstration of a large tree ends. */
    static final int MAX_FILES = 100;

    private static final int GENERATED_BYTES = 64 * 1024 * 1024;
    private static final long GENERATED_SEED = 20_080_801;

    private final Path directory;
    private final Path root;
    private final List<Path> files;

    private DemoWorkspace(Path directory, Path root, List<Path> files) {
        this.directory = directory;
        this.root = root;
        this.files = files;
    }

    static DemoWorkspace create(@Nullable Path source) {
        Path directory = null;
        try {
            directory = Files.createTempDirectory("peerdist-demo-");
            if (source != null && Files.isDirectory(source)) {
                return new DemoWorkspace(directory, source.toRealPath(), largestFiles(source.toRealPath()));
            }
            Path root = Files.createDirectory(directory.resolve("origin"));
            Path file;
            if (source == null) {
                file = generate(root.resolve("64MiB.bin"));
            } else {
                // A copy: serving the directory it lies in would show its neighbours.
                file = Files.copy(source, root.resolve(source.toRealPath().getFileName()));
            }
            return new DemoWorkspace(directory, root, List.of(file));
        } catch (IOException e) {
            if (directory != null) {
                delete(directory);
            }
            throw new FailureException(ExitCode.WORK_FAILED, "cannot prepare the demonstration's files: " + e);
        }
    }

    /** The directory the content server serves. */
    Path root() {
        return root;
    }

    /** The files to fetch, all below {@link #root()}. */
    List<Path> files() {
        return files;
    }

    /** A new directory in the workspace. */
    Path newDirectory(String name) {
        try {
            return Files.createDirectory(directory.resolve(name));
        } catch (IOException e) {
            throw new FailureException(ExitCode.WORK_FAILED, "cannot make " + directory.resolve(name) + ": " + e);
        }
    }

    @Override
    public void close() {
        delete(directory);
    }

    private static List<Path> largestFiles(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> tree = Files.walk(root)) {
            tree.filter(file -> Files.isRegularFile(file) && Files.isReadable(file))
                    .filter(file -> !root.relativize(file).toString().matches("(.*/)?\\..*"))
                    .sorted(Comparator.comparingLong(
                                    (Path file) -> file.toFile().length())
                            .reversed()
                            .thenComparing(Comparator.naturalOrder()))
                    .limit(MAX_FILES)
                    .forEach(files::add);
        }
        if (files.isEmpty()) {
            throw new FailureException(ExitCode.USAGE, root + " holds no readable file; name another directory");
        }
        return files;
    }

    private static Path generate(Path file) throws IOException {
        SplittableRandom random = new SplittableRandom(GENERATED_SEED);
        byte[] piece = new byte[1024 * 1024];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int written = 0; written < GENERATED_BYTES; written += piece.length) {
                random.nextBytes(piece);
                out.write(piece);
            }
        }
        return file;
    }

    private static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                        throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) {
                    // The other of two closes got here first.
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new FailureException(
                    ExitCode.WORK_FAILED, "cannot delete " + directory + " (delete it by hand): " + e.getMessage());
        }
    }
}
