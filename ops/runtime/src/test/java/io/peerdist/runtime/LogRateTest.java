// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogRateTest {
    @ParameterizedTest
    @ValueSource(longs = {0, -5, Long.MAX_VALUE - 50})
    void letsOneLinePassPerIntervalAndCountsTheOthers(long startNanos) {
        AtomicLong nowNanos = new AtomicLong(startNanos);
        LogRate rate = new LogRate(Duration.ofNanos(100), nowNanos::get);

        assertThat(rate.next()).hasValue(0);
        nowNanos.addAndGet(99);
        assertThat(rate.next()).isEmpty();
        assertThat(rate.next()).isEmpty();
        nowNanos.addAndGet(1);
        assertThat(rate.next()).hasValue(2);
        assertThat(rate.next()).isEmpty();
    }

    @Test
    void countsAnewAfterAQuietTime() {
        AtomicLong nowNanos = new AtomicLong();
        LogRate rate = new LogRate(Duration.ofNanos(100), nowNanos::get);
        rate.next();

        nowNanos.addAndGet(1_000);

        assertThat(rate.next()).hasValue(0);
    }
}
