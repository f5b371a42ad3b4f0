// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.retrieval.RetrievalClient;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Pulls segments from peers into the store. Thread-safe. */
final class SegmentPuller implements Puller {
    private final SegmentSource held;
    private final BlockSink sink;
    private final SegmentKeys keys;
    private final ProvenSegments proven;
    private final StoredSegmentCheck check;
    private final RetrievalClient client;
    private final Executor workers;
    private final BlockVerification verification;
    private final PullMetrics metrics;

    /**
     * {@code workers} run what may block or takes a while: the store, the keys, decrypting and hashing.
     */
    SegmentPuller(
            SegmentSource held,
            BlockSink sink,
            SegmentKeys keys,
            ProvenSegments proven,
            StoredSegmentCheck check,
            RetrievalClient client,
            Executor workers,
            BlockVerification verification,
            PullMetrics metrics) {
        this.held = held;
        this.sink = sink;
        this.keys = keys;
        this.proven = proven;
        this.check = check;
        this.client = client;
        this.workers = workers;
        this.verification = verification;
        this.metrics = metrics;
    }

    @Override
    public CompletableFuture<PullResult> pull(InetSocketAddress peer, OfferedSegment segment) {
        return new SegmentPull(this, peer, segment).start();
    }

    /**
     * The segment by the best description there is: a proven one before all, then by where it comes from: a source of ours,
     * this offer, an earlier one. May block.
     */
    OfferedSegment describe(OfferedSegment segment) {
        List<OfferedSegment> candidates = new ArrayList<>();
        SegmentDescription known = keys.find(segment.id());
        if (known != null) {
            candidates.add(segment.describedBy(known));
        }
        candidates.add(segment);
        OfferedSegment earlier = proven.find(segment.id());
        if (earlier != null) {
            candidates.add(earlier);
        }
        for (OfferedSegment candidate : candidates) {
            if (candidate.isProven()) {
                return candidate;
            }
        }
        return candidates.get(0);
    }

    /** What was pulled before {@code description} was known is held to it, once. May block. */
    void checkStored(SegmentDescription description, ContentTag tag) {
        SegmentId id = description.id();
        if (description.hashAlgorithm().contentInformationVersion() == 1) {
            proven.learn(description, tag);
        }
        if (proven.isChecked(id)) {
            return;
        }
        // Said before it is done, so that what comes in unchecked meanwhile takes it back.
        proven.setChecked(id, true);
        boolean done = false;
        try {
            check.removeWrongBlocks(description);
            done = true;
        } finally {
            if (!done) {
                proven.setChecked(id, false);
            }
        }
    }

    ProvenSegments proven() {
        return proven;
    }

    StoredSegmentCheck check() {
        return check;
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

    BlockVerification verification() {
        return verification;
    }

    PullMetrics metrics() {
        return metrics;
    }
}
