// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Servers that have shown that they speak PeerDist, for an hour each, the latest thousand. Thread-safe. */
final class PeerDistOrigins {
    static final int MAX_ORIGINS = 1_024;

    /** After that a range is asked for as is, until the server shows again that it speaks PeerDist. */
    static final Duration REMEMBERED = Duration.ofHours(1);

    private final Map<String, Long> seenNanos = new LinkedHashMap<>();
    private final LongSupplier nanoTime;

    PeerDistOrigins(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void add(String origin) {
        seenNanos.remove(origin);
        if (seenNanos.size() >= MAX_ORIGINS) {
            seenNanos.remove(seenNanos.keySet().iterator().next());
        }
        seenNanos.put(origin, nanoTime.getAsLong());
    }

    synchronized void remove(String origin) {
        seenNanos.remove(origin);
    }

    synchronized boolean contains(String origin) {
        Long seen = seenNanos.get(origin);
        return seen != null && nanoTime.getAsLong() - seen < REMEMBERED.toNanos();
    }
}
