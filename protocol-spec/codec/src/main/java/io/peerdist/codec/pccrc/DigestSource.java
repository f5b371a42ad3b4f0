// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Where hash functions come from, so that a daemon may bring quicker ones than the Java platform's. Whatever the source,
 * the hashes are the same. Implementations are thread-safe; what they hand out belongs to one thread at a time.
 */
@FunctionalInterface
public interface DigestSource {
    /** The Java platform's. */
    DigestSource PLATFORM = name -> {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("digest: " + name + " (expected: in every Java platform)", e);
        }
    };

    /**
     * A new digest.
     *
     * @param name as in the Java security standard names: {@code SHA-256}, {@code SHA-384} or {@code SHA-512}
     * @throws IllegalStateException when there is none of this name
     */
    MessageDigest newDigest(String name);
}
