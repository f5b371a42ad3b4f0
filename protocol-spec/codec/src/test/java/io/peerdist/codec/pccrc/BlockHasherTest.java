// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.Hex;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BlockHasherTest {
    private static final ServerSecret V1_SECRET =
            ServerSecret.derive(HashAlgorithm.SHA_256, SecretKey.of(new byte[] {1}));
    private static final ServerSecret V2_SECRET =
            ServerSecret.derive(HashAlgorithm.TRUNCATED_SHA_512, SecretKey.of(new byte[] {1}));

    private final BlockHasher hasher = new BlockHasher();

    /** The examples "abc" and a million times "a" of FIPS 180-2. */
    @ParameterizedTest
    @CsvSource({
        "SHA_256, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad,"
                + " cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        "SHA_384, cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7,"
                + " 9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985",
        "TRUNCATED_SHA_512, ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a,"
                + " e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
    })
    void hashesTheExamplesOfTheStandard(HashAlgorithm algorithm, String ofAbc, String ofAMillion) {
        byte[] million = new byte[1_000_000];
        Arrays.fill(million, (byte) 'a');

        assertThat(hash(algorithm, "abc".getBytes(StandardCharsets.US_ASCII))).isEqualTo(Hex.parse(ofAbc));
        assertThat(hash(algorithm, million)).isEqualTo(Hex.parse(ofAMillion));
        assertThat(hash(algorithm, "abc".getBytes(StandardCharsets.US_ASCII))).isEqualTo(Hex.parse(ofAbc));
    }

    private byte[] hash(HashAlgorithm algorithm, byte[] data) {
        byte[] target = new byte[algorithm.digestBytes()];
        hasher.hash(algorithm, data, 0, data.length, target, 0);
        return target;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 127, 128, 65_535, 65_536, 65_537, 131_072})
    void agreesWithThePlainDigestInEveryKindOfBuffer(int length) {
        byte[] data = Gen.ofSeed(length).bytes(length + 7);
        for (HashAlgorithm algorithm : HashAlgorithm.values()) {
            byte[] expected = algorithm.hash(data, 5, length);
            for (ByteBuffer buffer : buffers(data, 5, length)) {
                byte[] target = new byte[algorithm.digestBytes() + 3];
                hasher.hash(algorithm, buffer, target, 3);

                assertThat(Arrays.copyOfRange(target, 3, target.length))
                        .as("%s of %s", algorithm, buffer)
                        .isEqualTo(expected);
                assertThat(buffer.hasRemaining()).isFalse();
            }
        }
    }

    @RandomizedTest(tries = 60)
    void agreesWithThePlainDigestHoweverTheOctetsArrive(Gen gen) {
        byte[] data = gen.bytes(gen.intBetween(0, 200_000));
        HashAlgorithm algorithm = gen.oneOf(HashAlgorithm.values());
        int from = gen.intBetween(0, data.length);
        int to = gen.intBetween(from, data.length);
        int at = from;
        while (at < to) {
            int length = Math.min(to - at, gen.oneOf(1, 128, 65_536, gen.intBetween(1, 70_000)));
            if (gen.bool()) {
                hasher.update(algorithm, data, at, length);
            } else {
                hasher.update(algorithm, gen.oneOf(buffers(data, at, length)));
            }
            at += length;
        }
        byte[] target = new byte[algorithm.digestBytes()];
        hasher.finish(algorithm, target, 0);

        assertThat(target).isEqualTo(algorithm.hash(data, from, to - from));
    }

    @Test
    void tellsABlockFromOthers() {
        byte[] content = Gen.ofSeed(3).bytes(2 * 65_536 + 100);
        for (SegmentDescription segment : List.of(v1(content), v2(content))) {
            for (int block = 0; block < segment.blockCount(); block++) {
                int offset = block * segment.blockBytes();
                int length = segment.blockLength(block);
                byte[] changed = content.clone();
                changed[offset + length - 1] ^= 1;

                for (ByteBuffer data : buffers(content, offset, length)) {
                    assertThat(hasher.matches(segment, block, data)).isTrue();
                    assertThat(data.remaining()).isEqualTo(length);
                }
                assertThat(hasher.matches(segment, block, content, offset, length))
                        .isTrue();
                assertThat(hasher.matches(segment, block, content, offset, length - 1))
                        .isFalse();
                assertThat(hasher.matches(segment, block, ByteBuffer.wrap(content, offset, length - 1)))
                        .isFalse();
                assertThat(hasher.matches(segment, block, changed, offset, length))
                        .isFalse();
            }
        }
    }

    @Test
    void refusesABlockThatIsNotListedAndGoesOn() {
        byte[] content = Gen.ofSeed(4).bytes(70_000);
        SegmentDescription segment = v1(content);

        assertThatThrownBy(() -> hasher.matches(segment, 2, content, 0, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> hasher.matches(segment, -1, ByteBuffer.wrap(content)))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> hasher.matches(segment, 0, content, 5_000, 65_536))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(hasher.matches(segment, 0, content, 0, 65_536)).isTrue();
    }

    @Test
    void forgetsAnUnfinishedBlock() {
        hasher.update(HashAlgorithm.SHA_256, new byte[1], 0, 1);
        hasher.reset();

        assertThat(hash(HashAlgorithm.SHA_256, new byte[5])).isEqualTo(HashAlgorithm.SHA_256.hash(new byte[5], 0, 5));
    }

    @Test
    void derivesTheSecretsOfSeveralServersInTurn() {
        byte[] hash = Gen.ofSeed(6).bytes(40);
        byte[] target = new byte[33];
        for (int i = 0; i < 4; i++) {
            ServerSecret secret = i % 2 == 0 ? V1_SECRET : V2_SECRET;
            hasher.deriveSecret(secret, hash, 8, target, 1);

            assertThat(SegmentSecret.of(Arrays.copyOfRange(target, 1, 33)))
                    .isEqualTo(SegmentSecret.derive(
                            secret.hashAlgorithm(), secret, HashOfData.of(Arrays.copyOfRange(hash, 8, 40))));
        }
    }

    @Test
    void takesEachDigestFromItsSourceOnce() {
        AtomicInteger asked = new AtomicInteger();
        BlockHasher counted = new BlockHasher(name -> {
            asked.incrementAndGet();
            return DigestSource.PLATFORM.newDigest(name);
        });
        byte[] target = new byte[64];

        for (int i = 0; i < 3; i++) {
            counted.hash(HashAlgorithm.SHA_256, target, 0, 1, target, 0);
            counted.hash(HashAlgorithm.SHA_512, target, 0, 1, target, 0);
        }

        assertThat(asked).hasValue(2);
    }

    @Test
    void hasNoDigestOfAnUnknownName() {
        assertThatThrownBy(() -> DigestSource.PLATFORM.newDigest("SHA-257"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SHA-257");
    }

    @Test
    void worksBesideOthersOnOtherThreads() {
        byte[] content = Gen.ofSeed(5).bytes(65_536 + 1);
        SegmentDescription segment = v1(content);
        List<CompletableFuture<Boolean>> workers = IntStream.range(0, 4)
                .mapToObj(worker -> CompletableFuture.supplyAsync(() -> {
                    BlockHasher own = new BlockHasher();
                    return IntStream.range(0, 200)
                            .allMatch(i -> own.matches(segment, 0, content, 0, 65_536)
                                    && own.matches(segment, 1, content, 65_536, 1)
                                    && !own.matches(segment, 0, content, 1, 65_536));
                }))
                .toList();

        assertThat(workers).allSatisfy(worker -> assertThat(worker.join()).isTrue());
    }

    private static SegmentDescription v1(byte[] content) {
        byte[] hashes = new byte[(content.length + 65_535) / 65_536 * 32];
        for (int at = 0; at < content.length; at += 65_536) {
            byte[] hash = HashAlgorithm.SHA_256.hash(content, at, Math.min(65_536, content.length - at));
            System.arraycopy(hash, 0, hashes, at / 65_536 * 32, 32);
        }
        return SegmentDescription.v1(HashAlgorithm.SHA_256, 0, content.length, hashes, V1_SECRET);
    }

    private static SegmentDescription v2(byte[] content) {
        int length = Math.min(content.length, ContentInformation.V2_MAX_SEGMENT_BYTES);
        HashOfData hash = HashOfData.of(HashAlgorithm.TRUNCATED_SHA_512.hash(content, 0, length));
        return SegmentDescription.v2(0, length, hash, V2_SECRET);
    }

    /** The same octets on an array, in a read-only buffer on an array, outside the heap, and in a slice. */
    private static List<ByteBuffer> buffers(byte[] data, int offset, int length) {
        ByteBuffer heap = ByteBuffer.wrap(data, offset, length);
        ByteBuffer direct = ByteBuffer.allocateDirect(length + 3).position(3);
        direct.put(data, offset, length).position(3);
        return List.of(heap, heap.asReadOnlyBuffer(), heap.slice(), direct, direct.asReadOnlyBuffer());
    }
}
