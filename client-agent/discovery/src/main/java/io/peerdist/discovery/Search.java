// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import io.peerdist.codec.pccrc.SegmentId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One call that waits for peers. Lives on one thread, but for its future. */
final class Search {
    private final List<SegmentId> segmentIds;
    private final int enoughPeers;
    private final CompletableFuture<DiscoveryResult> future;
    private final Map<SegmentId, List<DiscoveredPeer>> found = new HashMap<>();
    private final Set<SegmentId> waitingFor = new HashSet<>();

    Search(List<SegmentId> segmentIds, int enoughPeers, CompletableFuture<DiscoveryResult> future) {
        this.segmentIds = segmentIds;
        this.enoughPeers = enoughPeers;
        this.future = future;
        segmentIds.forEach(id -> found.put(id, new ArrayList<>()));
    }

    List<SegmentId> segmentIds() {
        return segmentIds;
    }

    /** Some peer may still answer for this segment. */
    void waitFor(SegmentId segmentId) {
        waitingFor.add(segmentId);
    }

    void known(SegmentId segmentId, List<DiscoveredPeer> peers) {
        found.put(segmentId, new ArrayList<>(peers));
    }

    /** Takes an answer; ends when all segments have enough of them. */
    void add(SegmentId segmentId, DiscoveredPeer peer) {
        List<DiscoveredPeer> peers = found.get(segmentId);
        if (peers == null || future.isDone()) {
            return;
        }
        peers.removeIf(each -> each.address().equals(peer.address()));
        peers.add(peer);
        if (peers.size() >= enoughPeers) {
            noLongerWaitFor(segmentId);
        }
    }

    void noLongerWaitFor(SegmentId segmentId) {
        waitingFor.remove(segmentId);
        endIfNothingIsAwaited();
    }

    void endIfNothingIsAwaited() {
        if (waitingFor.isEmpty()) {
            end();
        }
    }

    /** Completes with what was found. */
    void end() {
        if (!future.isDone()) {
            Map<SegmentId, List<DiscoveredPeer>> copies = new HashMap<>();
            found.forEach((id, peers) -> copies.put(id, List.copyOf(peers)));
            future.complete(new DiscoveryResult(copies));
        }
    }

    boolean isDone() {
        return future.isDone();
    }
}
