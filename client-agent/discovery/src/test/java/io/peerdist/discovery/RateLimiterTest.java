// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import static io.peerdist.discovery.Samples.ip;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RateLimiterTest {
    private static final InetAddress SOURCE = ip("10.1.2.9");

    @Test
    void boundsEachSourceAndEarnsAnew() {
        RateLimiter limiter = new RateLimiter(new RateLimits(10, 1_000), 0);

        assertThat(admitted(limiter, SOURCE, 100, 0)).isEqualTo(20);
        assertThat(limiter.admit(SOURCE, 0)).isEqualTo(DatagramResult.SOURCE_LIMIT);
        assertThat(admitted(limiter, ip("10.1.2.10"), 5, 0)).isEqualTo(5);
        assertThat(admitted(limiter, SOURCE, 100, TimeUnit.SECONDS.toNanos(1))).isEqualTo(10);
        assertThat(admitted(limiter, SOURCE, 100, TimeUnit.HOURS.toNanos(1))).isEqualTo(20);
    }

    @Test
    void boundsAllSourcesTogetherAndTheirNumber() {
        RateLimiter limiter = new RateLimiter(new RateLimits(10, 1_000), 0);
        int admitted = 0;
        for (int i = 0; i < 5_000; i++) {
            admitted += admitted(limiter, ip("10.2." + i / 250 + "." + (1 + i % 250)), 1, 0);
        }

        assertThat(admitted).isEqualTo(2_000);
        assertThat(limiter.admit(ip("10.9.9.9"), 0)).isEqualTo(DatagramResult.OVERALL_LIMIT);
        assertThat(limiter.sources()).isEqualTo(RateLimiter.MAX_SOURCES);
    }

    private static int admitted(RateLimiter limiter, InetAddress source, int tries, long nowNanos) {
        int admitted = 0;
        for (int i = 0; i < tries; i++) {
            admitted += limiter.admit(source, nowNanos) == DatagramResult.TAKEN ? 1 : 0;
        }
        return admitted;
    }
}
