// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.offer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The counters of offers to hosted caches. Thread-safe. */
public final class OfferMetrics {
    /** What became of a segment that was to be offered to a hosted cache. */
    enum Result {
        /** The hosted cache took the offer. */
        ACCEPTED,
        /** The offer could not be made. */
        FAILED,
        /** The offer was not made, as too many wait already. */
        DROPPED,
        /** The hosted cache has the segment now. */
        PULLED
    }

    private final Map<Result, Counter> offers = new EnumMap<>(Result.class);

    /** Registers the counters; a registry that has them already gives the same ones. */
    public OfferMetrics(MeterRegistry registry) {
        for (Result result : Result.values()) {
            offers.put(
                    result,
                    Counter.builder("peerdist_offers")
                            .description("Segments offered to hosted caches by what became of the offer")
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    void offered(Result result, int segments) {
        Counter counter = offers.get(result);
        if (counter != null) {
            counter.increment(segments);
        }
    }
}
