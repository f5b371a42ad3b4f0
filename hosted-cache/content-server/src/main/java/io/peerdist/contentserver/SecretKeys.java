// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secret key of a content server, in a file that the user names or in one that is made once and used ever after. All
 * its octets are the key, line ends included.
 */
public final class SecretKeys {
    /** Under this name in the data directory. */
    static final String GENERATED_FILE = "secret-key";

    /** As many as the digest of SHA-256: more would add nothing. */
    private static final int GENERATED_BYTES = 32;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Logger LOG = LoggerFactory.getLogger(SecretKeys.class);

    private SecretKeys() {}

    /**
     * Reads the key that {@code file} consists of.
     *
     * @throws FailureException {@code CONFIGURATION} when it cannot be read, is empty or too long
     */
    public static SecretKey read(Path file) {
        byte[] octets;
        try (InputStream input = Files.newInputStream(file)) {
            octets = input.readNBytes(SecretKey.MAX_BYTES + 1);
            warnIfShared(file);
        } catch (NoSuchFileException e) {
            throw failure(file, "there is no such file; create it or name another one", e);
        } catch (IOException e) {
            throw failure(file, "cannot be read (" + e + "); check the name and the permissions", e);
        }
        if (octets.length == 0 || octets.length > SecretKey.MAX_BYTES) {
            throw failure(file, "holds no usable key (expected: 1 to " + SecretKey.MAX_BYTES + " octets)", null);
        }
        return SecretKey.of(octets);
    }

    /**
     * The key in {@code dataDirectory}; the first time a random one, which only the owner may read.
     *
     * @throws FailureException {@code CONFIGURATION} when it can be neither read nor made
     */
    static SecretKey readOrGenerate(Path dataDirectory, RandomGenerator random) {
        Path file = dataDirectory.resolve(GENERATED_FILE);
        if (!Files.exists(file)) {
            byte[] octets = new byte[GENERATED_BYTES];
            random.nextBytes(octets);
            try {
                write(file, octets);
                LOG.info("made a secret key in {}; keep it, other keys make other segment ids", file);
            } catch (FileAlreadyExistsException e) {
                LOG.debug("{} was made by another process meanwhile", file);
            } catch (IOException e) {
                throw failure(file, "cannot be written (" + e + "); check the data directory", e);
            }
        }
        return read(file);
    }

    /** Whole or not at all, and never readable for others, not even for a moment. */
    private static void write(Path file, byte[] octets) throws IOException {
        Path unfinished =
                Files.createTempFile(file.toAbsolutePath().getParent(), GENERATED_FILE, ".new", ownerOnly(file));
        try {
            try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(octets);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
            Files.createLink(file, unfinished); // unlike a rename, never replaces a key that another process made
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) throws IOException {
        FileStore store = Files.getFileStore(file.toAbsolutePath().getParent());
        return store.supportsFileAttributeView(PosixFileAttributeView.class)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }

    private static void warnIfShared(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view != null && !OWNER_ONLY.containsAll(view.readAttributes().permissions())) {
            LOG.warn("{} is open to other users of this machine; who has the key can read what is cached", file);
        }
    }

    private static FailureException failure(Path file, String sentence, @Nullable Throwable cause) {
        return new FailureException(ExitCode.CONFIGURATION, "secret key " + file + ": " + sentence, cause);
    }
}
