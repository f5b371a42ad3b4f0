// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.lease;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.plan.SegmentLease;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What the leases of an agent count. Thread-safe. */
final class LeaseMetrics {
    private final Map<SegmentLease.State, Counter> answers = new EnumMap<>(SegmentLease.State.class);
    private final Counter unanswered;
    private final Counter notKept;

    LeaseMetrics(MeterRegistry registry) {
        for (SegmentLease.State state : SegmentLease.State.values()) {
            answers.put(
                    state,
                    Counter.builder("peerdist_fetch_lease_answers")
                            .description("Segments asked for before the origin was asked, by the answer")
                            .tag("answer", state.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        unanswered = Counter.builder("peerdist_fetch_lease_unanswered")
                .description("Questions that a hosted cache did not answer in time, or refused")
                .register(registry);
        notKept = Counter.builder("peerdist_fetch_lease_unknown")
                .description("Questions to hosted caches that know nothing of leases")
                .register(registry);
    }

    void answered(SegmentLease lease) {
        Counter counter = answers.get(lease.state());
        if (counter != null) {
            counter.increment();
        }
    }

    void unanswered() {
        unanswered.increment();
    }

    void notKept() {
        notKept.increment();
    }
}
