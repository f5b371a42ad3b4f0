// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import io.peerdist.contentserver.SecretSettings;
import io.peerdist.runtime.config.ConfigurationSection;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** The section {@code content-server.secrets}, and {@code secret-file}, which is short for a section with a current key. */
final class SecretConfiguration {
    private SecretConfiguration() {}

    static SecretSettings read(ConfigurationSection server) {
        Optional<Path> secretFile = server.path("secret-file");
        ConfigurationSection section = server.section("secrets");
        Optional<Path> current = section.path("current");
        if (secretFile.isPresent() && current.isPresent()) {
            section.problem("current", current.get() + " (expected: either this or secret-file)");
        }
        Optional<Path> next = section.path("next");
        Optional<Instant> nextFrom = instant(section, "next-from");
        Optional<Path> previous = section.path("previous");
        Optional<Instant> previousUntil = instant(section, "previous-until");
        Optional<Instant> currentUntil = instant(section, "current-until");
        requireBoth(section, "next", next.isPresent(), "next-from", nextFrom.isPresent());
        requireBoth(section, "previous", previous.isPresent(), "previous-until", previousUntil.isPresent());
        if (currentUntil.isPresent()
                && nextFrom.filter(currentUntil.get()::isAfter).isEmpty()) {
            section.problem("current-until", currentUntil.get() + " (expected: with next, and later than next-from)");
        }
        return new SecretSettings(secretFile.or(() -> current), currentUntil, next, nextFrom, previous, previousUntil);
    }

    private static void requireBoth(
            ConfigurationSection section, String first, boolean hasFirst, String second, boolean hasSecond) {
        if (hasFirst && !hasSecond) {
            section.problem(first, "alone (expected: together with " + second + ", a time)");
        }
        if (hasSecond && !hasFirst) {
            section.problem(second, "alone (expected: together with " + first + ", a file)");
        }
    }

    private static Optional<Instant> instant(ConfigurationSection section, String key) {
        Optional<String> text = section.optionalString(key);
        try {
            return text.map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
        } catch (DateTimeException e) {
            section.problem(
                    key, "\"" + text.orElse("") + "\" (expected: a time with its offset, as 2027-01-31T22:00:00Z)");
            return Optional.empty();
        }
    }
}
