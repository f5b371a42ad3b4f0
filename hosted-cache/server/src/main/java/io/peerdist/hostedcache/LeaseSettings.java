// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.lease.LeaseAnswer;
import io.peerdist.runtime.config.ConfigurationSection;
import java.time.Duration;

/**
 * Whether and for how long clients get leases, the section {@code hosted-cache.leases}.
 *
 * @param enabled whether they do
 * @param timeToLive how long a lease lasts unless its holder asks again
 * @param longest how long it lasts however often its holder asks again
 * @param requestsPerMinute requests of one client; as many may come at once
 * @param maxLeases leases at a time
 * @param maxLeasesPerClient of these, of one client
 * @param maxLapses leases that may run out unused before a client gets no more
 * @param barredFor how long it gets none then
 */
public record LeaseSettings(
        boolean enabled,
        Duration timeToLive,
        Duration longest,
        int requestsPerMinute,
        int maxLeases,
        int maxLeasesPerClient,
        int maxLapses,
        Duration barredFor) {
    /** The section within {@code hosted-cache}. */
    public static final String SECTION = "leases";

    private static final int MAX_LEASES = 1 << 20;
    private static final int MAX_REQUESTS_PER_MINUTE = 10_000_000;

    // A client that waits asks ten times a second at most, and one that fetches at 1 Gbit/s asks for 4 MiB at a time,
    // 30
    // times a second; a few times that. 65,536 leases are 4 GiB of version 2.0 under way.
    /** Ten seconds, five minutes at most. */
    public static final LeaseSettings DEFAULT = new LeaseSettings(
            true, Duration.ofSeconds(10), Duration.ofMinutes(5), 6_000, 65_536, 4_096, 4_096, Duration.ofMinutes(10));

    /** Throws {@link IllegalArgumentException} for a time that no answer has room for. */
    public LeaseSettings {
        if (timeToLive.toMillis() < 1 || timeToLive.toMillis() > LeaseAnswer.MAX_MILLIS) {
            throw new IllegalArgumentException(
                    "time to live: " + timeToLive + " (expected: 1 ms to " + LeaseAnswer.MAX_MILLIS + " ms)");
        }
    }

    /** Reads the section; what is wrong with it is remembered there. */
    public static LeaseSettings read(ConfigurationSection section) {
        int maxLeases = section.integer("max-leases", DEFAULT.maxLeases, 1, MAX_LEASES);
        return new LeaseSettings(
                section.bool("enabled", DEFAULT.enabled),
                section.duration(
                        "time-to-live",
                        DEFAULT.timeToLive,
                        Duration.ofSeconds(1),
                        Duration.ofMillis(LeaseAnswer.MAX_MILLIS)),
                section.duration("longest", DEFAULT.longest, Duration.ofSeconds(1), Duration.ofHours(1)),
                section.integer("requests-per-minute", DEFAULT.requestsPerMinute, 1, MAX_REQUESTS_PER_MINUTE),
                maxLeases,
                Math.min(
                        maxLeases, section.integer("max-leases-per-client", DEFAULT.maxLeasesPerClient, 1, MAX_LEASES)),
                DEFAULT.maxLapses,
                DEFAULT.barredFor);
    }
}
