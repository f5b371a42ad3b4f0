// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.runtime.config.ConfigurationSection;

/**
 * Settings of the quarantine of re-offered segments, the section {@code hosted-cache.quarantine}.
 *
 * @param segmentsPerHour segments that one client address may have doubted in an hour; 0 turns the quarantine off
 */
public record QuarantineSettings(int segmentsPerHour) {
    /** The name of the section within that of the hosted cache. */
    public static final String SECTION = "quarantine";

    /** Enough for a client to heal a file of some 16 MiB in an hour, and too little to churn a cache. */
    public static final QuarantineSettings DEFAULT = new QuarantineSettings(256);

    private static final int MAX_SEGMENTS_PER_HOUR = 1_000_000;

    /** Reads the section; what is wrong with it is remembered there. */
    static QuarantineSettings read(ConfigurationSection section) {
        return new QuarantineSettings(
                section.integer("segments-per-hour", DEFAULT.segmentsPerHour, 0, MAX_SEGMENTS_PER_HOUR));
    }
}
