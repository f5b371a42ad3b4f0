// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class AdaptiveWaitTest {
    @Test
    void staysAtZeroHoweverLongNobodyAnswers() {
        AdaptiveWait wait = new AdaptiveWait(Duration.ofSeconds(10));
        for (int i = 0; i < 1_000; i++) {
            wait.unanswered(i, i);
        }
        assertThat(wait.current()).isZero();

        wait.answered();
        assertThat(wait.current()).isEqualTo(Duration.ofSeconds(10));
    }
}
