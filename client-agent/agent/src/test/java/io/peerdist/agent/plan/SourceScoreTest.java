// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SourceScoreTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final SourceScore score = new SourceScore();

    private static void leaveOut(SourceScore score, long now) {
        while (!score.failed(now)) {
            assertThat(score.isLeftOut(now)).isFalse();
        }
    }

    @Test
    void leavesOutTwiceAsLongEachTimeUpToTenMinutes() {
        long now = 0;
        for (long pause = 5; pause <= 640; pause *= 2) {
            leaveOut(score, now);
            long limited = Math.min(600, pause);
            assertThat(score.isLeftOut(now + limited * SECOND - 1)).isTrue();
            now += limited * SECOND;
            assertThat(score.isLeftOut(now)).isFalse();
            assertThat(score.inFlightLimit()).isEqualTo(1);
        }
    }

    @Test
    void forgivesAfterSomeGoodBlocks() {
        leaveOut(score, 0);
        assertThat(score.isLeftOut(5 * SECOND)).isFalse();
        for (int block = 0; block < 4; block++) {
            score.delivered(MILLI, 65_536, 6 * SECOND);
        }

        leaveOut(score, 7 * SECOND);

        assertThat(score.isLeftOut(11 * SECOND)).isTrue();
        assertThat(score.isLeftOut(12 * SECOND)).isFalse();
    }

    @Test
    void weighsBadBlocksMoreThanFailures() {
        assertThat(score.bad(0)).isFalse();
        assertThat(score.bad(0)).isTrue();

        SourceScore other = new SourceScore();
        assertThat(other.failed(0)).isFalse();
        assertThat(other.failed(0)).isFalse();
        assertThat(other.failed(0)).isTrue();
    }

    @Test
    void countsNothingTwiceThatWasAskedBeforeItWasLeftOut() {
        leaveOut(score, 0);
        for (int late = 0; late < 100; late++) {
            assertThat(score.failed(SECOND)).isFalse();
        }

        assertThat(score.isLeftOut(5 * SECOND)).isFalse();
    }

    @Test
    void learnsHowLongAByteTakesWhateverIsOnItsWay() {
        // 100 bytes a microsecond, one block at a time and sixteen at a time.
        SourceScore many = new SourceScore();
        for (int block = 0; block < 50; block++) {
            score.delivered(10_000, 1_000, 0);
            many.delivered(160_000, 16_000, 0);
        }

        assertThat(score.expectedNanos(5_000, 0)).isEqualTo(50_000);
        assertThat(many.expectedNanos(5_000, 0)).isEqualTo(50_000);
    }

    @Test
    void forgetsSlowly() {
        score.delivered(10_000, 1_000, 0);

        assertThat(score.expectedNanos(1_000, 10 * SECOND)).isEqualTo(5_000);
    }

    @Test
    void isPatientAsLongAsIsUsual() {
        assertThat(score.patienceNanos()).isEqualTo(SourceScore.FIRST_PATIENCE_NANOS);
        score.delivered(MILLI, 1_000, 0);
        assertThat(score.patienceNanos()).isEqualTo(SourceScore.MIN_PATIENCE_NANOS);
        for (int block = 0; block < 100; block++) {
            score.delivered(400 * MILLI, 1_000, 0);
        }
        assertThat(score.patienceNanos()).isBetween(1_199 * MILLI, 1_300 * MILLI);
    }
}
