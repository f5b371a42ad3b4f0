// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;

/** The self-signed certificate of a data directory: {@code certificate.pem} and {@code key.pem}, for the owner only. */
final class SelfSignedFiles {
    private static final String OWNER_DIRECTORY = "rwx------";
    private static final String OWNER_FILE = "rw-------";

    private SelfSignedFiles() {}

    static Path certificate(Path directory) {
        return directory.resolve("certificate.pem");
    }

    static Path key(Path directory) {
        return directory.resolve("key.pem");
    }

    /**
     * Makes the files unless they are there.
     *
     * @return whether they were made
     */
    static boolean ensure(Path directory, InstantSource clock, SecureRandom random) {
        boolean hasKey = Files.exists(key(directory));
        if (Files.exists(certificate(directory))) {
            if (hasKey) {
                return false;
            }
            throw PemFile.failure(
                    key(directory),
                    "is not there, but its certificate is; put the key back, or remove " + certificate(directory)
                            + " and a new pair is made",
                    null);
        }
        // A key alone is what an interrupted start leaves behind.
        SelfSignedCertificate made = SelfSignedCertificate.make(LocalNames.ofThisMachine(), clock.instant(), random);
        try {
            Files.createDirectories(directory, ownerOnly(directory, OWNER_DIRECTORY));
            write(key(directory), PrivateKeys.toPem(made.keys().getPrivate()));
            write(certificate(directory), PrivateKeys.pem("CERTIFICATE", made.certificate()));
        } catch (IOException e) {
            throw PemFile.failure(directory, "a self-signed certificate cannot be kept there: " + e, e);
        }
        return true;
    }

    /** Whole or not at all. */
    private static void write(Path file, String text) throws IOException {
        Path unfinished = Files.createTempFile(
                file.getParent(), file.getFileName().toString(), ".new", ownerOnly(file, OWNER_FILE));
        try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            channel.force(true);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
