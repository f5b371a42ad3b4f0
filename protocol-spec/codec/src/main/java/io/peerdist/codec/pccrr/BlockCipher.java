// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.SegmentSecret;
import io.peerdist.codec.wire.MalformedMessageException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts and decrypts blocks: AES in CBC mode with PKCS #7 padding, the key being the first octets of the segment secret.
 * Decryption does not look at the padding, as clients do not: the block's length is known and its hash is checked.
 * Stateless and thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 2.2.3 and 5.1</a>
 */
public final class BlockCipher {
    /** The length of an initialization vector. */
    public static final int IV_BYTES = 16;

    static final int CIPHER_BLOCK_BYTES = 16;

    private BlockCipher() {}

    /** The length of what {@link #encrypt} makes of {@code plainBytes} octets: with AES at least one octet longer. */
    public static int ciphertextBytes(CryptoAlgorithm algorithm, int plainBytes) {
        return algorithm == CryptoAlgorithm.NONE
                ? plainBytes
                : plainBytes + CIPHER_BLOCK_BYTES - plainBytes % CIPHER_BLOCK_BYTES;
    }

    /**
     * Encrypts {@code len} octets of {@code plain} from {@code off} on; without encryption a copy.
     *
     * @param iv 16 octets, never used twice with one secret; without encryption not looked at
     * @throws IllegalArgumentException for a vector of another length or a secret too short for the algorithm
     */
    public static byte[] encrypt(
            CryptoAlgorithm algorithm, SegmentSecret secret, byte[] iv, byte[] plain, int off, int len) {
        if (algorithm == CryptoAlgorithm.NONE) {
            return Arrays.copyOfRange(plain, off, Math.addExact(off, len));
        }
        return run("AES/CBC/PKCS5Padding", Cipher.ENCRYPT_MODE, key(algorithm, secret), iv, plain, off, len);
    }

    /**
     * Decrypts {@code cipher} and keeps the first {@code expectedPlainBytes} octets; without encryption only cuts.
     *
     * @param iv 16 octets; without encryption not looked at
     * @throws MalformedMessageException when the vector or ciphertext has a length that cannot be, or is too short for
     *     the expected block: a peer sent them
     * @throws IllegalArgumentException for a secret too short for the algorithm
     */
    public static byte[] decrypt(
            CryptoAlgorithm algorithm, SegmentSecret secret, byte[] iv, byte[] cipher, int expectedPlainBytes) {
        if (cipher.length < expectedPlainBytes) {
            throw malformed("Block", cipher.length + " octets (expected: at least " + expectedPlainBytes + ")");
        }
        if (algorithm == CryptoAlgorithm.NONE) {
            return Arrays.copyOf(cipher, expectedPlainBytes);
        }
        if (cipher.length % CIPHER_BLOCK_BYTES != 0) {
            throw malformed("Block", cipher.length + " octets (expected: a multiple of " + CIPHER_BLOCK_BYTES + ")");
        }
        if (iv.length != IV_BYTES) {
            throw malformed("IVBlock", iv.length + " octets (expected: " + IV_BYTES + ")");
        }
        // CBC decrypts each block by itself: what lies behind the last one needed is not worth the time.
        int neededBytes = expectedPlainBytes + (-expectedPlainBytes & (CIPHER_BLOCK_BYTES - 1));
        byte[] plain =
                run("AES/CBC/NoPadding", Cipher.DECRYPT_MODE, key(algorithm, secret), iv, cipher, 0, neededBytes);
        return plain.length == expectedPlainBytes ? plain : Arrays.copyOf(plain, expectedPlainBytes);
    }

    private static SecretKeySpec key(CryptoAlgorithm algorithm, SegmentSecret secret) {
        if (secret.length() < algorithm.keyBytes()) {
            throw new IllegalArgumentException("segment secret length: " + secret.length() + " (expected: at least "
                    + algorithm.keyBytes() + " for " + algorithm + ")");
        }
        return new SecretKeySpec(secret.toByteArray(), 0, algorithm.keyBytes(), "AES");
    }

    private static byte[] run(
            String transformation, int mode, SecretKeySpec key, byte[] iv, byte[] in, int off, int len) {
        if (iv.length != IV_BYTES) {
            throw new IllegalArgumentException(
                    "initialization vector length: " + iv.length + " (expected: " + IV_BYTES + ")");
        }
        try {
            Cipher cipher = Cipher.getInstance(transformation);
            cipher.init(mode, key, new IvParameterSpec(iv));
            return cipher.doFinal(in, off, len);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK offers " + transformation, e);
        }
    }

    private static MalformedMessageException malformed(String field, String reason) {
        return new MalformedMessageException(RetrievalCodec.PROTOCOL, field, 0, reason);
    }
}
