// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import io.peerdist.codec.wire.OctetString;

/**
 * The server secret, Ks: the hash of the {@link SecretKey} by the algorithm of the content information it is used for.
 * Immutable; prints redacted.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.5</a>
 */
public final class ServerSecret extends OctetString {
    private final HashAlgorithm hashAlgorithm;

    private ServerSecret(HashAlgorithm hashAlgorithm, byte[] octets) {
        super(octets);
        this.hashAlgorithm = hashAlgorithm;
    }

    /** Hashes {@code secretKey}. */
    public static ServerSecret derive(HashAlgorithm hashAlgorithm, SecretKey secretKey) {
        byte[] key = secretKey.toByteArray();
        return new ServerSecret(hashAlgorithm, hashAlgorithm.hash(key, 0, key.length));
    }

    /** The algorithm this secret was made with, and the only one it may be used with. */
    public HashAlgorithm hashAlgorithm() {
        return hashAlgorithm;
    }

    @Override
    public String toString() {
        return "ServerSecret[redacted]";
    }
}
