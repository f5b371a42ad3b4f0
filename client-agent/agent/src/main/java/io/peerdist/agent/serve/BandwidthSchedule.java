// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * How much may go over the network at which time of the week. What counts is what clocks on the wall show: where they are put
 * forward or back, a period is shorter or longer. Knows no clock itself. Immutable.
 *
 * @param zone whose clocks
 * @param periods of which the first that contains a moment holds; at most {@link #MAX_PERIODS}
 * @param otherwise what holds outside all of them
 */
public record BandwidthSchedule(ZoneId zone, List<BandwidthPeriod> periods, Bandwidth otherwise) {
    /** No limit at any time. */
    public static final BandwidthSchedule UNLIMITED =
            new BandwidthSchedule(ZoneId.of("UTC"), List.of(), Bandwidth.UNLIMITED);

    /** More than a week has turns in an office. */
    public static final int MAX_PERIODS = 64;

    /** A week after which everything repeats, and a day for what began before or ends after midnight. */
    private static final int DAYS_AHEAD = 8;

    /** Takes a copy; throws {@link IllegalArgumentException} for too many periods. */
    public BandwidthSchedule {
        if (periods.size() > MAX_PERIODS) {
            throw new IllegalArgumentException(
                    "limits: " + periods.size() + " periods (expected: at most " + MAX_PERIODS + ")");
        }
        periods = List.copyOf(periods);
    }

    /** What holds at {@code now}. */
    public Bandwidth at(Instant now) {
        LocalDateTime local = LocalDateTime.ofInstant(now, zone);
        for (BandwidthPeriod period : periods) {
            if (period.contains(local)) {
                return period.bandwidth();
            }
        }
        return otherwise;
    }

    /** When something else than at {@code now} holds for the first time; empty when that is not within eight days. */
    public Optional<Instant> nextChange(Instant now) {
        Bandwidth current = at(now);
        return moments(now).stream().filter(each -> !at(each).equals(current)).findFirst();
    }

    /** Every moment after {@code now} at which a period may begin or end. */
    private TreeSet<Instant> moments(Instant now) {
        TreeSet<Instant> moments = new TreeSet<>();
        LocalDate today = LocalDate.ofInstant(now, zone);
        for (int day = 0; day <= DAYS_AHEAD; day++) {
            for (BandwidthPeriod period : periods) {
                add(moments, today.plusDays(day), period.from());
                add(moments, today.plusDays(day), period.to());
            }
        }
        ZoneRules rules = zone.getRules();
        Instant end = now.plus(Duration.ofDays(DAYS_AHEAD));
        // Clocks that are put back show a time of day twice, and those that are put forward pass over some.
        for (ZoneOffsetTransition each = rules.nextTransition(now);
                each != null && each.getInstant().isBefore(end);
                each = rules.nextTransition(each.getInstant())) {
            moments.add(each.getInstant());
        }
        moments.headSet(now, true).clear();
        return moments;
    }

    private void add(TreeSet<Instant> moments, LocalDate date, LocalTime time) {
        LocalDateTime local = date.atTime(time);
        zone.getRules().getValidOffsets(local).forEach(offset -> moments.add(local.toInstant(offset)));
    }
}
