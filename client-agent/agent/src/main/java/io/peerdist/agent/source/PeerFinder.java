// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.discovery.Discovery;
import io.peerdist.discovery.DiscoveryResult;
import io.peerdist.discovery.message.DiscoveryVersion;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Finds machines of the branch that hold segments. Thread-safe. */
public interface PeerFinder {
    /** See {@link Discovery#lastGoodPeer}. */
    Optional<InetSocketAddress> lastGoodPeer();

    /** See {@link Discovery#search}. */
    CompletableFuture<DiscoveryResult> search(
            DiscoveryVersion version, Collection<SegmentId> segmentIds, int enoughPeers);

    /** See {@link Discovery#served}. */
    void served(InetSocketAddress peer);

    /** See {@link Discovery#failed}. */
    void failed(InetSocketAddress peer);

    /** Those that {@code discovery} finds. */
    static PeerFinder of(Discovery discovery) {
        return new PeerFinder() {
            @Override
            public Optional<InetSocketAddress> lastGoodPeer() {
                return discovery.lastGoodPeer();
            }

            @Override
            public CompletableFuture<DiscoveryResult> search(
                    DiscoveryVersion version, Collection<SegmentId> segmentIds, int enoughPeers) {
                return discovery.search(version, segmentIds, enoughPeers);
            }

            @Override
            public void served(InetSocketAddress peer) {
                discovery.served(peer);
            }

            @Override
            public void failed(InetSocketAddress peer) {
                discovery.failed(peer);
            }
        };
    }
}
