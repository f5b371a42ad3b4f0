// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.peer;

import io.peerdist.agent.source.PeerFinder;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.discovery.DiscoveryResult;
import io.peerdist.discovery.message.DiscoveryVersion;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Finds peers, and remembers how many answered for what this machine holds from then on: where many hold a segment, not all
 * of them need to answer. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrd">MS-PCCRD 3.2.4.1, note 8</a>
 */
public final class RememberedSearches implements PeerFinder {
    /** All but the last segment of a file has so many; of that one, holders count as holders of a part. */
    private static final int BLOCKS_OF_VERSION_1 = 512; // MS-PCCRC 2.3

    private final PeerFinder finder;
    private final HeldSegments held;

    /** Remembers in {@code held} what {@code finder} finds. */
    public RememberedSearches(PeerFinder finder, HeldSegments held) {
        this.finder = finder;
        this.held = held;
    }

    @Override
    public Optional<InetSocketAddress> lastGoodPeer() {
        return finder.lastGoodPeer();
    }

    @Override
    public CompletableFuture<DiscoveryResult> search(
            DiscoveryVersion version, Collection<SegmentId> segmentIds, int enoughPeers) {
        int blocks = version == DiscoveryVersion.V1 ? BLOCKS_OF_VERSION_1 : 1;
        return finder.search(version, segmentIds, enoughPeers).thenApply(found -> {
            found.peers().keySet().forEach(id -> held.remember(id, found.replies(id, blocks)));
            return found;
        });
    }

    @Override
    public void served(InetSocketAddress peer) {
        finder.served(peer);
    }

    @Override
    public void failed(InetSocketAddress peer) {
        finder.failed(peer);
    }
}
