// SPDX-License-Identifier: Apache-2.0
package io.peerdist.blockstore;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the native part of RocksDB. By itself RocksDB unpacks 17 MB into a new temporary file at every start, which stays
 * behind when the process is killed. So it is unpacked once, into a directory below {@code java.io.tmpdir} that belongs to
 * the user alone, and found there, with the right checksum, by every later start. Where that does not work, or the
 * environment variable {@code ROCKSDB_SHAREDLIB_DIR} is set, RocksDB does as it likes.
 */
final class NativeLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
    private static final String DIRECTORY_VARIABLE = "ROCKSDB_SHAREDLIB_DIR";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final int BUFFER_BYTES = 64 << 10;

    private NativeLibrary() {}

    /** Throws {@link BlockStoreException} when there is no way to load it; {@code directory} is for what. */
    static void load(Path directory) {
        try {
            if (System.getenv(DIRECTORY_VARIABLE) != null || !loadUnpacked()) {
                RocksDB.loadLibrary();
            }
        } catch (RuntimeException | UnsatisfiedLinkError e) {
            throw new BlockStoreException(
                    BlockStoreException.Kind.UNWRITABLE,
                    "the native library of the database for " + directory + " cannot be loaded from "
                            + System.getProperty("java.io.tmpdir") + "; if that is full or mounted noexec, set the"
                            + " environment variable " + DIRECTORY_VARIABLE + " to another directory",
                    e);
        }
    }

    private static boolean loadUnpacked() {
        try {
            Path unpacked = unpack(Path.of(System.getProperty("java.io.tmpdir")));
            RocksDB.loadLibrary(List.of(unpacked.toString()));
            return true;
        } catch (IOException | UnsupportedOperationException | UnsatisfiedLinkError e) {
            LOG.debug("The native library is loaded from a file of its own this time", e);
            return false;
        }
    }

    /** The directory below {@code temporary} that holds the library now. */
    static Path unpack(Path temporary) throws IOException {
        String name = Environment.getJniLibraryFileName("rocksdb");
        URL resource = RocksDB.class.getClassLoader().getResource(name);
        if (resource == null || !(resource.openConnection() instanceof JarURLConnection connection)) {
            throw new IOException("the native library " + name + " is not in a jar");
        }
        connection.setUseCaches(false);
        try (InputStream source = connection.getInputStream()) {
            JarEntry entry = connection.getJarEntry();
            String user = System.getProperty("user.name");
            Path own = ownDirectory(temporary.resolve("peerdist-" + user.replaceAll("[^A-Za-z0-9._-]", "_")), user);
            Path directory = own.resolve(String.format("rocksdb-%08x", entry.getCrc()));
            Path library = directory.resolve(name);
            if (!isIntact(library, entry)) {
                Files.createDirectories(directory);
                Path fresh = Files.createTempFile(directory, "unpacking", ".tmp");
                Files.copy(source, fresh, StandardCopyOption.REPLACE_EXISTING);
                Files.move(fresh, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            return directory;
        }
    }

    /** Others may write below the temporary directory too, so nothing is taken from a directory of theirs. */
    private static Path ownDirectory(Path directory, String user) throws IOException {
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            LOG.trace("{} is there already", directory);
        }
        PosixFileAttributes attributes =
                Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        UserPrincipal self =
                directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
        if (!attributes.isDirectory()
                || !attributes.permissions().equals(OWNER_ONLY)
                || !attributes.owner().equals(self)) {
            throw new IOException(directory + " is not a directory of " + user + " alone");
        }
        return directory;
    }

    private static boolean isIntact(Path library, JarEntry entry) throws IOException {
        if (!Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS) || Files.size(library) != entry.getSize()) {
            return false;
        }
        CRC32 crc = new CRC32();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream octets = Files.newInputStream(library)) {
            for (int count = octets.read(buffer); count >= 0; count = octets.read(buffer)) {
                crc.update(buffer, 0, count);
            }
        }
        return crc.getValue() == entry.getCrc();
    }
}
