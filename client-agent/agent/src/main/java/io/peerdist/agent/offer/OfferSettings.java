// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.offer;

import io.peerdist.agent.lease.LeaseSettings;
import java.time.Duration;

/**
 * How a download that went to the origin is offered to hosted caches.
 *
 * @param enabled whether it is
 * @param idleTimeout how long to wait for a hosted cache that pulls nothing
 * @param totalTimeout how long to wait in all, from the end of the download
 * @param leases how downloads wait for what is offered by others
 */
public record OfferSettings(boolean enabled, Duration idleTimeout, Duration totalTimeout, LeaseSettings leases) {
    /** Ten seconds without a request, five minutes in all. */
    public static final OfferSettings DEFAULTS = new OfferSettings(true, Duration.ofSeconds(10), Duration.ofMinutes(5));

    /** No offers. */
    public static final OfferSettings DISABLED =
            new OfferSettings(false, Duration.ZERO, Duration.ZERO, LeaseSettings.DEFAULTS);

    /** With the usual leases. */
    public OfferSettings(boolean enabled, Duration idleTimeout, Duration totalTimeout) {
        this(enabled, idleTimeout, totalTimeout, LeaseSettings.DEFAULTS);
    }

    /** The same with other leases. */
    public OfferSettings withLeases(LeaseSettings other) {
        return new OfferSettings(enabled, idleTimeout, totalTimeout, other);
    }
}
