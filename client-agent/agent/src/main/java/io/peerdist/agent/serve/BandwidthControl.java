// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import io.peerdist.agent.rate.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets the limits as the schedule wants them, while transfers go on. Thread-safe. */
public final class BandwidthControl implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BandwidthControl.class);

    /** Timers stand still while a machine sleeps, and clocks are set: no wait for a change is longer than this. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /** A timer that comes a little early finds the change due. */
    private static final Duration MARGIN = Duration.ofMillis(5);

    private final BandwidthSchedule schedule;
    private final RateLimit sending;
    private final RateLimit receiving;
    private final InstantSource wall;
    private final RateLimit.Pauses timers;
    private Bandwidth current = Bandwidth.UNLIMITED;
    private boolean closed;

    private BandwidthControl(
            BandwidthSchedule schedule,
            RateLimit sending,
            RateLimit receiving,
            InstantSource wall,
            RateLimit.Pauses timers) {
        this.schedule = schedule;
        this.sending = sending;
        this.receiving = receiving;
        this.wall = wall;
        this.timers = timers;
    }

    /** Sets both limits to what holds now, and again each time that something else holds. */
    public static BandwidthControl start(
            BandwidthSchedule schedule,
            RateLimit sending,
            RateLimit receiving,
            InstantSource wall,
            RateLimit.Pauses timers) {
        BandwidthControl control = new BandwidthControl(schedule, sending, receiving, wall, timers);
        control.apply();
        return control;
    }

    private synchronized void apply() {
        if (closed) {
            return;
        }
        Instant now = wall.instant();
        Bandwidth wanted = schedule.at(now);
        if (!wanted.equals(current)) {
            LOG.info("bandwidth from now on: {}", wanted.describe());
            current = wanted;
            sending.setBytesPerSecond(wanted.sendBytesPerSecond());
            receiving.setBytesPerSecond(wanted.receiveBytesPerSecond());
        }
        schedule.nextChange(now).ifPresent(change -> {
            Duration wait = Duration.between(now, change).plus(MARGIN);
            timers.after(this::apply, (wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait).toNanos());
        });
    }

    /** What holds now. */
    public synchronized Bandwidth current() {
        return current;
    }

    /** When something else will hold; empty when that is not within eight days. */
    public Optional<Instant> nextChange() {
        return schedule.nextChange(wall.instant());
    }

    /** Leaves the limits as they are. */
    @Override
    public synchronized void close() {
        closed = true;
    }
}
