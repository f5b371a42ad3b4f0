// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.lease;

import io.peerdist.agent.plan.LeaseLimits;
import io.peerdist.agent.plan.SegmentLease;
import io.peerdist.codec.pccrc.SegmentDescription;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Knows whose turn it is to fetch a segment from the origin. Thread-safe. */
public interface LeaseDesk {
    /** Nobody else fetches anything. */
    LeaseDesk NONE = Optional::empty;

    /** For one download; empty when it need not ask. */
    Optional<Session> open();

    /** What one download asks. Thread-safe. */
    interface Session extends AutoCloseable {
        /** How long it is to wait for others. */
        LeaseLimits limits();

        /** An answer for each segment in its order; fails when there are none. Never blocks. */
        CompletableFuture<List<SegmentLease>> ask(List<SegmentDescription> segments);

        /** All of a segment is in the local cache, as far as it has room. */
        void completed(SegmentDescription segment);

        /** Gives back what is not complete. */
        @Override
        void close();
    }
}
