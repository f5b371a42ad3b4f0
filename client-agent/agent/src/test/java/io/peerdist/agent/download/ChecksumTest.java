// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumTest {
    @Test
    void readsBothAlgorithmsInAnyCase() {
        assertThat(Checksum.parse("SHA256:" + "Ab".repeat(32)))
                .isEqualTo(new Checksum(Checksum.Algorithm.SHA_256, "ab".repeat(32)));
        assertThat(Checksum.parse(" sha512:" + "01".repeat(64)))
                .isEqualTo(new Checksum(Checksum.Algorithm.SHA_512, "01".repeat(64)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sha256:", "md5:d41d8cd98f00b204e9800998ecf8427e", "sha256:xy", "sha256=ab", "abcd"})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> Checksum.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: sha256: and 64 hexadecimal digits, or sha512: and 128)");
    }

    @Test
    void refusesAnotherNumberOfDigits() {
        assertThatThrownBy(() -> Checksum.parse("sha256:" + "0".repeat(63)))
                .hasMessage("checksum: 63 digits (expected: 64)");
        assertThatThrownBy(() -> Checksum.parse("sha512:" + "0".repeat(64)))
                .hasMessage("checksum: 64 digits (expected: 128)");
    }
}
