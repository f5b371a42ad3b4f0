// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.lease;

import io.peerdist.runtime.config.ConfigurationSection;
import java.time.Duration;

/**
 * How downloads wait for each other, the section {@code agent.leases}.
 *
 * @param enabled whether they do
 * @param maxWait without a block from anywhere before a download goes to the origin regardless; up to half as long again, so
 *     that those who wait for the same do not all go at once
 * @param answerLimit how long a hosted cache may take to answer before a download goes on without
 */
public record LeaseSettings(boolean enabled, Duration maxWait, Duration answerLimit) {
    /** The section within {@code agent}. */
    public static final String SECTION = "leases";

    // A segment of 32 MiB takes 54 s at 5 Mbit/s. An answer takes a millisecond or two; a busy cache has half the time
    // limit of
    // a request for blocks (MS-PCCRR 3.1.2).
    /** A minute; a second for an answer. */
    public static final LeaseSettings DEFAULTS = new LeaseSettings(true, Duration.ofMinutes(1), Duration.ofSeconds(2));

    /** Nobody is asked. */
    public static final LeaseSettings DISABLED = new LeaseSettings(false, Duration.ZERO, Duration.ZERO);

    /** Reads the section; what is wrong with it is remembered there. */
    public static LeaseSettings read(ConfigurationSection section) {
        return new LeaseSettings(
                section.bool("enabled", DEFAULTS.enabled),
                section.duration("max-wait", DEFAULTS.maxWait, Duration.ofSeconds(1), Duration.ofHours(1)),
                section.duration("answer-limit", DEFAULTS.answerLimit, Duration.ofMillis(10), Duration.ofSeconds(10)));
    }
}
