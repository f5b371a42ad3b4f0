// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.rate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {0, 5 * SECOND, Long.MAX_VALUE - SECOND, Long.MIN_VALUE})
    void letsBytesPassAtTheRate(long start) {
        TokenBucket bucket = new TokenBucket(1_000, start);

        assertThat(bucket.take(500, start)).isEqualTo(SECOND / 2);
        assertThat(bucket.take(500, start)).isEqualTo(SECOND);
        assertThat(bucket.take(1_000, start + SECOND)).isEqualTo(SECOND);
        assertThat(bucket.take(500, start + 2 * SECOND + SECOND / 4)).isEqualTo(SECOND / 4);
    }

    @Test
    void savesUpOneSecondAtMost() {
        TokenBucket bucket = new TokenBucket(1_000, 0);

        assertThat(bucket.take(1_000, 3_600 * SECOND)).isZero();
        assertThat(bucket.take(1_000, 3_600 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void takesBackWhatDidNotCome() {
        TokenBucket bucket = new TokenBucket(1_000, 0);
        bucket.take(5_000, 0);
        bucket.giveBack(5_000);

        assertThat(bucket.take(1_000, 0)).isEqualTo(SECOND);
    }

    @Test
    void letsNothingPassForNothing() {
        TokenBucket bucket = new TokenBucket(RateLimit.MAX_BYTES_PER_SECOND, 0);

        assertThat(bucket.take(1, 0)).isEqualTo(1);
        assertThat(bucket.take(Integer.MAX_VALUE, 0)).isEqualTo(1 + 1_953_125);
        assertThat(new TokenBucket(1, 0).take(Integer.MAX_VALUE, 0)).isEqualTo(Integer.MAX_VALUE * SECOND);
    }

    /** Whoever takes what and when: no window of time sees more than its share and a second's worth. */
    @Test
    void neverLetsMorePassThanTheRateAndASecondsWorth() {
        long rate = 10_000;
        SplittableRandom random = new SplittableRandom(7);
        TokenBucket bucket = new TokenBucket(rate, 0);
        int takes = 300;
        long[] passed = new long[takes];
        int[] bytes = new int[takes];
        long now = 0;
        for (int i = 0; i < takes; i++) {
            now += random.nextLong(random.nextInt(10) == 0 ? 20 * SECOND : SECOND / 2);
            bytes[i] = random.nextInt(1, 5_000);
            passed[i] = now + bucket.take(bytes[i], now);
        }

        for (int first = 0; first < takes; first++) {
            long sum = 0;
            for (int last = first; last < takes; last++) {
                assertThat(passed[last]).as("in the order of the calls").isGreaterThanOrEqualTo(passed[first]);
                sum += bytes[last];
                double seconds = (passed[last] - passed[first]) / 1e9;
                // The first of a window was paid for before it began.
                assertThat((double) (sum - bytes[first])).isLessThanOrEqualTo(rate * (seconds + 1) + 1);
            }
        }
    }
}
