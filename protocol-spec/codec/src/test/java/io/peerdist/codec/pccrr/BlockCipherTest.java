// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.SegmentSecret;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.GoldenVector;
import io.peerdist.conformance.RandomizedTest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BlockCipherTest {
    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void agreesWithOpenssl(CryptoAlgorithm algorithm) {
        assertThat(BlockCipherVectors.octets(algorithm))
                .isEqualTo(GoldenVector.load(BlockCipherVectors.name(algorithm)).octets());
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void decryptsWhatOpensslEncrypted(CryptoAlgorithm algorithm) {
        byte[] vector = GoldenVector.load(BlockCipherVectors.name(algorithm)).octets();
        int at = 0;
        for (int plainBytes : BlockCipherVectors.WHOLE) {
            int end = at + BlockCipher.ciphertextBytes(algorithm, plainBytes);
            assertThat(BlockCipher.decrypt(
                            algorithm,
                            BlockCipherVectors.SECRET,
                            BlockCipherVectors.IV,
                            Arrays.copyOfRange(vector, at, end),
                            plainBytes))
                    .isEqualTo(BlockCipherVectors.plaintext(plainBytes));
            at = end;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, 0, 0",
        "NONE, 5, 5",
        "AES_128, 0, 16",
        "AES_128, 1, 16",
        "AES_192, 15, 16",
        "AES_256, 16, 32",
        "AES_128, 65536, 65552",
        "AES_128, 131072, 131088"
    })
    void tellsHowLongTheCiphertextWillBe(CryptoAlgorithm algorithm, int plainBytes, int ciphertextBytes) {
        byte[] ciphertext = BlockCipher.encrypt(
                algorithm, BlockCipherVectors.SECRET, BlockCipherVectors.IV, new byte[plainBytes], 0, plainBytes);

        assertThat(BlockCipher.ciphertextBytes(algorithm, plainBytes)).isEqualTo(ciphertextBytes);
        assertThat(ciphertext).hasSize(ciphertextBytes);
    }

    @RandomizedTest(tries = 200)
    void decryptsWhatItEncrypts(Gen gen) {
        CryptoAlgorithm algorithm = gen.oneOf(CryptoAlgorithm.values());
        SegmentSecret secret = SegmentSecret.of(gen.bytes(gen.oneOf(32, 48, 64)));
        byte[] iv = gen.bytes(BlockCipher.IV_BYTES);
        byte[] plain = gen.bytesUpTo(2_000);
        int off = gen.intBetween(0, plain.length);
        int len = gen.intBetween(0, plain.length - off);

        byte[] ciphertext = BlockCipher.encrypt(algorithm, secret, iv, plain, off, len);

        assertThat(BlockCipher.decrypt(algorithm, secret, iv, ciphertext, len))
                .isEqualTo(Arrays.copyOfRange(plain, off, off + len));
    }

    @Test
    void takesTheKeyFromTheStartOfTheSecret() {
        byte[] longSecret = new byte[64];
        byte[] shortSecret = new byte[16];
        Arrays.fill(longSecret, 16, 64, (byte) 1);

        assertThat(encrypt(CryptoAlgorithm.AES_128, longSecret))
                .isEqualTo(encrypt(CryptoAlgorithm.AES_128, shortSecret));
        assertThat(encrypt(CryptoAlgorithm.AES_192, longSecret))
                .isNotEqualTo(encrypt(CryptoAlgorithm.AES_192, new byte[24]));
    }

    @Test
    void doesNotLookAtPaddingOrAtWhatFollowsTheBlock() {
        byte[] plain = BlockCipherVectors.plaintext(100);
        byte[] ciphertext = BlockCipher.encrypt(
                CryptoAlgorithm.AES_128, BlockCipherVectors.SECRET, BlockCipherVectors.IV, plain, 0, 100);
        byte[] longer = Arrays.copyOf(ciphertext, ciphertext.length + 160);
        byte[] otherPadding = ciphertext.clone();
        otherPadding[95] ^= 1; // changes the last octet of padding, and a part of the block before

        assertThat(decrypt(longer, 100)).isEqualTo(plain);
        assertThat(decrypt(otherPadding, 100)).hasSize(100).startsWith(Arrays.copyOf(plain, 80));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 17, 31})
    void rejectsCiphertextThatIsNoMultipleOfTheCipherBlock(int length) {
        assertThatThrownBy(() -> decrypt(new byte[length], 1))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining(length + " octets (expected: a multiple of 16)");
    }

    @ParameterizedTest
    @EnumSource
    void rejectsCiphertextShorterThanTheBlock(CryptoAlgorithm algorithm) {
        assertThatThrownBy(() -> BlockCipher.decrypt(
                        algorithm, BlockCipherVectors.SECRET, BlockCipherVectors.IV, new byte[16], 17))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("16 octets (expected: at least 17)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 17})
    void rejectsVectorOfAnotherLength(int length) {
        assertThatThrownBy(() -> BlockCipher.decrypt(
                        CryptoAlgorithm.AES_128, BlockCipherVectors.SECRET, new byte[length], new byte[16], 1))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("IVBlock");
        assertThatThrownBy(() -> BlockCipher.encrypt(
                        CryptoAlgorithm.AES_128, BlockCipherVectors.SECRET, new byte[length], new byte[16], 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesSecretShorterThanTheKeyWithoutTellingIt() {
        assertThatThrownBy(() -> encrypt(CryptoAlgorithm.AES_256, new byte[31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("segment secret length: 31 (expected: at least 32 for AES_256)");
    }

    @Test
    void copiesWithoutEncryption() {
        byte[] plain = {1, 2, 3, 4};

        byte[] copy = BlockCipher.encrypt(CryptoAlgorithm.NONE, BlockCipherVectors.SECRET, new byte[0], plain, 1, 2);

        assertThat(copy).containsExactly(2, 3);
        assertThat(BlockCipher.decrypt(CryptoAlgorithm.NONE, BlockCipherVectors.SECRET, new byte[0], plain, 3))
                .containsExactly(1, 2, 3)
                .isNotSameAs(plain);
    }

    @ParameterizedTest
    @CsvSource({"NONE, 0, 0", "AES_128, 1, 16", "AES_192, 2, 24", "AES_256, 3, 32"})
    void namesEveryAlgorithmAsTheWireDoes(CryptoAlgorithm algorithm, int id, int keyBytes) {
        assertThat(algorithm.id()).isEqualTo(id);
        assertThat(algorithm.keyBytes()).isEqualTo(keyBytes);
        assertThat(CryptoAlgorithm.ofId(id)).isEqualTo(algorithm);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4, 0x1_0000_0000L, Long.MAX_VALUE, Long.MIN_VALUE})
    void knowsNoOtherAlgorithm(long id) {
        assertThat(CryptoAlgorithm.ofId(id)).isNull();
    }

    private static byte[] encrypt(CryptoAlgorithm algorithm, byte[] secret) {
        return BlockCipher.encrypt(
                algorithm, SegmentSecret.of(secret), BlockCipherVectors.IV, new byte[] {1, 2, 3}, 0, 3);
    }

    private static byte[] decrypt(byte[] ciphertext, int expectedPlainBytes) {
        return BlockCipher.decrypt(
                CryptoAlgorithm.AES_128,
                BlockCipherVectors.SECRET,
                BlockCipherVectors.IV,
                ciphertext,
                expectedPlainBytes);
    }
}
