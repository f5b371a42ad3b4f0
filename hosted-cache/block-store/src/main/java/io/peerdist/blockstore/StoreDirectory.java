// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import io.peerdist.blockstore.BlockStoreException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory that belongs to one open store: locked against others, and marked with what it holds and in which format. The
 * lock is the operating system's, so it ends with the process, however that ends.
 */
final class StoreDirectory implements AutoCloseable {
    private static final String LOCK_NAME = "lock";
    private static final String FORMAT_NAME = "format";
    private static final String FORMAT_TEMPORARY_NAME = "format.new";
    private static final int MAX_FORMAT_BYTES = 1024;

    private final Path path;
    private final FileChannel lockChannel;

    private StoreDirectory(Path path, FileChannel lockChannel) {
        this.path = path;
        this.lockChannel = lockChannel;
    }

    /**
     * Creates the directory if need be, locks it and checks its format.
     *
     * @param product the first word of the format file
     * @param version the one format that is understood
     * @param partNames what the store keeps in the directory
     */
    static StoreDirectory open(Path path, String product, int version, Set<String> partNames) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            BlockStoreException problem = translate(path, "creating", e);
            throw problem.kind() != Kind.IO
                    ? problem
                    : new BlockStoreException(
                            Kind.UNWRITABLE,
                            "the directory " + path + " cannot be made: " + describe(e)
                                    + "; choose another path for the store",
                            e);
        }
        StoreDirectory directory = new StoreDirectory(path, lock(path));
        try {
            directory.checkFormat(product, version, partNames);
            return directory;
        } catch (IOException e) {
            directory.close();
            throw translate(path, "preparing", e);
        } catch (BlockStoreException e) {
            directory.close();
            throw e;
        }
    }

    private static FileChannel lock(Path path) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path.resolve(LOCK_NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel, e);
            throw locked(path);
        } catch (IOException e) {
            closeQuietly(channel, e);
            throw translate(path, "locking", e);
        }
        closeQuietly(channel, new IOException("locked"));
        throw locked(path);
    }

    private static void closeQuietly(@Nullable FileChannel channel, Exception reason) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    private static BlockStoreException locked(Path path) {
        return new BlockStoreException(
                Kind.LOCKED,
                "the directory " + path + " is in use by another process; stop it, or choose another directory");
    }

    private void checkFormat(String product, int version, Set<String> partNames) throws IOException {
        Path format = path.resolve(FORMAT_NAME);
        if (!Files.exists(format)) {
            requireNothingElse(partNames);
            writeFormat(format, product + " " + version + "\n");
            return;
        }
        String text =
                Files.size(format) > MAX_FORMAT_BYTES ? "" : Files.readString(format, StandardCharsets.ISO_8859_1);
        String[] words = text.strip().split(" ", -1);
        if (words.length != 2 || !words[0].equals(product) || !words[1].matches("[1-9][0-9]{0,8}")) {
            throw new BlockStoreException(
                    Kind.CORRUPT,
                    "the file " + format + " does not name a " + product + " (expected: \"" + product + " " + version
                            + "\"); choose another directory, or empty this one");
        }
        int found = Integer.parseInt(words[1]);
        if (found > version) {
            throw new BlockStoreException(
                    Kind.NEWER_FORMAT,
                    "the directory " + path + " has format " + found + " of a newer version (expected: " + version
                            + "); update this program, or choose another directory");
        }
        if (found < version) {
            throw new BlockStoreException(
                    Kind.CORRUPT,
                    "the directory " + path + " has format " + found + " of an older version (expected: " + version
                            + "); empty it, so that the cache fills anew, or choose another directory");
        }
    }

    /** So that a mistyped path never becomes a store in the middle of somebody's files. */
    private void requireNothingElse(Set<String> partNames) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            List<String> strangers = files.map(file -> file.getFileName().toString())
                    .filter(name ->
                            !partNames.contains(name) && !name.equals(LOCK_NAME) && !name.equals(FORMAT_TEMPORARY_NAME))
                    .sorted()
                    .toList();
            if (!strangers.isEmpty()) {
                throw new BlockStoreException(
                        Kind.CORRUPT,
                        "the directory " + path + " holds other files, such as " + strangers.get(0)
                                + "; choose an empty directory, or one that is a store already");
            }
        }
    }

    private void writeFormat(Path format, String text) throws IOException {
        Path temporary = path.resolve(FORMAT_TEMPORARY_NAME);
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        Files.move(temporary, format, StandardCopyOption.ATOMIC_MOVE);
    }

    Path path() {
        return path;
    }

    /** Deletes a file or a whole folder of the store, if it is there. */
    void deletePart(String name) {
        Path part = path.resolve(name);
        if (!Files.exists(part)) {
            return;
        }
        try (Stream<Path> files = Files.walk(part)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw translate(part, "deleting", e);
        }
    }

    /** Releases the lock. */
    @Override
    public void close() {
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw translate(path, "unlocking", e);
        }
    }

    /** One sentence for what the operating system said about {@code path}. */
    static BlockStoreException translate(Path path, String doing, IOException e) {
        String reason = e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : String.valueOf(e.getMessage());
        if (e instanceof AccessDeniedException || reason.contains("Read-only file system")) {
            return new BlockStoreException(
                    Kind.UNWRITABLE,
                    "the directory " + path + " cannot be written: " + describe(e)
                            + "; check its owner and permissions",
                    e);
        }
        if (e instanceof FileAlreadyExistsException
                || e instanceof NotDirectoryException
                || reason.contains("Not a directory")) {
            return new BlockStoreException(
                    Kind.UNWRITABLE, path + " is not a directory; choose another path for the store", e);
        }
        if (isDiskFull(e)) {
            return new BlockStoreException(
                    Kind.FULL, "the disk of " + path + " is full; make room, or choose another directory", e);
        }
        return new BlockStoreException(Kind.IO, doing + " " + path + " failed: " + describe(e), e);
    }

    private static String describe(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    /** Java has no type for it, only the operating system's words. */
    static boolean isDiskFull(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left on device") || message.contains("disk quota exceeded");
    }
}
