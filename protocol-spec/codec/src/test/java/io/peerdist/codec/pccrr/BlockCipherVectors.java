// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentSecret;
import io.peerdist.conformance.Hex;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The inputs of conformance/src/golden/block-cipher.sh, and what this codec makes of them. */
final class BlockCipherVectors {
    static final SegmentSecret SECRET =
            SegmentSecret.of(Hex.parse("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
    static final byte[] IV = Hex.parse("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    /** Lengths of the plaintexts whose ciphertext is in the vector. */
    static final int[] WHOLE = {1, 15, 16, 17, 1000};
    /** Lengths of the plaintexts of whose ciphertext only the SHA-256 is in the vector. */
    static final int[] HASHED = {65_535, 65_536, 131_072};

    private static final byte[] PLAINTEXT = IntStream.rangeClosed(1, 40_000)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining("\n"))
            .getBytes(StandardCharsets.US_ASCII);

    private BlockCipherVectors() {}

    static String name(CryptoAlgorithm algorithm) {
        return "block-cipher-aes-" + algorithm.keyBytes() * Byte.SIZE;
    }

    static byte[] plaintext(int length) {
        return Arrays.copyOf(PLAINTEXT, length);
    }

    static byte[] octets(CryptoAlgorithm algorithm) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (int length : WHOLE) {
            octets.writeBytes(encrypted(algorithm, length));
        }
        for (int length : HASHED) {
            byte[] ciphertext = encrypted(algorithm, length);
            octets.writeBytes(HashAlgorithm.SHA_256.hash(ciphertext, 0, ciphertext.length));
        }
        return octets.toByteArray();
    }

    private static byte[] encrypted(CryptoAlgorithm algorithm, int length) {
        return BlockCipher.encrypt(algorithm, SECRET, IV, PLAINTEXT, 0, length);
    }
}
