// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.peerdist.codec.pccrc.SegmentSecret;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.BoundedDecoding;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

final class BlockCipherFuzzTest {
    /** The provider's ciphers are large objects. */
    private static final BoundedDecoding DECODING = new BoundedDecoding(MalformedMessageException.class, 65_536, 8);

    private static final SegmentSecret SECRET = SegmentSecret.of(new byte[32]);

    /** Algorithm, length of the vector, length expected (2), then vector and ciphertext. */
    private static final int HEAD_BYTES = 4;

    static Stream<byte[]> seeds() {
        byte[] aes = new byte[HEAD_BYTES + 16 + 32];
        aes[0] = 1;
        aes[1] = 16;
        aes[3] = 31;
        byte[] none = {0, 0, 0, 3, 1, 2, 3};
        byte[] noVector = {2, 0, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        return Stream.of(aes, none, noVector);
    }

    @MethodSource("seeds")
    @FuzzTest
    void decryptsOrRefuses(byte[] input) {
        if (input.length < HEAD_BYTES) {
            return;
        }
        CryptoAlgorithm algorithm = Objects.requireNonNull(CryptoAlgorithm.ofId(input[0] & 3));
        int ivEnd = Math.min(input.length, HEAD_BYTES + Byte.toUnsignedInt(input[1]));
        int expectedBytes = Byte.toUnsignedInt(input[2]) << 8 | Byte.toUnsignedInt(input[3]);
        byte[] iv = Arrays.copyOfRange(input, HEAD_BYTES, ivEnd);
        byte[] ciphertext = Arrays.copyOfRange(input, ivEnd, input.length);

        DECODING.of(input.length, () -> BlockCipher.decrypt(algorithm, SECRET, iv, ciphertext, expectedBytes))
                .ifPresent(plain -> assertThat(plain).hasSize(expectedBytes));

        byte[] vector = Arrays.copyOf(iv, BlockCipher.IV_BYTES);
        byte[] encrypted = BlockCipher.encrypt(algorithm, SECRET, vector, ciphertext, 0, ciphertext.length);
        assertThat(encrypted).hasSize(BlockCipher.ciphertextBytes(algorithm, ciphertext.length));
        assertThat(BlockCipher.decrypt(algorithm, SECRET, vector, encrypted, ciphertext.length))
                .isEqualTo(ciphertext);
    }
}
