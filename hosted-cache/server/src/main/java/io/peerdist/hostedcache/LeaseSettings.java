// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.time.Duration;

/**
 * Bounds of fetch leases.
 *
 * @param timeToLive how long a lease lasts unless its holder asks again
 * @param longest how long it lasts however often its holder asks again
 * @param retryAfter when who waits is to look again
 * @param maxLeases leases at a time
 * @param maxLeasesPerClient of these, of one client
 * @param maxLapses leases that may run out unused before a client gets no more
 * @param barredFor how long it gets none then
 */
record LeaseSettings(
        Duration timeToLive,
        Duration longest,
        Duration retryAfter,
        int maxLeases,
        int maxLeasesPerClient,
        int maxLapses,
        Duration barredFor) {
    /** Ten seconds, five minutes at most; 65,536 leases are 4 GiB of version 2.0 under way. */
    static final LeaseSettings DEFAULT = new LeaseSettings(
            Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMillis(250), 65_536, 1_024, 1_024, Duration.ofMinutes(10));
}
