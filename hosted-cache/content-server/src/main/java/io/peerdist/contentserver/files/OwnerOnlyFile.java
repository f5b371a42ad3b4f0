// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that hold secrets: written whole or not at all, forced to the disk, and never readable for others, not even for a
 * moment. Where a file system knows no permissions, it gives what protection it has. Stateless.
 */
public final class OwnerOnlyFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Logger LOG = LoggerFactory.getLogger(OwnerOnlyFile.class);

    private OwnerOnlyFile() {}

    /**
     * Makes {@code file}, and never replaces one.
     *
     * @throws FileAlreadyExistsException there is one; it stays as it is
     */
    public static void create(Path file, byte[] octets) throws IOException {
        Path unfinished = writeBeside(file, octets);
        try {
            link(file, unfinished);
            forceName(file);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Makes {@code file}, instead of the one that may be there. */
    public static void replace(Path file, byte[] octets) throws IOException {
        Path unfinished = writeBeside(file, octets);
        try {
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            forceName(file);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Says in the log that {@code file} is open to other users of this machine, if it is. */
    public static void warnIfShared(Path file, String consequence) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view != null && !OWNER_ONLY.containsAll(view.readAttributes().permissions())) {
            LOG.warn("{} is open to other users of this machine; {}", file, consequence);
        }
    }

    private static Path directoryOf(Path file) {
        return Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
    }

    /** After a power cut the directory has the file under its name only if the directory was forced too. */
    private static void forceName(Path file) {
        try (FileChannel directory = FileChannel.open(directoryOf(file), StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            LOG.debug("not every file system forces directories: {}: {}", file, e.toString());
        }
    }

    private static Path writeBeside(Path file, byte[] octets) throws IOException {
        Path directory = directoryOf(file);
        Path unfinished = Files.createTempFile(directory, ".peerdist", ".new", ownerOnly(directory));
        boolean written = false;
        try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(octets);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
            written = true;
        } finally {
            if (!written) {
                Files.deleteIfExists(unfinished);
            }
        }
        return unfinished;
    }

    /** Unlike a rename, a link never replaces a file that another process made meanwhile. */
    private static void link(Path file, Path unfinished) throws IOException {
        try {
            Files.createLink(file, unfinished);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            LOG.debug("no hard links beside {}: {}", file, e.toString()); // a memory stick, for example
            Files.move(unfinished, file);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return store.supportsFileAttributeView(PosixFileAttributeView.class)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }
}
