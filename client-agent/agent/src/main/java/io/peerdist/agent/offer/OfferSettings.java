// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.offer;

import java.time.Duration;

/**
 * How a download that went to the origin is offered to hosted caches.
 *
 * @param enabled whether it is
 * @param idleTimeout how long to wait for a hosted cache that pulls nothing
 * @param totalTimeout how long to wait in all, from the end of the download
 */
public record OfferSettings(boolean enabled, Duration idleTimeout, Duration totalTimeout) {
    /** Ten seconds without a request, five minutes in all. */
    public static final OfferSettings DEFAULTS = new OfferSettings(true, Duration.ofSeconds(10), Duration.ofMinutes(5));

    /** No offers. */
    public static final OfferSettings DISABLED = new OfferSettings(false, Duration.ZERO, Duration.ZERO);
}
