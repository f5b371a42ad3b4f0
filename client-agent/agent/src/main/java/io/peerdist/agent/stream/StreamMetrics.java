// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The meters of streams. Thread-safe. */
final class StreamMetrics {
    private final Map<Result, Counter> streams = new EnumMap<>(Result.class);

    /** What became of a stream. */
    enum Result {
        /** The program has all of it. */
        COMPLETE,
        /** Not all of it could be had. */
        FAILED,
        /** The program did not want the rest. */
        CLOSED,
        /** The program took nothing for too long. */
        STALLED,
        /** There was no room for it. */
        REFUSED
    }

    StreamMetrics(StreamBudget budget, MeterRegistry registry) {
        Gauge.builder("peerdist_stream_running", budget, StreamBudget::streams)
                .description("Files on their way to programs")
                .register(registry);
        Gauge.builder("peerdist_stream_held_bytes", budget, held -> held.held().get())
                .description("Verified bytes that wait for programs to take them")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("peerdist_stream_budget_bytes", () -> StreamBudget.BYTES)
                .description("The most that may wait for programs")
                .baseUnit("bytes")
                .register(registry);
        for (Result result : Result.values()) {
            streams.put(
                    result,
                    Counter.builder("peerdist_streams")
                            .description("Files asked for by programs, by how they ended")
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    void count(Result result) {
        Counter counter = streams.get(result);
        if (counter != null) {
            counter.increment();
        }
    }
}
