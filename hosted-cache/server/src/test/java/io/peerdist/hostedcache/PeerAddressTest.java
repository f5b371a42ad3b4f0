// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Hex;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class PeerAddressTest {
    @Test
    void takesAMappedAddressAsIpv4() throws Exception {
        InetAddress mapped = Inet6Address.getByAddress("peer", Hex.parse("00000000 00000000 0000ffff 0a000205"), 3);
        assertThat(mapped).isInstanceOf(Inet6Address.class);

        assertThat(PeerAddress.of(mapped, 80).getAddress())
                .isInstanceOf(Inet4Address.class)
                .isEqualTo(InetAddress.getByAddress(new byte[] {10, 0, 2, 5}));
    }

    @Test
    void leavesOtherAddressesAlone() throws Exception {
        InetAddress linkLocal = Inet6Address.getByAddress("peer", Hex.parse("fe800000 00000000 00000000 00000001"), 3);

        assertThat(PeerAddress.of(linkLocal, 80).getAddress()).isSameAs(linkLocal);
        assertThat(PeerAddress.of(InetAddress.getLoopbackAddress(), 8080).getPort())
                .isEqualTo(8080);
    }
}
