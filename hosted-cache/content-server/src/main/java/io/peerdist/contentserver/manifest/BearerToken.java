// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.manifest;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.peerdist.contentserver.files.OwnerOnlyFile;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The word by which a hosted cache shows that it may read the manifest (RFC 6750). Only its hash is in memory, and it is
 * compared in constant time. Immutable; prints redacted.
 */
final class BearerToken {
    static final String GENERATED_FILE = "manifest-token";

    /** 128 bits, if it is random. */
    static final int MIN_CHARACTERS = 16;

    static final int MAX_CHARACTERS = 4096;

    private static final int GENERATED_BYTES = 32;
    private static final String SCHEME = "Bearer ";
    private static final Logger LOG = LoggerFactory.getLogger(BearerToken.class);

    private final byte[] hash;

    private BearerToken(String token) {
        this.hash = sha256(token);
    }

    /**
     * The token in {@code configured}, or else the one in the data directory, which is made the first time.
     *
     * @throws FailureException {@code CONFIGURATION} when it can be neither read nor made, or is no good token
     */
    static BearerToken readOrGenerate(Optional<Path> configured, Path dataDirectory, RandomGenerator random) {
        Path file = configured.orElseGet(() -> dataDirectory.resolve(GENERATED_FILE));
        if (configured.isEmpty() && !Files.exists(file)) {
            generate(file, random);
        }
        return read(file);
    }

    private static void generate(Path file, RandomGenerator random) {
        byte[] octets = new byte[GENERATED_BYTES];
        random.nextBytes(octets);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(octets) + "\n";
        try {
            OwnerOnlyFile.create(file, token.getBytes(StandardCharsets.US_ASCII));
            LOG.info("made the manifest's token in {}; copy it to the hosted caches", file);
        } catch (FileAlreadyExistsException e) {
            LOG.debug("{} was made by another process meanwhile", file);
        } catch (IOException e) {
            throw failure(file, "cannot be written (" + e + "); check the data directory", e);
        }
    }

    private static BearerToken read(Path file) {
        String text;
        try (var input = Files.newInputStream(file)) {
            text = new String(input.readNBytes(MAX_CHARACTERS + 2), StandardCharsets.ISO_8859_1);
            OwnerOnlyFile.warnIfShared(file, "who has the token can read what is cached");
        } catch (NoSuchFileException e) {
            throw failure(file, "there is no such file; create it or name another one", e);
        } catch (IOException e) {
            throw failure(file, "cannot be read (" + e + "); check the name and the permissions", e);
        }
        String token = text.replaceFirst("\\r?\\n\\z", "");
        if (token.length() < MIN_CHARACTERS || token.length() > MAX_CHARACTERS || !token.matches("[!-~]+")) {
            throw failure(
                    file,
                    "holds no usable token (expected: one line of " + MIN_CHARACTERS + " to " + MAX_CHARACTERS
                            + " visible ASCII characters)",
                    null);
        }
        return new BearerToken(token);
    }

    /** Whether a request with these header fields shows the token. */
    boolean isShownBy(HttpHeaders headers) {
        List<String> fields = headers.getAll(HttpHeaderNames.AUTHORIZATION);
        if (fields.size() != 1 || !fields.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        return MessageDigest.isEqual(
                hash, sha256(fields.get(0).substring(SCHEME.length()).trim()));
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.ISO_8859_1));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static FailureException failure(Path file, String sentence, @Nullable Throwable cause) {
        return new FailureException(ExitCode.CONFIGURATION, "manifest token " + file + ": " + sentence, cause);
    }

    @Override
    public String toString() {
        return "BearerToken[redacted]";
    }
}
