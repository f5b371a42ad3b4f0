// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class DoubtLimitTest {
    private static final long HOUR = DoubtLimit.WINDOW_NANOS;

    @Test
    void givesEachClientItsShareOfAnHour() {
        DoubtLimit limit = new DoubtLimit(2);

        assertThat(limit.take(address("10.0.0.1"), 0)).isTrue();
        assertThat(limit.take(address("10.0.0.1"), HOUR)).isTrue();
        assertThat(limit.take(address("10.0.0.1"), HOUR)).isFalse();
        assertThat(limit.take(address("10.0.0.2"), HOUR)).isTrue();
        assertThat(limit.take(address("10.0.0.1"), HOUR + 1)).isTrue();
    }

    @Test
    void countsANetworkOfIpv6AsOneClient() {
        DoubtLimit limit = new DoubtLimit(1);

        assertThat(limit.take(address("2001:db8::1"), 0)).isTrue();
        assertThat(limit.take(address("2001:db8::2"), 0)).isFalse();
        assertThat(limit.take(address("2001:db8:0:1::1"), 0)).isTrue();
    }

    @Test
    void refusesRatherThanForgetsWhenThereAreTooManyClients() {
        DoubtLimit limit = new DoubtLimit(1);
        for (int i = 0; i < DoubtLimit.MAX_CLIENTS; i++) {
            assertThat(limit.take(address("10.0." + i / 256 + "." + i % 256), i))
                    .isTrue();
        }

        assertThat(limit.take(address("10.1.0.0"), HOUR)).isFalse();
        assertThat(limit.take(address("10.1.0.0"), HOUR + 1)).isTrue();
    }

    @Test
    void mayBeOff() {
        assertThat(new DoubtLimit(0).take(address("10.0.0.1"), 0)).isFalse();
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
