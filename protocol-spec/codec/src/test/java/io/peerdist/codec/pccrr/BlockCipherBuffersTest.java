// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.SegmentSecret;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.Hex;
import io.peerdist.conformance.RandomizedTest;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The instance: from buffer to buffer, one block after the other. */
final class BlockCipherBuffersTest {
    private static final byte[] IV = BlockCipherVectors.IV;
    private static final SegmentSecret SECRET = BlockCipherVectors.SECRET;

    private final BlockCipher cipher = new BlockCipher();

    /** NIST SP 800-38A, F.2.1, F.2.3 and F.2.5. */
    @ParameterizedTest
    @CsvSource({
        "AES_128, 2b7e151628aed2a6abf7158809cf4f3c,"
                + " 7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
                + "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
        "AES_192, 8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b,"
                + " 4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
                + "571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd",
        "AES_256, 603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4,"
                + " f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
                + "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"
    })
    void agreesWithTheExamplesOfTheStandard(CryptoAlgorithm algorithm, String key, String ciphertext) {
        byte[] iv = Hex.parse("000102030405060708090a0b0c0d0e0f");
        byte[] plain = Hex.parse("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        ByteBuffer encrypted = ByteBuffer.allocate(80);
        ByteBuffer decrypted = ByteBuffer.allocate(64);

        cipher.encrypt(algorithm, SegmentSecret.of(Hex.parse(key)), iv, ByteBuffer.wrap(plain), encrypted);
        cipher.decrypt(algorithm, SegmentSecret.of(Hex.parse(key)), iv, encrypted.flip(), decrypted);

        assertThat(Arrays.copyOf(encrypted.array(), 64)).isEqualTo(Hex.parse(ciphertext));
        assertThat(decrypted.array()).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 131_072})
    void agreesWithThePlatformFromEveryKindOfBufferToEveryKind(int length) throws Exception {
        byte[] plain = Gen.ofSeed(length).bytes(length);
        byte[] expected = platform(CryptoAlgorithm.AES_128, SECRET, IV, plain);
        for (ByteBuffer source : sources(plain)) {
            for (ByteBuffer target : targets(expected.length)) {
                int start = target.position();
                cipher.encrypt(CryptoAlgorithm.AES_128, SECRET, IV, source.duplicate(), target);
                assertThat(octets(target, start)).isEqualTo(expected);
            }
        }
        for (ByteBuffer source : sources(expected)) {
            for (ByteBuffer target : targets(length)) {
                int start = target.position();
                target.limit(start + length);
                cipher.decrypt(CryptoAlgorithm.AES_128, SECRET, IV, source.duplicate(), target);
                assertThat(octets(target, start)).isEqualTo(plain);
            }
        }
    }

    @RandomizedTest(tries = 100)
    void agreesWithThePlatformForAnySequenceOfKeys(Gen gen) throws Exception {
        List<SegmentSecret> secrets = List.of(SegmentSecret.of(gen.bytes(32)), SegmentSecret.of(gen.bytes(48)), SECRET);
        for (int i = 0; i < 6; i++) {
            CryptoAlgorithm algorithm =
                    gen.oneOf(CryptoAlgorithm.AES_128, CryptoAlgorithm.AES_192, CryptoAlgorithm.AES_256);
            SegmentSecret secret = gen.oneOf(secrets);
            byte[] iv = gen.bytes(BlockCipher.IV_BYTES);
            byte[] plain = gen.bytesUpTo(40_000);
            byte[] ciphertext = platform(algorithm, secret, iv, plain);
            if (gen.bool()) {
                ByteBuffer target = gen.oneOf(targets(ciphertext.length));
                int start = target.position();
                cipher.encrypt(algorithm, secret, iv, gen.oneOf(sources(plain)), target);
                assertThat(octets(target, start)).isEqualTo(ciphertext);
            } else {
                int wanted = gen.intBetween(0, plain.length);
                ByteBuffer target = ByteBuffer.allocate(wanted);
                cipher.decrypt(algorithm, secret, iv, gen.oneOf(sources(ciphertext)), target);
                assertThat(target.array()).isEqualTo(Arrays.copyOf(plain, wanted));
            }
        }
    }

    @Test
    void copiesWithoutEncryption() {
        ByteBuffer target = ByteBuffer.allocate(4);

        cipher.encrypt(CryptoAlgorithm.NONE, SECRET, new byte[0], ByteBuffer.wrap(new byte[] {1, 2}), target);
        assertThat(target.position()).isEqualTo(2);
        target.limit(4);
        cipher.decrypt(CryptoAlgorithm.NONE, SECRET, new byte[0], ByteBuffer.wrap(new byte[] {3, 4, 5}), target);

        assertThat(target.array()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void writesNothingWhereTheCiphertextHasNoRoom() {
        ByteBuffer target = ByteBuffer.allocate(31);

        assertThatThrownBy(() -> cipher.encrypt(CryptoAlgorithm.AES_128, SECRET, IV, ByteBuffer.allocate(16), target))
                .isInstanceOf(BufferOverflowException.class);
        assertThat(target.array()).containsOnly(0);
        assertThat(target.position()).isZero();
    }

    @Test
    void goesOnAfterWhatItRefuses() throws Exception {
        byte[] plain = Gen.ofSeed(1).bytes(100);
        assertThatThrownBy(() -> decrypt(IV, 96, 100)).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> decrypt(IV, 105, 100))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("105 octets (expected: a multiple of 16)");
        assertThatThrownBy(() -> decrypt(new byte[15], 112, 100))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("15 octets (expected: 16)");
        assertThatThrownBy(() -> cipher.encrypt(
                        CryptoAlgorithm.AES_256,
                        SegmentSecret.of(new byte[31]),
                        IV,
                        ByteBuffer.wrap(plain),
                        ByteBuffer.allocate(112)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("31 (expected: at least 32 for AES_256)");

        ByteBuffer target = ByteBuffer.allocate(112);
        cipher.encrypt(CryptoAlgorithm.AES_128, SECRET, IV, ByteBuffer.wrap(plain), target);

        assertThat(target.array()).isEqualTo(platform(CryptoAlgorithm.AES_128, SECRET, IV, plain));
    }

    private void decrypt(byte[] iv, int ciphertextBytes, int plainBytes) {
        cipher.decrypt(
                CryptoAlgorithm.AES_128,
                SECRET,
                iv,
                ByteBuffer.allocate(ciphertextBytes),
                ByteBuffer.allocate(plainBytes));
    }

    @Test
    void worksAgainAfterItForgotItsKey() throws Exception {
        byte[] plain = Gen.ofSeed(2).bytes(50);
        ByteBuffer target = ByteBuffer.allocate(64);
        cipher.encrypt(CryptoAlgorithm.AES_128, SECRET, IV, ByteBuffer.wrap(plain), target);

        cipher.close();
        cipher.encrypt(CryptoAlgorithm.AES_128, SECRET, IV, ByteBuffer.wrap(plain), target.clear());

        assertThat(target.array()).isEqualTo(platform(CryptoAlgorithm.AES_128, SECRET, IV, plain));
    }

    @Test
    void worksBesideOthersOnOtherThreads() throws Exception {
        byte[] plain = Gen.ofSeed(3).bytes(65_536);
        byte[] expected = platform(CryptoAlgorithm.AES_128, SECRET, IV, plain);
        List<CompletableFuture<Boolean>> workers = IntStream.range(0, 4)
                .mapToObj(worker -> CompletableFuture.supplyAsync(() -> {
                    BlockCipher own = new BlockCipher();
                    ByteBuffer target = ByteBuffer.allocate(expected.length);
                    return IntStream.range(0, 50).allMatch(i -> {
                        own.encrypt(CryptoAlgorithm.AES_128, SECRET, IV, ByteBuffer.wrap(plain), target.clear());
                        return Arrays.equals(target.array(), expected);
                    });
                }))
                .toList();

        assertThat(workers).allSatisfy(worker -> assertThat(worker.join()).isTrue());
    }

    private static byte[] platform(CryptoAlgorithm algorithm, SegmentSecret secret, byte[] iv, byte[] plain)
            throws GeneralSecurityException {
        Cipher platform = Cipher.getInstance("AES/CBC/PKCS5Padding");
        SecretKeySpec key = new SecretKeySpec(secret.toByteArray(), 0, algorithm.keyBytes(), "AES");
        platform.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
        return platform.doFinal(plain);
    }

    private static List<ByteBuffer> sources(byte[] octets) {
        ByteBuffer heap = ByteBuffer.wrap(Arrays.copyOf(octets, octets.length + 2), 0, octets.length);
        ByteBuffer direct = ByteBuffer.allocateDirect(octets.length + 5).position(5);
        direct.put(octets).position(5);
        return List.of(heap, heap.asReadOnlyBuffer(), direct);
    }

    /** One on an array, one in the middle of an array, one outside the heap. */
    private static List<ByteBuffer> targets(int octets) {
        return List.of(
                ByteBuffer.allocate(octets),
                ByteBuffer.allocate(octets + 9).position(4).slice().position(3),
                ByteBuffer.allocateDirect(octets + 3).position(1));
    }

    private static byte[] octets(ByteBuffer written, int start) {
        byte[] octets = new byte[written.position() - start];
        written.duplicate().position(start).get(octets);
        return octets;
    }
}
