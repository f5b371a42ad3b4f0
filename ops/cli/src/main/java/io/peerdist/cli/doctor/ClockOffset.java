// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** Compares our clock with the one that a server shows in the field Date. Stateless. */
final class ClockOffset {
    /** What Kerberos allows (RFC 4120 1.3), and more than the field's whole seconds and the network cause. */
    private static final Duration MAX = Duration.ofMinutes(5);

    private ClockOffset() {}

    /** Whether the clocks agree. */
    static Finding judge(String server, String date, Instant now) {
        Instant theirs;
        try {
            theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeParseException e) {
            return Finding.hint(
                    "clock",
                    "that of " + server + " cannot be read from \"" + date + "\"",
                    "Look whether a proxy is in between.");
        }
        Duration offset = Duration.between(now, theirs);
        if (offset.abs().compareTo(MAX) <= 0) {
            return Finding.ok(
                    "clock",
                    "agrees with that of " + server + " within "
                            + Math.max(1, offset.abs().toSeconds()) + " s");
        }
        return Finding.problem(
                "clock",
                "that of " + server + " is " + offset.abs().toSeconds() + " s "
                        + (offset.isNegative() ? "behind" : "ahead of") + " ours",
                "Certificates and Kerberos need clocks that agree. On both machines: timedatectl; then"
                        + " timedatectl set-ntp true.");
    }
}
