// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.retrieval.RetrievalClient;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Pulls segments from peers into the store. Thread-safe. */
final class SegmentPuller implements Puller {
    private final SegmentSource held;
    private final BlockSink sink;
    private final SegmentKeys keys;
    private final RetrievalClient client;
    private final Executor workers;
    private final RandomGenerator random;
    private final PullMetrics metrics;

    /**
     * {@code workers} run what may block or takes a while: the store, the keys, decrypting and hashing. {@code random} makes
     * initialization vectors.
     */
    SegmentPuller(
            SegmentSource held,
            BlockSink sink,
            SegmentKeys keys,
            RetrievalClient client,
            Executor workers,
            RandomGenerator random,
            PullMetrics metrics) {
        this.held = held;
        this.sink = sink;
        this.keys = keys;
        this.client = client;
        this.workers = workers;
        this.random = random;
        this.metrics = metrics;
    }

    @Override
    public CompletableFuture<PullResult> pull(InetSocketAddress peer, OfferedSegment segment) {
        return new SegmentPull(this, peer, segment).start();
    }

    /** The segment by the best description there is: a proven one before all, then one from a source of ours. May block. */
    OfferedSegment describe(OfferedSegment segment) {
        SegmentDescription known = keys.find(segment.id());
        if (known == null || (segment.isProven() && !known.provesHashOfData())) {
            return segment;
        }
        return segment.describedBy(known);
    }

    SegmentSource held() {
        return held;
    }

    BlockSink sink() {
        return sink;
    }

    RetrievalClient client() {
        return client;
    }

    Executor workers() {
        return workers;
    }

    RandomGenerator random() {
        return random;
    }

    PullMetrics metrics() {
        return metrics;
    }
}
