// SPDX-License-Identifier: Apache-2.0
package io.peerdist.codec.lease;

/**
 * The answer about one segment.
 *
 * @param millis of {@link LeaseState#GRANTED}, how long the lease lasts; of {@link LeaseState#WAIT}, when to look again; 0 of
 *     the others
 */
public record LeaseAnswer(LeaseState state, int millis) {
    /** The longest time in an answer: five minutes. */
    public static final int MAX_MILLIS = 300_000;

    /** The cache holds the segment. */
    public static final LeaseAnswer HELD = new LeaseAnswer(LeaseState.HELD, 0);

    /** There is no lease to be had. */
    public static final LeaseAnswer UNLEASED = new LeaseAnswer(LeaseState.UNLEASED, 0);

    /** Throws {@link IllegalArgumentException} for a time out of its range. */
    public LeaseAnswer {
        boolean timed = state == LeaseState.GRANTED || state == LeaseState.WAIT;
        if (millis < (timed ? 1 : 0) || millis > (timed ? MAX_MILLIS : 0)) {
            throw new IllegalArgumentException("milliseconds of " + state + ": " + millis + " (expected: "
                    + (timed ? "1 to " + MAX_MILLIS : "0") + ")");
        }
    }
}
