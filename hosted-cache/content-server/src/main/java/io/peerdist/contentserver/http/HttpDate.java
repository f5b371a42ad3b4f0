// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Dates as HTTP writes them, in seconds since 1970 (RFC 9110 5.6.7). */
final class HttpDate {
    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US);

    /** The second and third are obsolete, yet every recipient must take them. */
    private static final List<DateTimeFormatter> ACCEPTED = List.of(
            IMF_FIXDATE,
            new DateTimeFormatterBuilder()
                    .appendPattern("EEEE, dd-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
                    .appendPattern(" HH:mm:ss 'GMT'")
                    .toFormatter(Locale.US),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.US));

    private HttpDate() {}

    static String format(long epochSeconds) {
        return IMF_FIXDATE.format(Instant.ofEpochSecond(epochSeconds).atOffset(ZoneOffset.UTC));
    }

    /** Nothing if {@code value} is no date: the field that holds it is then ignored. */
    static OptionalLong parse(String value) {
        return ACCEPTED.stream()
                .map(format -> parse(value.trim(), format))
                .filter(OptionalLong::isPresent)
                .findFirst()
                .orElse(OptionalLong.empty());
    }

    private static OptionalLong parse(String value, DateTimeFormatter format) {
        try {
            return OptionalLong.of(LocalDateTime.parse(value, format).toEpochSecond(ZoneOffset.UTC));
        } catch (DateTimeException noSuchDay) {
            return OptionalLong.empty();
        }
    }
}
