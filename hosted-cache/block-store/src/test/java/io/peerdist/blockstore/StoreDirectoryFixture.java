// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.conformance.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A small store in a temporary directory, and what can be done to its files behind its back. */
final class StoreDirectoryFixture {
    static final long MAX_BYTES = 8L << 20;
    static final int EXTENT_BYTES = 1 << 20;

    private final Path directory;
    private BlockStoreSettings settings;
    private SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");

    StoreDirectoryFixture(Path directory) {
        this.directory = directory;
        this.settings = settings(directory, MAX_BYTES, EXTENT_BYTES);
    }

    static BlockStoreSettings settings(Path directory, long maxBytes, long extentBytes) {
        return BlockStoreSettings.of(directory, maxBytes)
                .withExtentBytes(extentBytes)
                .withCatalogueMemoryBytes(1 << 20)
                .withSync(Duration.ZERO, 64 << 20);
    }

    Path directory() {
        return directory;
    }

    BlockStoreSettings settings() {
        return settings;
    }

    void change(BlockStoreSettings changed) {
        settings = changed;
    }

    InstantSource clock() {
        return () -> now;
    }

    void advance(Duration time) {
        now = now.plus(time);
    }

    BlockStore open() {
        registry = new SimpleMeterRegistry();
        return BlockStore.open(settings, clock(), registry);
    }

    BlockStore open(StoreParts.FilesFactory files) {
        registry = new SimpleMeterRegistry();
        return BlockStore.open(settings, clock(), registry, files);
    }

    BlockStore open(StoreParts.FilesFactory files, Recovery.Limits limits) {
        registry = new SimpleMeterRegistry();
        return BlockStore.open(settings, clock(), registry, files, limits);
    }

    /** Waits until the background evicts nothing, so that what is counted does not change meanwhile. */
    static void awaitRoom(BlockStore store) {
        Await.until("room to be made", () -> !store.isMakingRoom());
    }

    SimpleMeterRegistry openRegistry() {
        registry = new SimpleMeterRegistry();
        return registry;
    }

    double counter(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    Path logDirectory() {
        return directory.resolve("log");
    }

    List<Path> extents() {
        try (Stream<Path> files = Files.list(logDirectory())) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes what the closed store's catalogue says of itself. */
    void editStatus(UnaryOperator<byte[]> edit) {
        byte[] key = "status".getBytes(StandardCharsets.US_ASCII);
        KeyValueSettings memory = new KeyValueSettings(1 << 20, 1 << 20);
        try (KeyValueDatabase database =
                KeyValueDatabase.open(directory.resolve("catalogue"), Catalogue.FAMILIES, memory)) {
            byte[] status = Objects.requireNonNull(database.get(0, key));
            database.commit(batch -> batch.put(0, key, edit.apply(status)));
        }
    }

    /** Deletes the closed store. */
    void delete() {
        deleteFolder(directory);
    }

    void deleteCatalogue() {
        deleteFolder(directory.resolve("catalogue"));
    }

    private static void deleteFolder(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the whole store as it is, as a crash would leave it. */
    void copyTo(Path target) {
        copyCatalogueTo(target);
        copyLogTo(target);
        copy(directory.resolve("format"), target.resolve("format"));
    }

    /**
     * Copies the catalogue, and the pins, which are forced one by one. RocksDB tidies up in the background, so a copy counts
     * only if nothing has changed meanwhile.
     */
    void copyCatalogueTo(Path target) {
        Path catalogue = directory.resolve("catalogue");
        Map<String, Long> before;
        do {
            before = sizes(catalogue);
            copyFolder(catalogue, target.resolve("catalogue"));
        } while (!before.equals(sizes(catalogue)));
        copy(directory.resolve("pins"), target.resolve("pins"));
    }

    private static Map<String, Long> sizes(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.collect(Collectors.toMap(file -> file.getFileName().toString(), StoreDirectoryFixture::size));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void copyLogTo(Path target) {
        copyFolder(logDirectory(), target.resolve("log"));
    }

    private static void copyFolder(Path source, Path target) {
        try {
            if (Files.exists(target)) {
                deleteFolder(target);
            }
            Files.createDirectories(target);
            try (Stream<Path> files = Files.list(source)) {
                files.forEach(file -> copy(file, target.resolve(file.getFileName())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path source, Path target) {
        try {
            Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException gone) {
            assertThat(source).doesNotExist();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has a closed database written to tables, and inverts a bit in the largest one. */
    static void damageTable(Path database, List<String> families) {
        try (KeyValueDatabase open =
                KeyValueDatabase.open(database, families, new KeyValueSettings(1 << 20, 1 << 20))) {
            open.flush();
        }
        try (Stream<Path> files = Files.list(database)) {
            Path table = files.filter(file -> file.toString().endsWith(".sst"))
                    .max(Comparator.comparingLong(StoreDirectoryFixture::size))
                    .orElseThrow();
            // The data comes first in a table.
            flip(table, size(table) / 3);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Inverts one bit of a file. */
    static void flip(Path file, long position) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer octet = ByteBuffer.allocate(1);
            channel.read(octet, position);
            octet.put(0, (byte) (octet.get(0) ^ 0x10)).rewind();
            channel.write(octet, position);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void truncate(Path file, long bytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lengths of all files of the store. */
    long diskBytes() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(StoreDirectoryFixture::size)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            // RocksDB deletes files in the background, and walking trips over them.
            return diskBytes();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException gone) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
