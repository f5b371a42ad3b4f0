// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import static io.peerdist.discovery.Samples.OFFICE;
import static io.peerdist.discovery.Samples.ip;
import static io.peerdist.discovery.Samples.network;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LocalNetworkTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.2.3,24,10.1.2.250,true",
        "10.1.2.3,24,10.1.3.1,false",
        "10.1.2.3,24,10.1.2.255,false",
        "10.1.2.3,24,10.1.2.0,false",
        "10.1.2.3,22,10.1.3.255,false",
        "10.1.2.3,22,10.1.1.255,true",
        "10.1.2.3,31,10.1.2.2,true",
        "10.1.2.3,32,10.1.2.3,true",
        "10.1.2.3,0,192.0.2.1,true",
        "10.1.2.3,0,255.255.255.255,false",
        "10.1.2.3,0,0.0.0.0,false",
        "10.1.2.3,0,239.255.255.250,false",
        "10.1.2.3,24,fd00::1,false",
        "fd00::1,64,fd00::ffff,true",
        "fd00::1,64,fd00:0:0:1::1,false",
        "fd00::1,64,ff02::c,false"
    })
    void knowsItsMachines(String own, int prefixLength, String other, boolean contained) {
        assertThat(network("eth0", 2, own, prefixLength).contains(ip(other))).isEqualTo(contained);
    }

    @Test
    void tellsLinksWithTheSameAddressesApart() throws UnknownHostException {
        LocalNetwork first = network("eth0", 2, "fe80::1", 64);
        LocalNetwork second = network("eth1", 3, "fe80::1", 64);
        LocalNetworks networks = new LocalNetworks();
        networks.set(List.of(first, second));
        byte[] octets = ip("fe80::99").getAddress();

        assertThat(networks.of(Inet6Address.getByAddress(null, octets, 3))).isEqualTo(second);
        assertThat(networks.of(Inet6Address.getByAddress(null, octets, 4))).isNull();
    }

    @Test
    void namesOwnAddressesOfAnInterfaceWithIpv4First() {
        LocalNetworks networks = new LocalNetworks();
        networks.set(List.of(
                network("eth0", 2, "fe80::1", 64),
                network("eth0", 2, "fd00::1", 64),
                network("eth1", 3, "10.9.9.9", 24),
                OFFICE));

        assertThat(ServingAddresses.ownPort(80).on(networks.sharingInterface(OFFICE)))
                .containsExactly(
                        new InetSocketAddress(ip("10.1.2.3"), 80),
                        new InetSocketAddress(ip("fd00::1"), 80),
                        new InetSocketAddress(ip("fe80::1"), 80));
    }
}
