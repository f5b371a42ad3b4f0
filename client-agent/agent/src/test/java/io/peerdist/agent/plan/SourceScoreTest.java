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
    void asksForOneBlockMoreAtATimeForEachThatComesQuickly() {
        assertThat(score.inFlightLimit()).isEqualTo(4);
        for (int block = 1; block <= 12; block++) {
            score.delivered(10 * MILLI, 65_536, 0);
            assertThat(score.inFlightLimit()).isEqualTo(4 + block);
        }
    }

    @Test
    void asksABusySourceForFewerOnceForAllThatWereOnTheirWay() {
        for (int block = 0; block < 16; block++) {
            score.delivered(10 * MILLI, 65_536, 0);
        }
        score.delivered(800 * MILLI, 65_536, SECOND);
        score.delivered(800 * MILLI, 65_536, SECOND);
        assertThat(score.inFlightLimit()).isEqualTo(14);
        for (int second = 2; second < 30; second++) {
            score.delivered(1_000 * MILLI, 65_536, second * SECOND);
        }
        assertThat(score.inFlightLimit()).as("it is asked for one at least").isEqualTo(1);

        for (int block = 0; block < 10; block++) {
            score.delivered(10 * MILLI, 65_536, 30 * SECOND);
        }
        assertThat(score.inFlightLimit()).as("more, but slowly").isBetween(3, 5);
    }

    @Test
    void doesNotTakeASourceThatIsFarAwayForABusyOne() {
        for (int second = 0; second < 20; second++) {
            score.delivered(900 * MILLI, 65_536, second * SECOND);
        }

        assertThat(score.inFlightLimit()).isEqualTo(24);
    }

    @Test
    void asksASlowSourceAgainThatSaysItIsAliveButNotOneThatSentBadBlocks() {
        leaveOut(score, 0);
        score.isAlive();
        assertThat(score.isLeftOut(1)).isFalse();
        assertThat(score.inFlightLimit()).isEqualTo(1);

        score.bad(2);
        assertThat(score.isLeftOut(3)).isTrue();
        score.isAlive();
        assertThat(score.isLeftOut(3)).isTrue();
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
