// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TransferRateTest {
    @Test
    void measuresTheRateOfTheLastSeconds() {
        TransferRate rate = new TransferRate();
        assertThat(rate.bytesPerSecond()).isZero();
        for (int second = 0; second <= 20; second++) {
            rate.sample(second * 1_000_000_000L, second < 10 ? 0 : (second - 10) * 500L);
        }

        assertThat(rate.bytesPerSecond()).isEqualTo(500);
    }
}
