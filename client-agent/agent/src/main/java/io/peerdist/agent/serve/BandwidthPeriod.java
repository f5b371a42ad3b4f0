// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A part of the week with a bandwidth of its own.
 *
 * @param days on which it begins; at least one
 * @param from when it begins
 * @param to when it ends: on the same day when it is later than {@code from}, else on the next one
 * @param bandwidth what holds meanwhile
 */
public record BandwidthPeriod(Set<DayOfWeek> days, LocalTime from, LocalTime to, Bandwidth bandwidth) {
    private static final String EXPECTED_DAYS = "such as mon-fri, sat or \"mon, wed-fri\"";
    private static final String MIDNIGHT_AT_THE_END = "24:00";
    private static final int DAY_NAME_LENGTH = 3;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);

    /** Takes a copy; throws {@link IllegalArgumentException} without days. */
    public BandwidthPeriod {
        if (days.isEmpty()) {
            throw new IllegalArgumentException("days: none (expected: " + EXPECTED_DAYS + ")");
        }
        days = Set.copyOf(days);
    }

    /** Whether it holds when clocks on the wall show {@code local}. */
    boolean contains(LocalDateTime local) {
        LocalTime time = local.toLocalTime();
        boolean today = days.contains(local.getDayOfWeek());
        if (from.isBefore(to)) {
            return today && !time.isBefore(from) && time.isBefore(to);
        }
        boolean yesterday = days.contains(local.getDayOfWeek().minus(1));
        return (today && !time.isBefore(from)) || (yesterday && time.isBefore(to));
    }

    /**
     * Reads days: names of three letters, in ranges that may go over the weekend, separated by commas or blanks.
     *
     * @throws IllegalArgumentException for anything else
     */
    static Set<DayOfWeek> parseDays(String text) {
        EnumSet<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : text.trim().toLowerCase(Locale.ROOT).split("\\s*,\\s*|\\s+", -1)) {
            List<String> ends = List.of(part.split("-", -1));
            if (ends.size() > 2) {
                throw unexpectedDays(text);
            }
            DayOfWeek day = parseDay(ends.get(0), text);
            DayOfWeek last = parseDay(ends.get(ends.size() - 1), text);
            days.add(day);
            while (day != last) {
                day = day.plus(1);
                days.add(day);
            }
        }
        return days;
    }

    private static DayOfWeek parseDay(String name, String text) {
        for (DayOfWeek day : DayOfWeek.values()) {
            if (day.name()
                    .substring(0, DAY_NAME_LENGTH)
                    .toLowerCase(Locale.ROOT)
                    .equals(name)) {
                return day;
            }
        }
        throw unexpectedDays(text);
    }

    private static IllegalArgumentException unexpectedDays(String text) {
        return new IllegalArgumentException("\"" + text + "\" (expected: " + EXPECTED_DAYS + ")");
    }

    /**
     * Reads a time of day, {@code 00:00} to {@code 24:00}.
     *
     * @throws IllegalArgumentException for anything else
     */
    static LocalTime parseTime(String text) {
        if (text.equals(MIDNIGHT_AT_THE_END)) {
            return LocalTime.MIDNIGHT;
        }
        try {
            return LocalTime.parse(text, TIME);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" (expected: a time of day in quotation marks such as \"08:00\")", e);
        }
    }
}
