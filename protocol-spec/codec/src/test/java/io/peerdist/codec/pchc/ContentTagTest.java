// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.pchc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.conformance.Hex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The values of MS-PCHC note 8. */
final class ContentTagTest {
    @ParameterizedTest
    @CsvSource({
        "57696e494e6574000000000000000000, WinINet",
        "576562494f0000000000000000000000, WebIO",
        "424954532d342e300000000000000000, BITS-4.0",
        "424954532d342e3000ffffffffffffff, BITS-4.0",
        "35db045d14234553a0510dc2e15e6c4c, SMB",
        "4f746865720000000000000000000000, other",
        "00000000000000000000000000000000, other",
        "424954532d342e312020202020202020, other",
        "57696e494e6574585858585858585858, other"
    })
    void labelsTagsThatWindowsUses(String octets, String label) {
        assertThat(ContentTag.of(Hex.parse(octets)).label()).isEqualTo(label);
    }

    @Test
    void hasConstantForEveryLabel() {
        assertThat(ContentTag.WININET.label()).isEqualTo("WinINet");
        assertThat(ContentTag.WEBIO.label()).isEqualTo("WebIO");
        assertThat(ContentTag.BITS).isEqualTo(ContentTag.of(Hex.parse("424954532d342e300000000000000000")));
        assertThat(ContentTag.SMB.label()).isEqualTo("SMB");
        assertThat(ContentTag.OTHER.label()).isEqualTo("other");
        assertThat(ContentTag.OTHER).isEqualTo(ContentTag.of(Hex.parse("4f746865720000000000000000000000")));
    }

    @Test
    void refusesOtherLengths() {
        assertThatThrownBy(() -> ContentTag.of(new byte[15])).hasMessageContaining("15");
        assertThatThrownBy(() -> ContentTag.of(new byte[17])).hasMessageContaining("17");
    }
}
