// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.contentserver.files.OwnerOnlyFile;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
            OwnerOnlyFile.warnIfShared(file, "who has the key can read what is cached");
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

    /** A key that nobody can guess, if {@code random} is a {@code SecureRandom}. */
    public static SecretKey generate(RandomGenerator random) {
        byte[] octets = new byte[GENERATED_BYTES];
        random.nextBytes(octets);
        return SecretKey.of(octets);
    }

    /**
     * The key that a Windows content server makes of a passphrase ({@code netsh branchcache set key}): its UTF-16LE octets,
     * without a terminator. It is as easy to guess as the passphrase.
     *
     * @param passphrase 1 to 32,768 UTF-16 units, of which none is lost to a charset
     */
    public static SecretKey ofPassphrase(CharSequence passphrase) {
        ByteBuffer octets = ByteBuffer.allocate(2 * passphrase.length()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < passphrase.length(); i++) {
            octets.putChar(passphrase.charAt(i));
        }
        return SecretKey.of(octets.array());
    }

    /**
     * The key in {@code dataDirectory}; the first time a random one, which only the owner may read.
     *
     * @throws FailureException {@code CONFIGURATION} when it can be neither read nor made
     */
    static SecretKey readOrGenerate(Path dataDirectory, RandomGenerator random) {
        Path file = dataDirectory.resolve(GENERATED_FILE);
        if (!Files.exists(file)) {
            try {
                OwnerOnlyFile.create(file, generate(random).toByteArray());
                LOG.info("made a secret key in {}; keep it, other keys make other segment ids", file);
            } catch (FileAlreadyExistsException e) {
                LOG.debug("{} was made by another process meanwhile", file);
            } catch (IOException e) {
                throw failure(file, "cannot be written (" + e + "); check the data directory", e);
            }
        }
        return read(file);
    }

    private static FailureException failure(Path file, String sentence, @Nullable Throwable cause) {
        return new FailureException(ExitCode.CONFIGURATION, "secret key " + file + ": " + sentence, cause);
    }
}
