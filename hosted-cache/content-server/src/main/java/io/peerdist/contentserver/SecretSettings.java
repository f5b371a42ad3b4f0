// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The files of the secret keys, and when which of them is used.
 *
 * @param current the file whose octets are the key in use; without one, the key in the data directory
 * @param currentUntil when the current key is dropped after the next one has taken over; never without it
 * @param next the file of the key that takes over
 * @param nextFrom when it does; there if and only if {@code next} is
 * @param previous the file of the key before the current one
 * @param previousUntil until when it is understood; there if and only if {@code previous} is
 */
public record SecretSettings(
        Optional<Path> current,
        Optional<Instant> currentUntil,
        Optional<Path> next,
        Optional<Instant> nextFrom,
        Optional<Path> previous,
        Optional<Instant> previousUntil) {
    /** The key in the data directory, and no other. */
    public static final SecretSettings GENERATED = new SecretSettings(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** The key in {@code file}, and no other. */
    public static SecretSettings of(Path file) {
        return new SecretSettings(
                Optional.of(file),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
