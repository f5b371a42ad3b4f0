// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.retrieval.RetrievalClient;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Pulls segments from peers into the store. Thread-safe. */
final class SegmentPuller {
    private final SegmentSource held;
    private final BlockSink sink;
    private final RetrievalClient client;
    private final Executor workers;
    private final PullMetrics metrics;

    /** {@code workers} run what may block: the store. */
    SegmentPuller(SegmentSource held, BlockSink sink, RetrievalClient client, Executor workers, PullMetrics metrics) {
        this.held = held;
        this.sink = sink;
        this.client = client;
        this.workers = workers;
        this.metrics = metrics;
    }

    /** Pulls what is not held of {@code segment} from {@code peer}. The future does not fail. */
    CompletableFuture<PullResult> pull(InetSocketAddress peer, SegmentDescriptor segment) {
        return new SegmentPull(this, peer, segment).start();
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

    PullMetrics metrics() {
        return metrics;
    }
}
