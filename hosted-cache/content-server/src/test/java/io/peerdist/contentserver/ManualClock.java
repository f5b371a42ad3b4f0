// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import io.peerdist.runtime.Clock;
import java.time.Duration;
import java.time.Instant;

/** A clock that goes when it is told to. */
public final class ManualClock implements Clock {
    private volatile Instant now;

    public ManualClock(Instant start) {
        this.now = start;
    }

    /** A minute ahead of this machine's clock, so that files written now look settled. */
    public static ManualClock ahead() {
        return new ManualClock(Clock.system().instant().plusSeconds(60));
    }

    public void set(Instant instant) {
        now = instant;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public long nanoTime() {
        return Duration.between(Instant.EPOCH, now).toNanos();
    }
}
