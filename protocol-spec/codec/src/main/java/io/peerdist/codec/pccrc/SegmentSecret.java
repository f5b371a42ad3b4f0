// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import io.peerdist.codec.wire.OctetString;

/**
 * The secret of one segment, Kp (and Ke, the encryption key, is the same): who holds it may read the segment.
 * As many octets as the hash algorithm's digest. Immutable; prints redacted.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrc">MS-PCCRC 2.2</a>
 */
public final class SegmentSecret extends OctetString {
    private SegmentSecret(byte[] octets) {
        super(octets);
    }

    private SegmentSecret(byte[] source, int offset, int length) {
        super(source, offset, length);
    }

    /** A copy of {@code length} octets of {@code source} from {@code offset} on. */
    static SegmentSecret copyOf(byte[] source, int offset, int length) {
        return new SegmentSecret(source, offset, length);
    }

    /** Wraps a copy of {@code octets}. */
    public static SegmentSecret of(byte[] octets) {
        return new SegmentSecret(octets);
    }

    /**
     * Kp = HMAC(Ks, HoD). Throws {@link IllegalArgumentException} when the server secret or the hash belongs to another
     * algorithm.
     */
    public static SegmentSecret derive(HashAlgorithm hashAlgorithm, ServerSecret serverSecret, HashOfData hashOfData) {
        if (serverSecret.hashAlgorithm() != hashAlgorithm) {
            throw new IllegalArgumentException(
                    "server secret algorithm: " + serverSecret.hashAlgorithm() + " (expected: " + hashAlgorithm + ")");
        }
        hashAlgorithm.requireDigestBytes("hash of data", hashOfData.length());
        return new SegmentSecret(hashAlgorithm.hmac(serverSecret.toByteArray(), hashOfData.toByteArray()));
    }

    @Override
    public String toString() {
        return "SegmentSecret[redacted]";
    }
}
