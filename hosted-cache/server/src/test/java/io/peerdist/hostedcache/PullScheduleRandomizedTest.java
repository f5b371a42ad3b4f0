// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import io.peerdist.hostedcache.PullSchedule.Pull;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

class PullScheduleRandomizedTest {
    private static final ContentSegment DESCRIBED = ContentSegment.v1(1, 100);
    private static final PullLimits LIMITS = new PullLimits(6, 3, 40, 15, Duration.ofNanos(50));

    @RandomizedTest(tries = 300)
    void keepsItsBoundsAndLosesNoSegment(Gen gen) {
        PullSchedule schedule = new PullSchedule(LIMITS);
        List<Pull> active = new ArrayList<>();
        long nowNanos = 0;
        for (int step = 0; step < 400; step++) {
            nowNanos += gen.intBetween(0, 5);
            switch (gen.intBetween(0, 2)) {
                case 0 -> schedule.offer(peer(gen.intBetween(0, 7)), segment(gen), nowNanos);
                case 1 -> {
                    Pull pull = schedule.next();
                    if (pull != null) {
                        active.add(pull);
                    }
                }
                default -> {
                    if (!active.isEmpty()) {
                        Pull pull = active.remove(gen.intBetween(0, active.size() - 1));
                        schedule.ended(pull, gen.oneOf(PullResult.values()), nowNanos);
                    }
                }
            }
            check(schedule, active);
        }
        finish(schedule, active, nowNanos);
    }

    private static void check(PullSchedule schedule, List<Pull> active) {
        assertThat(schedule.active()).isEqualTo(active.size()).isLessThanOrEqualTo(LIMITS.maxPulls());
        assertThat(schedule.segments()).isBetween(active.size(), LIMITS.maxSegments());
        Set<Object> pulled = new HashSet<>();
        Map<InetSocketAddress, Integer> byPeer = new HashMap<>();
        for (Pull pull : active) {
            assertThat(pulled.add(pull.segment().offered().id()))
                    .as("pulled twice at once")
                    .isTrue();
            assertThat(byPeer.merge(pull.peer(), 1, Integer::sum)).isLessThanOrEqualTo(LIMITS.maxPullsPerPeer());
        }
    }

    /** When every pull succeeds from now on, everything wanted is pulled: nothing is stuck in the schedule. */
    private static void finish(PullSchedule schedule, List<Pull> active, long nowNanos) {
        int limit = 1_000;
        while (schedule.segments() > 0 && limit-- > 0) {
            Pull pull = schedule.next();
            if (pull != null) {
                active.add(pull);
            }
            if (!active.isEmpty()) {
                schedule.ended(active.remove(0), PullResult.STORED, nowNanos);
            }
        }
        assertThat(schedule.segments()).isZero();
        assertThat(schedule.active()).isZero();
        assertThat(schedule.descriptionBytes()).isZero();
    }

    /** One of 60 segments, described or not. */
    private static OfferedSegment segment(Gen gen) {
        OfferedSegment plain = OfferedSegment.of(Segments.v2(gen.intBetween(0, 60), 100));
        return new OfferedSegment(
                plain.id(), 100, 100, plain.tag(), gen.intBetween(0, 1) == 0 ? null : DESCRIBED.description());
    }

    /** Four addresses with two ports each. */
    private static InetSocketAddress peer(int number) {
        try {
            byte[] address = {10, 0, 0, (byte) (number / 2)};
            return new InetSocketAddress(InetAddress.getByAddress(address), 8000 + number % 2);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
