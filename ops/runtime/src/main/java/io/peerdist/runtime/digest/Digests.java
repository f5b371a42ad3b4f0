// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.digest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The quickest digests of this machine: SHA-512 by the system's OpenSSL if there is one, all others by the Java platform,
 * whose SHA-256 is as quick. The library is looked for at the first SHA-512; whatever goes wrong with it, the platform's
 * takes its place. Thread-safe; each digest belongs to one thread at a time.
 */
public final class Digests {
    /** The system property that keeps to the Java platform's digests when it is {@code platform}. */
    public static final String PROPERTY = "peerdist.digests";

    /**
     * Octets of version 2.0 from which on a program that does nothing else should ask here: to look for the library takes
     * some 50 ms, and it saves that much in half a second of hashing. Daemons always should.
     */
    public static final long WORTHWHILE_BYTES = 512L << 20;

    private static final String SHA_512 = "SHA-512";

    private static final Logger LOGGER = LoggerFactory.getLogger(Digests.class);

    private Digests() {}

    /**
     * A new digest.
     *
     * @param name as in the Java security standard names
     * @throws IllegalStateException when the platform has none of this name
     */
    public static MessageDigest newDigest(String name) {
        return name.equals(SHA_512) && OpenSsl.PRESENT ? new OpenSslSha512() : platform(name);
    }

    private static MessageDigest platform(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("digest: " + name + " (expected: in every Java platform)", e);
        }
    }

    /** Whether OpenSSL is wanted, found, and computes what the platform does. */
    static boolean hasOpenSsl(@Nullable String wish, List<String> libraries) {
        if ("platform".equals(wish)) {
            return false;
        }
        try {
            String library = LibCrypto.load(libraries);
            byte[] probe = SHA_512.getBytes(StandardCharsets.US_ASCII);
            if (!MessageDigest.isEqual(
                    new OpenSslSha512().digest(probe), platform(SHA_512).digest(probe))) {
                throw new UnsatisfiedLinkError(library + ": computes another SHA-512");
            }
            LOGGER.debug("SHA-512 by {}", library);
            return true;
        } catch (LinkageError e) { // not there, not loadable, or without one of the functions
            LOGGER.debug("SHA-512 by the Java platform: {}", e.toString());
            return false;
        }
    }

    /** Loaded with the first SHA-512, and never by a command that hashes nothing. */
    private static final class OpenSsl {
        static final boolean PRESENT = hasOpenSsl(System.getProperty(PROPERTY), LibCrypto.NAMES);
    }
}
