// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.tls;

import io.peerdist.runtime.Clock;
import java.time.Instant;

/** A clock that stands where the test has put it. */
final class SetClock implements Clock {
    private volatile Instant now;

    SetClock(Instant now) {
        this.now = now;
    }

    void set(Instant instant) {
        now = instant;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public long nanoTime() {
        return 0;
    }
}
