// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
    private static final int PROXY_PORT = 3128;

    private final AddressRules rules =
            new AddressRules(address -> address.getHostAddress().equals("10.0.0.5"), port -> port == PROXY_PORT);

    private static InetAddress address(String literal) throws Exception {
        return InetAddress.getByName(literal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.9.9.9",
                "0.0.0.0",
                "0.1.2.3",
                "::1",
                "::",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:0001::1",
                "169.254.169.254",
                "fe80::1",
                "10.0.0.5",
                "::ffff:10.0.0.5",
                "64:ff9b::a00:5",
                "224.0.0.1",
                "ff02::c",
                "255.255.255.255"
            })
    void keepsOtherMachinesAwayFromThisOne(String literal) throws Exception {
        Refusal refusal = rules.check(address(literal), 80, true);
        assertThat(refusal).isNotNull();
        assertThat(Objects.requireNonNull(refusal).status().code()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.6", "192.168.1.1", "93.184.216.34", "2001:db8::1", "fd00::1"})
    void letsOtherMachinesReachOthers(String literal) throws Exception {
        assertThat(rules.check(address(literal), 80, true)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "10.0.0.5", "169.254.1.1", "10.0.0.6"})
    void letsProgramsOfThisMachineReachEverything(String literal) throws Exception {
        assertThat(rules.check(address(literal), 80, false)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "0.0.0.0", "10.0.0.5", "::ffff:10.0.0.5"})
    void neverLeadsToTheProxyItself(String literal) throws Exception {
        Refusal refusal = rules.check(address(literal), PROXY_PORT, false);
        assertThat(Objects.requireNonNull(refusal).status().code()).isEqualTo(508);
        assertThat(rules.check(address("10.0.0.6"), PROXY_PORT, false)).isNull();
    }

    @Test
    void knowsTheAddressesOfThisMachine() throws Exception {
        assertThat(AddressRules.isOwnAddress(address("127.0.0.1"))).isTrue();
        assertThat(AddressRules.isOwnAddress(address("192.0.2.77"))).isFalse();
    }

    @Test
    void comparesNetworks() throws Exception {
        AddressRange range = AddressRange.parse("10.1.128.0/17");
        assertThat(range.contains(address("10.1.128.1"))).isTrue();
        assertThat(range.contains(address("10.1.255.255"))).isTrue();
        assertThat(range.contains(address("10.1.127.255"))).isFalse();
        assertThat(range.contains(address("fd00::1"))).isFalse();
        assertThat(AddressRange.parse("fd00::/8").contains(address("fdff::1"))).isTrue();
        assertThat(AddressRange.parse("0.0.0.0/0").contains(address("1.2.3.4"))).isTrue();
        assertThat(AddressRange.parse("192.0.2.7").contains(address("192.0.2.7")))
                .isTrue();
        assertThat(AddressRange.parse("192.0.2.7").contains(address("192.0.2.6")))
                .isFalse();
        assertThat(AddressRange.parse("10.0.0.0/8"))
                .hasToString("10.0.0.0/8")
                .isEqualTo(AddressRange.parse("10.0.0.0/8"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "/8", "::/129", "eth0"})
    void refusesWhatIsNoNetwork(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: an address");
    }
}
