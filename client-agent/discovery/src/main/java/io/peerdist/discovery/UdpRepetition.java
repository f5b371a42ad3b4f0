// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Sends a datagram and sends it again, as SOAP-over-UDP of September 2004 has it: the first pause is drawn from 50 to
 * 250 ms, each further one is twice as long, up to 500 ms.
 */
record UdpRepetition(LoopTasks tasks, RandomGenerator random) {
    private static final int MIN_DELAY_MILLIS = 50;
    private static final int MAX_DELAY_MILLIS = 250;
    private static final int UPPER_DELAY_MILLIS = 500;

    /** Sends now, and again up to {@code repeats} times while {@code stillWanted}. */
    void send(int repeats, Runnable sending, BooleanSupplier stillWanted) {
        sending.run();
        if (repeats > 0) {
            again(repeats, random.nextInt(MIN_DELAY_MILLIS, MAX_DELAY_MILLIS + 1), sending, stillWanted);
        }
    }

    private void again(int repeats, int delayMillis, Runnable sending, BooleanSupplier stillWanted) {
        tasks.after(Duration.ofMillis(delayMillis), () -> {
            if (stillWanted.getAsBoolean()) {
                sending.run();
                if (repeats > 1) {
                    again(repeats - 1, Math.min(2 * delayMillis, UPPER_DELAY_MILLIS), sending, stillWanted);
                }
            }
        });
    }
}
