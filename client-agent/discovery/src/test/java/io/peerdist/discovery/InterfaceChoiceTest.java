// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import static io.peerdist.discovery.Samples.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InterfaceChoiceTest {
    @ParameterizedTest
    @CsvSource({
        "eth0,eth0,10.1.2.3,true",
        "eth0,eth01,10.1.2.3,false",
        "docker*,docker0,172.17.0.1,true",
        "*,eth0,10.1.2.3,true",
        "e.h0,eth0,10.1.2.3,false",
        "10.1.0.0/16,eth0,10.1.2.3,true",
        "10.1.0.0/16,eth0,10.2.2.3,false",
        "fd00::/8,eth0,fd12::1,true",
        "fd00::/8,eth0,10.1.2.3,false",
        "0.0.0.0/0,eth0,10.1.2.3,true"
    })
    void choosesByNameOrNetwork(String rule, String name, String address, boolean matches) {
        int prefixLength = address.contains(":") ? 64 : 24;

        assertThat(InterfaceRule.parse(rule).matches(network(name, 2, address, prefixLength)))
                .isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "eth 0", "10.1.0.0/33", "10.1.0/16", "10.1.0.0/", "fd00::/129", "a/b", "eth0/24"})
    void refusesWhatIsNeither(String rule) {
        assertThatThrownBy(() -> InterfaceRule.parse(rule))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void excludesFromWhatIsIncluded() {
        InterfaceChoice choice = new InterfaceChoice(
                List.of(InterfaceRule.parse("eth*"), InterfaceRule.parse("10.0.0.0/8")),
                List.of(InterfaceRule.parse("eth7")));

        assertThat(choice.chooses(network("eth0", 2, "192.0.2.1", 24))).isTrue();
        assertThat(choice.chooses(network("br0", 2, "10.0.0.1", 24))).isTrue();
        assertThat(choice.chooses(network("br0", 2, "192.0.2.1", 24))).isFalse();
        assertThat(choice.chooses(network("eth7", 2, "10.0.0.1", 24))).isFalse();
        assertThat(InterfaceChoice.ALL.chooses(network("eth7", 2, "10.0.0.1", 24)))
                .isTrue();
    }
}
