// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.source;

import io.peerdist.agent.plan.SourceScore;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.discovery.message.DiscoveryVersion;
import io.peerdist.retrieval.RetrievalClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The other machines of the branch. Each download finds those that hold its segments; what is known of each, good and bad, is
 * kept for all downloads. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-ccrod">MS-CCROD 2.1.1</a>
 */
public final class PeerSources implements BlockSources {
    /** How long a peer may take to say what it holds, before the download goes on without it. */
    public static final Duration LOOK_UP_LIMIT = Duration.ofMillis(500);

    /** More machines than a subnet of 1,024 addresses has; the one that was not heard of longest makes room. */
    private static final int MAX_SCORES = 1_024;

    private final PeerFinder finder;
    private final RemoteBlocks remote;
    private final Duration lookUpLimit;
    private final LongSupplier nanoTime;
    private final Map<InetSocketAddress, SourceScore> scores = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, SourceScore> eldest) {
            return size() > MAX_SCORES;
        }
    };

    /**
     * @param lookUpLimit how long a peer may take to say what it holds, {@link #LOOK_UP_LIMIT} but for tests
     * @param limit for the blocks; the answers about what peers hold are small and not counted
     */
    public PeerSources(
            PeerFinder finder, RetrievalClient client, RateLimit limit, Duration lookUpLimit, LongSupplier nanoTime) {
        this.finder = finder;
        this.remote = new RemoteBlocks(client, limit);
        this.lookUpLimit = lookUpLimit;
        this.nanoTime = nanoTime;
    }

    @Override
    public List<? extends BlockSource> forDownload(int contentVersion) {
        return new PeerGroup(this, contentVersion == 1 ? DiscoveryVersion.V1 : DiscoveryVersion.V2).places();
    }

    PeerFinder finder() {
        return finder;
    }

    RemoteBlocks remote() {
        return remote;
    }

    Duration lookUpLimit() {
        return lookUpLimit;
    }

    /** What is known of a peer. */
    SourceScore score(InetSocketAddress peer) {
        synchronized (scores) {
            return scores.computeIfAbsent(peer, address -> new SourceScore());
        }
    }

    boolean isLeftOut(InetSocketAddress peer) {
        return score(peer).isLeftOut(nanoTime.getAsLong());
    }
}
