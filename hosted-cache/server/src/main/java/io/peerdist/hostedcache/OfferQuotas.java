// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Counts the offers of each client against its share of a minute; it only counts, and time comes in as a parameter.
 * Thread-safe.
 *
 * <p>A token bucket of a minute's offers per client, kept as one number: the time at which the bucket will be full again.
 * A client that is forgotten because others were heard of since starts with a full bucket, as an unknown one does.
 */
final class OfferQuotas {
    /** Clients remembered: those of the largest IPv4 subnet that one cache serves. */
    static final int MAX_CLIENTS = 65_536;

    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final long offerNanos;
    private final long bucketNanos;
    private final LinkedHashMap<ClientNetwork, Long> fullAtNanos;

    OfferQuotas(int offersPerMinute, int maxClients) {
        offerNanos = MINUTE_NANOS / offersPerMinute;
        bucketNanos = offerNanos * offersPerMinute;
        fullAtNanos = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<ClientNetwork, Long> eldest) {
                return size() > maxClients;
            }
        };
    }

    /**
     * Counts an offer, if there is room for it.
     *
     * @return 0 when there is; otherwise in how many nanoseconds there will be, and the offer is not counted
     */
    synchronized long offer(ClientNetwork client, long nowNanos) {
        long fullAt = fullAtNanos.getOrDefault(client, nowNanos);
        long missing = Math.max(0, fullAt - nowNanos);
        long waitNanos = missing + offerNanos - bucketNanos;
        if (waitNanos > 0) {
            return waitNanos;
        }
        fullAtNanos.put(client, nowNanos + missing + offerNanos);
        return 0;
    }

    /** Clients remembered now. */
    synchronized int clients() {
        return fullAtNanos.size();
    }
}
