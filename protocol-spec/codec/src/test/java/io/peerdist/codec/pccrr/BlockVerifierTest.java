// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.DigestSource;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.codec.pccrr.BlockVerifier.Verdict;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BlockVerifierTest {
    private static final byte[] IV = BlockCipherVectors.IV;
    private static final byte[] CONTENT = Gen.ofSeed(11).bytes(65_536 + 77);

    private final BlockVerifier verifier = new BlockVerifier(DigestSource.PLATFORM);

    @ParameterizedTest
    @EnumSource
    void findsGenuineBlocksOfBothVersions(CryptoAlgorithm algorithm) {
        for (SegmentDescription segment : List.of(v1(), v2())) {
            for (int block = 0; block < segment.blockCount(); block++) {
                byte[] plain = plain(segment, block);
                byte[] ciphertext = BlockCipher.encrypt(algorithm, segment.secret(), IV, plain, 0, plain.length);
                for (ByteBuffer target : List.of(
                        ByteBuffer.allocate(plain.length + 5).position(5),
                        ByteBuffer.allocateDirect(plain.length + 10).position(5))) {
                    ByteBuffer sent = ByteBuffer.wrap(ciphertext);

                    assertThat(verifier.decrypt(segment, block, algorithm, IV, sent, target))
                            .isEqualTo(Verdict.GENUINE);
                    byte[] found = new byte[plain.length];
                    assertThat(target.position()).isEqualTo(5 + plain.length);
                    target.duplicate().position(5).get(found);
                    assertThat(found).isEqualTo(plain);
                    assertThat(sent.remaining()).isEqualTo(ciphertext.length);
                }
            }
        }
    }

    @RandomizedTest(tries = 60)
    void findsOneWrongBit(Gen gen) {
        SegmentDescription segment = gen.oneOf(v1(), v2());
        int block = gen.intBetween(0, segment.blockCount() - 1);
        byte[] plain = plain(segment, block);
        CryptoAlgorithm algorithm = gen.oneOf(CryptoAlgorithm.values());
        byte[] ciphertext = BlockCipher.encrypt(algorithm, segment.secret(), IV, plain, 0, plain.length);
        int bit = gen.intBetween(0, plain.length * 8 - 1);
        ciphertext[bit / 8] ^= (byte) (1 << bit % 8);
        ByteBuffer target = ByteBuffer.allocate(segment.blockLength(block));

        assertThat(verifier.decrypt(segment, block, algorithm, IV, ByteBuffer.wrap(ciphertext), target))
                .isEqualTo(Verdict.WRONG_HASH);
        assertThat(target.position()).isZero();
    }

    @Test
    void findsLengthsThatCannotBe() {
        SegmentDescription segment = v2();
        int plainBytes = segment.segmentBytes();
        int ciphertextBytes = BlockCipher.ciphertextBytes(CryptoAlgorithm.AES_128, plainBytes);

        assertThat(lengthVerdict(CryptoAlgorithm.AES_128, IV, plainBytes - 1)).isEqualTo(Verdict.WRONG_LENGTH);
        assertThat(lengthVerdict(CryptoAlgorithm.AES_128, IV, ciphertextBytes + 1))
                .isEqualTo(Verdict.WRONG_LENGTH);
        assertThat(lengthVerdict(CryptoAlgorithm.AES_128, new byte[0], ciphertextBytes))
                .isEqualTo(Verdict.WRONG_LENGTH);
        assertThat(lengthVerdict(CryptoAlgorithm.NONE, new byte[0], plainBytes - 1))
                .isEqualTo(Verdict.WRONG_LENGTH);
        assertThat(lengthVerdict(CryptoAlgorithm.AES_128, IV, ciphertextBytes)).isEqualTo(Verdict.WRONG_HASH);
    }

    private Verdict lengthVerdict(CryptoAlgorithm algorithm, byte[] iv, int ciphertextBytes) {
        return verifier.decrypt(
                v2(), 0, algorithm, iv, ByteBuffer.allocate(ciphertextBytes), ByteBuffer.allocate(CONTENT.length));
    }

    @Test
    void checksPlainBlocks() {
        SegmentDescription segment = v1();
        ByteBuffer last = ByteBuffer.wrap(CONTENT, 65_536, 77);

        assertThat(verifier.check(segment, 1, last)).isEqualTo(Verdict.GENUINE);
        assertThat(last.remaining()).isEqualTo(77);
        assertThat(verifier.check(segment, 0, last)).isEqualTo(Verdict.WRONG_LENGTH);
        assertThat(verifier.check(segment, 1, ByteBuffer.wrap(CONTENT, 65_535, 77)))
                .isEqualTo(Verdict.WRONG_HASH);
    }

    @Test
    void refusesWhatTheCallerGotWrong() {
        SegmentDescription segment = v1();

        assertThatThrownBy(() -> verifier.decrypt(
                        segment, 1, CryptoAlgorithm.AES_128, IV, ByteBuffer.allocate(80), ByteBuffer.allocate(76)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("target octets: 76 (expected: at least 77)");
        assertThatThrownBy(() -> verifier.check(segment, 2, ByteBuffer.allocate(1)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void worksAgainAfterItForgotItsKey() {
        SegmentDescription segment = v1();
        byte[] plain = plain(segment, 1);
        ByteBuffer ciphertext = ByteBuffer.allocate(80);
        verifier.cipher().encrypt(CryptoAlgorithm.AES_256, segment.secret(), IV, ByteBuffer.wrap(plain), ciphertext);

        verifier.close();

        assertThat(verifier.decrypt(
                        segment, 1, CryptoAlgorithm.AES_256, IV, ciphertext.flip(), ByteBuffer.allocate(77)))
                .isEqualTo(Verdict.GENUINE);
    }

    private static byte[] plain(SegmentDescription segment, int block) {
        int offset = block * segment.blockBytes();
        return Arrays.copyOfRange(CONTENT, offset, offset + segment.blockLength(block));
    }

    private static SegmentDescription v1() {
        byte[] hashes = new byte[64];
        System.arraycopy(HashAlgorithm.SHA_256.hash(CONTENT, 0, 65_536), 0, hashes, 0, 32);
        System.arraycopy(HashAlgorithm.SHA_256.hash(CONTENT, 65_536, 77), 0, hashes, 32, 32);
        return SegmentDescription.v1(HashAlgorithm.SHA_256, 0, CONTENT.length, hashes, secret(HashAlgorithm.SHA_256));
    }

    private static SegmentDescription v2() {
        HashAlgorithm algorithm = HashAlgorithm.TRUNCATED_SHA_512;
        HashOfData hash = HashOfData.of(algorithm.hash(CONTENT, 0, CONTENT.length));
        return SegmentDescription.v2(0, CONTENT.length, hash, secret(algorithm));
    }

    private static ServerSecret secret(HashAlgorithm algorithm) {
        return ServerSecret.derive(algorithm, SecretKey.of(new byte[] {9}));
    }
}
