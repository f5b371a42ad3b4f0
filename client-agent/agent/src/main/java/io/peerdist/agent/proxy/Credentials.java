// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the proxy by name and password. Only digests are kept, and every comparison takes the same time. Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7617">RFC 7617</a>
 */
final class Credentials {
    /** Each costs a comparison for each request. */
    static final int MAX_ENTRIES = 64;

    private static final int MAX_FILE_BYTES = 16_384;
    private static final String SCHEME = "basic ";

    private final List<byte[]> digests;

    private Credentials(List<byte[]> digests) {
        this.digests = digests;
    }

    /** Of these lines, {@code user:password} each; empty ones and those that begin with # are passed over. */
    static Credentials of(List<String> lines) {
        List<byte[]> digests = new ArrayList<>();
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.indexOf(':') < 1) {
                throw new IllegalArgumentException("credentials: a line has no user (expected: user:password)");
            }
            digests.add(digest(line.getBytes(StandardCharsets.UTF_8)));
        }
        if (digests.isEmpty() || digests.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("credentials: " + digests.size() + " lines (expected: 1 to "
                    + MAX_ENTRIES + " of the form user:password)");
        }
        return new Credentials(digests);
    }

    /**
     * Reads a file.
     *
     * @throws FailureException when it cannot be read, or has other lines
     */
    static Credentials read(Path file) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IllegalArgumentException("credentials: more than " + MAX_FILE_BYTES + " bytes");
            }
            return of(Files.readAllLines(file, StandardCharsets.UTF_8));
        } catch (IOException | IllegalArgumentException e) {
            throw new FailureException(
                    ExitCode.CONFIGURATION,
                    "cannot read the proxy's credentials from " + file + ": " + e.getMessage(),
                    e);
        }
    }

    /** Whether the value of {@code Proxy-Authorization} is one of them. */
    boolean admit(@Nullable String authorization) {
        byte[] shown = digest(decoded(authorization));
        boolean known = false;
        for (byte[] digest : digests) {
            known |= MessageDigest.isEqual(digest, shown);
        }
        return known;
    }

    private static byte[] decoded(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return new byte[0];
        }
        try {
            return Base64.getDecoder()
                    .decode(authorization.substring(SCHEME.length()).strip());
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static byte[] digest(byte[] octets) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(octets);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "Credentials[" + digests.size() + "]";
    }
}
