// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ClientNetworkTest {
    @Test
    void isAnAddressOfIpv4() throws UnknownHostException {
        assertThat(network("192.0.2.1")).isEqualTo(network("192.0.2.1")).isNotEqualTo(network("192.0.2.2"));
        assertThat(network("::ffff:192.0.2.1")).isEqualTo(network("192.0.2.1"));
        assertThat(network("255.255.255.255")).hasToString("255.255.255.255");
    }

    @Test
    void isASubnetOfIpv6() throws UnknownHostException {
        assertThat(network("2001:db8:1:2:3::4"))
                .isEqualTo(network("2001:db8:1:2:ffff:ffff:ffff:ffff"))
                .isNotEqualTo(network("2001:db8:1:3:3::4"))
                .hasToString("2001:db8:1:2:0:0:0:0/64");
        assertThat(network("fe80::1")).isEqualTo(network("fe80::2"));
    }

    @Test
    void doesNotTakeOneFamilyForTheOther() throws UnknownHostException {
        assertThat(network("::c000:201:0:0:0:0")).isNotEqualTo(network("192.0.2.1"));
    }

    private static ClientNetwork network(String address) throws UnknownHostException {
        return ClientNetwork.of(InetAddress.getByName(address));
    }
}
