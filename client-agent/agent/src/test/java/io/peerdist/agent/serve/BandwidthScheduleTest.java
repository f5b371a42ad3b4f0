// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BandwidthScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Bandwidth SLOW = new Bandwidth(5_000_000, 20_000_000);
    private static final Bandwidth NIGHT = new Bandwidth(0, 1_000_000);

    private static BandwidthPeriod period(String days, String from, String to, Bandwidth bandwidth) {
        return new BandwidthPeriod(
                BandwidthPeriod.parseDays(days),
                BandwidthPeriod.parseTime(from),
                BandwidthPeriod.parseTime(to),
                bandwidth);
    }

    private static BandwidthSchedule berlin(BandwidthPeriod... periods) {
        return new BandwidthSchedule(BERLIN, List.of(periods), Bandwidth.UNLIMITED);
    }

    @Test
    void holdsInWorkingHours() {
        BandwidthSchedule schedule = berlin(period("mon-fri", "08:00", "18:00", SLOW));
        Instant monday = Instant.parse("2026-11-23T06:59:59Z"); // 07:59:59 in Berlin

        assertThat(schedule.at(monday)).isEqualTo(Bandwidth.UNLIMITED);
        assertThat(schedule.nextChange(monday)).contains(Instant.parse("2026-11-23T07:00:00Z"));
        assertThat(schedule.at(Instant.parse("2026-11-23T07:00:00Z"))).isEqualTo(SLOW);
        assertThat(schedule.nextChange(Instant.parse("2026-11-23T07:00:00Z")))
                .contains(Instant.parse("2026-11-23T17:00:00Z"));
        assertThat(schedule.at(Instant.parse("2026-11-23T17:00:00Z"))).isEqualTo(Bandwidth.UNLIMITED);
        // From Friday evening to Monday morning.
        assertThat(schedule.nextChange(Instant.parse("2026-11-27T17:00:00Z")))
                .contains(Instant.parse("2026-11-30T07:00:00Z"));
    }

    @Test
    void goesOnAfterMidnight() {
        BandwidthSchedule schedule = berlin(period("fri", "22:00", "06:00", NIGHT));

        assertThat(schedule.at(Instant.parse("2026-11-27T21:00:00Z"))).isEqualTo(NIGHT);
        assertThat(schedule.at(Instant.parse("2026-11-28T04:59:59Z"))).isEqualTo(NIGHT);
        assertThat(schedule.at(Instant.parse("2026-11-28T05:00:00Z"))).isEqualTo(Bandwidth.UNLIMITED);
        assertThat(schedule.at(Instant.parse("2026-11-27T04:00:00Z"))).isEqualTo(Bandwidth.UNLIMITED);
    }

    @Test
    void takesTheFirstPeriodOfSeveral() {
        BandwidthSchedule schedule =
                berlin(period("wed", "12:00", "13:00", NIGHT), period("mon-sun", "00:00", "24:00", SLOW));

        assertThat(schedule.at(Instant.parse("2026-11-25T11:30:00Z"))).isEqualTo(NIGHT);
        assertThat(schedule.at(Instant.parse("2026-11-25T12:00:00Z"))).isEqualTo(SLOW);
        assertThat(schedule.nextChange(Instant.parse("2026-11-25T12:00:00Z")))
                .contains(Instant.parse("2026-12-02T11:00:00Z"));
    }

    @Test
    void neverChangesWithoutPeriods() {
        Instant now = Instant.parse("2026-11-23T07:00:00Z");

        assertThat(BandwidthSchedule.UNLIMITED.nextChange(now)).isEmpty();
        assertThat(berlin(period("mon-sun", "00:00", "24:00", SLOW)).nextChange(now))
                .isEmpty();
    }

    /** In spring 02:00 to 03:00 is passed over; in autumn it is shown twice, first at UTC+2. */
    @Test
    void followsTheClocksOnTheWallWhenTheyArePutForwardAndBack() {
        BandwidthSchedule schedule = berlin(period("sun", "02:30", "05:00", SLOW));

        Instant spring = Instant.parse("2027-03-28T00:00:00Z");
        assertThat(schedule.nextChange(spring)).contains(Instant.parse("2027-03-28T01:00:00Z"));
        assertThat(schedule.at(Instant.parse("2027-03-28T01:00:00Z"))).isEqualTo(SLOW);
        assertThat(schedule.nextChange(Instant.parse("2027-03-28T01:00:00Z")))
                .contains(Instant.parse("2027-03-28T03:00:00Z"));

        Instant autumn = Instant.parse("2026-10-25T00:00:00Z");
        List<Instant> changes = new ArrayList<>();
        for (Optional<Instant> next = schedule.nextChange(autumn); changes.size() < 4; ) {
            changes.add(next.orElseThrow());
            next = schedule.nextChange(next.orElseThrow());
        }
        assertThat(changes)
                .containsExactly(
                        Instant.parse("2026-10-25T00:30:00Z"),
                        Instant.parse("2026-10-25T01:00:00Z"),
                        Instant.parse("2026-10-25T01:30:00Z"),
                        Instant.parse("2026-10-25T04:00:00Z"));
    }

    /** Against a walk in steps of five minutes, over weeks in which clocks are changed and others. */
    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"})
    void findsTheChangeThatAWalkFinds(String zone) {
        Random random = new Random(5);
        for (int round = 0; round < 30; round++) {
            List<BandwidthPeriod> periods = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                periods.add(new BandwidthPeriod(
                        EnumSet.of(DayOfWeek.of(1 + random.nextInt(7)), DayOfWeek.of(1 + random.nextInt(7))),
                        LocalTime.of(random.nextInt(24), 5 * random.nextInt(12)),
                        LocalTime.of(random.nextInt(24), 5 * random.nextInt(12)),
                        new Bandwidth(0, 1 + random.nextInt(3))));
            }
            BandwidthSchedule schedule = new BandwidthSchedule(ZoneId.of(zone), periods, Bandwidth.UNLIMITED);
            Instant start = Instant.parse(round % 2 == 0 ? "2026-10-23T00:00:00Z" : "2027-03-26T00:00:00Z");
            Instant now = start.plus(Duration.ofMinutes(5L * random.nextInt(600)));

            Instant walk = now;
            while (schedule.at(walk).equals(schedule.at(now)) && walk.isBefore(now.plus(Duration.ofDays(8)))) {
                walk = walk.plus(Duration.ofMinutes(5));
            }

            Optional<Instant> expected =
                    walk.isBefore(now.plus(Duration.ofDays(8))) ? Optional.of(walk) : Optional.empty();
            assertThat(schedule.nextChange(now)).as("%s from %s", schedule, now).isEqualTo(expected);
        }
    }

    @Test
    void readsDaysAndTimes() {
        assertThat(BandwidthPeriod.parseDays("mon-fri")).hasSize(5).doesNotContain(DayOfWeek.SATURDAY);
        assertThat(BandwidthPeriod.parseDays("Sat-Mon, wed"))
                .containsExactlyInAnyOrder(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY, DayOfWeek.MONDAY, DayOfWeek.WEDNESDAY);
        assertThat(BandwidthPeriod.parseTime("24:00")).isEqualTo(LocalTime.MIDNIGHT);
        assertThat(BandwidthPeriod.parseTime("08:05")).isEqualTo(LocalTime.of(8, 5));
        assertThat(Bandwidth.parseRate("5MB/s")).isEqualTo(5_000_000);
        assertThat(Bandwidth.parseRate(" 512KiB ")).isEqualTo(524_288);
        assertThat(Bandwidth.parseRate("0")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "monday", "mon-", "mon-fri-sat", "mo", "mon,,tue", "mon-fri;sat", "1"})
    void refusesOtherDays(String text) {
        assertThatThrownBy(() -> BandwidthPeriod.parseDays(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: such as mon-fri");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8:00", "08:60", "25:00", "24:01", "480", "08:00:00", "8 am"})
    void refusesOtherTimes(String text) {
        assertThatThrownBy(() -> BandwidthPeriod.parseTime(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: a time of day");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fast", "-1", "5MB/m", "5 Mbit/s", "MB/s"})
    void refusesOtherRates(String text) {
        assertThatThrownBy(() -> Bandwidth.parseRate(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rate: \"" + text + "\" (expected: such as 5MB/s");
    }

    @Test
    void refusesToSendSoSlowlyThatNobodyWaitsForIt() {
        assertThat(new Bandwidth(65_536, 1)).isEqualTo(new Bandwidth(65_536, 1));
        assertThatThrownBy(() -> new Bandwidth(65_535, 0)).hasMessageContaining("(expected: 0 for no limit, or 64KiB");
        assertThatThrownBy(() -> new Bandwidth(0, -1)).hasMessageStartingWith("receive: ");
    }
}
