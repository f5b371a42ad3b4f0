// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import io.peerdist.codec.manifest.ManifestKeys;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.contentserver.files.OwnerOnlyFile;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Ed25519 key that pages are signed with, and its public half in a file for the hosted caches. Immutable; prints without
 * the private key.
 *
 * @param publicKeyFile PEM, for everybody to read; written at every start, so it always fits the key
 */
record SigningKey(PrivateKey privateKey, PublicKey publicKey, Path publicKeyFile) {
    static final String GENERATED_FILE = "manifest-signing-key.pem";
    static final String PUBLIC_FILE = "manifest-public-key.pem";

    private static final int SEED_BYTES = 32;
    private static final Logger LOG = LoggerFactory.getLogger(SigningKey.class);

    /**
     * The key in {@code configured}, or else the one in the data directory, which is made the first time.
     *
     * @throws FailureException {@code CONFIGURATION} when it can be neither read nor made, or is no key of Ed25519
     */
    static SigningKey readOrGenerate(Optional<Path> configured, Path dataDirectory, RandomGenerator random) {
        Path file = configured.orElseGet(() -> dataDirectory.resolve(GENERATED_FILE));
        if (configured.isEmpty() && !Files.exists(file)) {
            generate(file, random);
        }
        PrivateKey privateKey = read(file);
        PublicKey publicKey = ManifestKeys.publicKeyOf(privateKey);
        Path publicKeyFile = dataDirectory.resolve(PUBLIC_FILE);
        try {
            writePublic(publicKeyFile, ManifestKeys.publicKeyPem(publicKey));
        } catch (IOException e) {
            throw failure(publicKeyFile, "cannot be written (" + e + "); check the data directory", e);
        }
        return new SigningKey(privateKey, publicKey, publicKeyFile);
    }

    private static void generate(Path file, RandomGenerator random) {
        byte[] seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        try {
            PrivateKey key = KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
            OwnerOnlyFile.create(file, ManifestKeys.privateKeyPem(key).getBytes(StandardCharsets.US_ASCII));
            LOG.info("made the manifest's signing key in {}", file);
        } catch (FileAlreadyExistsException e) {
            LOG.debug("{} was made by another process meanwhile", file);
        } catch (IOException e) {
            throw failure(file, "cannot be written (" + e + "); check the data directory", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 (expected: in every Java platform since 15)", e);
        } finally {
            Arrays.fill(seed, (byte) 0);
        }
    }

    private static PrivateKey read(Path file) {
        try (var input = Files.newInputStream(file)) {
            byte[] octets = input.readNBytes(ManifestKeys.MAX_PEM_CHARACTERS + 1);
            OwnerOnlyFile.warnIfShared(file, "who has the key can sign manifests");
            return ManifestKeys.readPrivateKey(new String(octets, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            throw failure(file, "there is no such file; make one with openssl genpkey -algorithm ed25519", e);
        } catch (IOException e) {
            throw failure(file, "cannot be read (" + e + "); check the name and the permissions", e);
        } catch (MalformedMessageException e) {
            throw failure(file, e.getMessage() + "; make one with openssl genpkey -algorithm ed25519", e);
        }
    }

    /** Whole or not at all: somebody may be copying it. */
    private static void writePublic(Path file, String pem) throws IOException {
        Path unfinished = Files.createTempFile(file.toAbsolutePath().getParent(), ".peerdist", ".new");
        try {
            Files.writeString(unfinished, pem, StandardCharsets.US_ASCII);
            if (Files.getFileAttributeView(unfinished, PosixFileAttributeView.class) != null) {
                Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
            }
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static FailureException failure(Path file, String sentence, @Nullable Throwable cause) {
        return new FailureException(ExitCode.CONFIGURATION, "manifest key " + file + ": " + sentence, cause);
    }

    @Override
    public String toString() {
        return "SigningKey[" + publicKeyFile + "]";
    }
}
