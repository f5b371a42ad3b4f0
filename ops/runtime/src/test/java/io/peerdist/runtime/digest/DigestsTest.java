// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.Hex;
import io.peerdist.conformance.RandomizedTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DigestsTest {
    @ParameterizedTest
    @ValueSource(strings = {"SHA-256", "SHA-384", "SHA-512"})
    void hashesLikeThePlatform(String name) throws Exception {
        byte[] data = Gen.ofSeed(1).bytes(100_000);

        assertThat(Digests.newDigest(name).digest(data))
                .isEqualTo(MessageDigest.getInstance(name).digest(data));
    }

    @Test
    void refusesAnUnknownName() {
        assertThatThrownBy(() -> Digests.newDigest("SHA-513"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SHA-513");
    }

    @Test
    void keepsToThePlatformWhereThereIsNoLibraryOrNoWishForIt() {
        assertThat(Digests.hasOpenSsl(null, List.of("libcrypto-of-nobody.so.0")))
                .isFalse();
        assertThat(Digests.hasOpenSsl(null, List.of())).isFalse();
        assertThat(Digests.hasOpenSsl(null, List.of("libm.so.6"))).isFalse(); // a library without the functions
        assertThat(Digests.hasOpenSsl("platform", LibCrypto.NAMES)).isFalse();
    }

    /** Only where the machine has the library, as every Debian does that has openssl, curl or a TLS server. */
    @Nested
    final class OfOpenSsl {
        private MessageDigest digest = Digests.newDigest("SHA-512");

        @BeforeEach
        void needsTheLibrary() {
            assumeThat(Digests.hasOpenSsl(null, LibCrypto.NAMES)).isTrue();
            digest = new OpenSslSha512();
        }

        /** The examples of FIPS 180-2, C.1 and C.3. */
        @Test
        void hashesTheExamplesOfTheStandard() {
            byte[] million = new byte[1_000_000];
            Arrays.fill(million, (byte) 'a');

            assertThat(digest.digest("abc".getBytes(StandardCharsets.US_ASCII)))
                    .isEqualTo(Hex.parse("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                            + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
            assertThat(digest.digest(million))
                    .isEqualTo(Hex.parse("e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
                            + "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"));
        }

        @RandomizedTest(tries = 100)
        void hashesLikeThePlatformHoweverTheOctetsArrive(Gen gen) throws Exception {
            byte[] data = gen.bytes(gen.intBetween(0, 100_000));
            OpenSslSha512 mine = new OpenSslSha512();
            for (int at = 0; at < data.length; ) {
                int length = Math.min(data.length - at, gen.oneOf(1, 127, 16_384, 16_385, gen.intBetween(1, 60_000)));
                ByteBuffer part = ByteBuffer.wrap(data, at, length);
                ByteBuffer direct =
                        ByteBuffer.allocateDirect(length + 2).position(2).put(part.duplicate());
                switch (gen.intBetween(0, 4)) {
                    case 0 -> {
                        mine.update(data[at]);
                        mine.update(data, at + 1, length - 1);
                    }
                    case 1 -> mine.update(part);
                    case 2 -> mine.update(part.asReadOnlyBuffer());
                    case 3 -> mine.update(direct.position(2));
                    default -> mine.update(direct.position(2).slice().asReadOnlyBuffer());
                }
                at += length;
            }

            assertThat(mine.digest())
                    .isEqualTo(MessageDigest.getInstance("SHA-512").digest(data));
        }

        @Test
        void beginsAnewAfterEachDigestAndReset() throws Exception {
            byte[] data = Gen.ofSeed(2).bytes(40_000);
            byte[] expected = MessageDigest.getInstance("SHA-512").digest(data);

            assertThat(digest.digest(data)).isEqualTo(expected);
            digest.update(data, 0, 39_000);
            digest.reset();
            assertThat(digest.digest(data)).isEqualTo(expected);
            digest.update(data);
            byte[] target = new byte[70];
            assertThat(digest.digest(target, 6, 64)).isEqualTo(64);
            assertThat(Arrays.copyOfRange(target, 6, 70)).isEqualTo(expected);
        }

        @Test
        void refusesTooLittleRoom() {
            assertThatThrownBy(() -> digest.digest(new byte[64], 0, 63)).isInstanceOf(DigestException.class);
        }

        @Test
        void worksBesideOthersOnOtherThreads() throws Exception {
            byte[] data = Gen.ofSeed(3).bytes(65_536);
            byte[] expected = MessageDigest.getInstance("SHA-512").digest(data);
            List<CompletableFuture<Boolean>> workers = IntStream.range(0, 4)
                    .mapToObj(worker -> CompletableFuture.supplyAsync(() -> {
                        MessageDigest own = new OpenSslSha512();
                        return IntStream.range(0, 100).allMatch(i -> Arrays.equals(own.digest(data), expected));
                    }))
                    .toList();

            assertThat(workers).allSatisfy(worker -> assertThat(worker.join()).isTrue());
        }
    }
}
