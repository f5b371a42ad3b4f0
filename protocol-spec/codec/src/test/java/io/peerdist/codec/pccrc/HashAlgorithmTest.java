// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pccrc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HashAlgorithmTest {
    private static final byte[] ABC = "xabcx".getBytes(StandardCharsets.US_ASCII);

    /** The one-block example "abc" of FIPS 180-2. */
    @Test
    void hashesTheExampleOfTheStandard() {
        assertThat(hex(HashAlgorithm.SHA_256))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(hex(HashAlgorithm.SHA_384))
                .startsWith("cb00753f45a35e8bb5a03d699ac65007")
                .hasSize(96);
        assertThat(hex(HashAlgorithm.SHA_512))
                .startsWith("ddaf35a193617abacc417349ae204131")
                .hasSize(128);
        assertThat(hex(HashAlgorithm.TRUNCATED_SHA_512))
                .isEqualTo(hex(HashAlgorithm.SHA_512).substring(0, 64));
    }

    private static String hex(HashAlgorithm algorithm) {
        return HashOfData.of(algorithm.hash(ABC, 1, 3)).toString();
    }

    @ParameterizedTest
    @EnumSource
    void cutsDigestAndMacToItsLength(HashAlgorithm algorithm) {
        MessageDigest digest = algorithm.newDigest();
        digest.update(ABC, 1, 3);

        assertThat(algorithm.finish(digest))
                .isEqualTo(algorithm.hash(ABC, 1, 3))
                .hasSize(algorithm.digestBytes());
        assertThat(algorithm.hmac(ABC, ABC)).hasSize(algorithm.digestBytes());
        assertThat(algorithm.hmac(ABC, Arrays.copyOf(ABC, 2), new byte[0], Arrays.copyOfRange(ABC, 2, 5)))
                .isEqualTo(algorithm.hmac(ABC, ABC));
    }

    @Test
    void belongsToOneVersion() {
        assertThat(HashAlgorithm.ofId(1, 0x800C)).isEqualTo(HashAlgorithm.SHA_256);
        assertThat(HashAlgorithm.ofId(2, 0x04)).isEqualTo(HashAlgorithm.TRUNCATED_SHA_512);
        assertThat(HashAlgorithm.ofId(2, 0x800C)).isNull();
        assertThat(HashAlgorithm.ofId(1, 0x04)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void refusesSecretsAndHashesOfAnotherLength(HashAlgorithm algorithm) {
        SegmentSecret secret = SegmentSecret.of(new byte[algorithm.digestBytes()]);
        HashOfData hashOfData = HashOfData.of(new byte[algorithm.digestBytes()]);

        assertThat(SegmentId.derive(algorithm, secret, hashOfData).length()).isEqualTo(algorithm.digestBytes());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SegmentId.derive(algorithm, SegmentSecret.of(new byte[20]), hashOfData));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SegmentId.derive(algorithm, secret, HashOfData.of(new byte[20])));
    }
}
