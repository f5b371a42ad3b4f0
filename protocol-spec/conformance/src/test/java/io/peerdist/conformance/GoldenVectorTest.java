// SPDX-License-Identifier: Apache-2.0
package io.peerdist.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class GoldenVectorTest {
    @Test
    void loadsOctetsAndProvenance() {
        GoldenVector vector = GoldenVector.load("pccrc-3.1");

        assertThat(vector.octets()).startsWith(0, 1).hasSize(166);
        assertThat(vector.provenance()).startsWith("MS-PCCRC 3.1").contains("openssl");
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoldenVector.load("absent"))
                .withMessageContaining("/golden/absent.hex");
    }

    @Test
    void readsHexadecimalAroundCommentsAndSpace() {
        assertThat(Hex.parse("# 00\n0A fF # ff\n\n\t01")).containsExactly(10, -1, 1);
        assertThat(Hex.of(new byte[] {10, -1})).isEqualTo("0aff");
        assertThatIllegalArgumentException().isThrownBy(() -> Hex.parse("0"));
        assertThatIllegalArgumentException().isThrownBy(() -> Hex.parse("0x"));
    }
}
