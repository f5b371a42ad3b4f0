// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OfferQuotasTest {
    private static final ClientNetwork A = new ClientNetwork(false, 1);
    private static final ClientNetwork B = new ClientNetwork(false, 2);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final OfferQuotas quotas = new OfferQuotas(60, 100);

    @Test
    void letsAMinutesOffersComeAtOnceAndThenOnePerShareOfTheMinute() {
        long nowNanos = Long.MAX_VALUE - 30 * SECOND_NANOS; // the clock's count may wrap around
        for (int i = 0; i < 60; i++) {
            assertThat(quotas.offer(A, nowNanos)).isZero();
        }
        assertThat(quotas.offer(A, nowNanos)).isEqualTo(SECOND_NANOS);
        assertThat(quotas.offer(A, nowNanos + SECOND_NANOS / 4)).isEqualTo(SECOND_NANOS * 3 / 4);

        assertThat(quotas.offer(A, nowNanos + SECOND_NANOS)).isZero();
        assertThat(quotas.offer(A, nowNanos + SECOND_NANOS)).isEqualTo(SECOND_NANOS);
        assertThat(quotas.offer(A, nowNanos + 61 * SECOND_NANOS)).isZero();
    }

    @Test
    void countsEachClientForItself() {
        for (int i = 0; i < 60; i++) {
            quotas.offer(A, 0);
        }

        assertThat(quotas.offer(A, 0)).isPositive();
        assertThat(quotas.offer(B, 0)).isZero();
    }

    @Test
    void remembersABoundedNumberOfClients() {
        for (int i = 0; i < 60; i++) {
            quotas.offer(A, 0);
        }
        for (int i = 0; i < 99; i++) {
            quotas.offer(new ClientNetwork(true, i), 0);
        }
        assertThat(quotas.offer(A, 0)).isPositive();

        for (int i = 0; i < 1_000; i++) {
            quotas.offer(new ClientNetwork(true, i), 0);
        }

        assertThat(quotas.clients()).isEqualTo(100);
        assertThat(quotas.offer(A, 0)).isZero();
    }

    @Test
    void doesNotHurtAClientThatDownloadsAtAGigabit() {
        // 125 MB/s in batches of 128 segments of 64 KiB, for an hour
        OfferQuotas defaults = new OfferQuotas(QuotaSettings.DEFAULT.offersPerMinute(), 10);
        long everyNanos = SECOND_NANOS * 128 * 65_536 / 125_000_000;

        for (long nowNanos = 0; nowNanos < 3_600 * SECOND_NANOS; nowNanos += everyNanos) {
            assertThat(defaults.offer(A, nowNanos)).isZero();
        }
    }
}
