// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.discovery.Discovery;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.discovery.ServingAddresses;
import io.peerdist.discovery.message.SegmentBlocks;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.HostPort;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Answers probes on this machine's subnets in the name of a hosted cache elsewhere, for what that cache holds. It is a
 * discovery of its own, as it names another address than the agent does for its own blocks. Thread-safe.
 */
public final class Relay implements AutoCloseable {
    /** Shorter than whoever probes waits is in vain on the first probe, not on its repetition. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(1);

    private static final int CONNECTIONS = 4;
    /** Questions that wait for one of them: what a cache answers in a tenth of a second. */
    private static final int MAX_WAITING = 256;

    private final InetSocketAddress cache;
    private final RetrievalClient client;
    private final RelayedSegments segments;
    private final Discovery discovery;

    private Relay(
            InetSocketAddress cache,
            DiscoverySettings settings,
            EventLoops loops,
            Clock clock,
            MeterRegistry registry) {
        this.cache = cache;
        this.client = new RetrievalClient(
                loops.group(),
                RetrievalClientSettings.DEFAULT
                        .withRequestTimeout(REQUEST_TIMEOUT)
                        .withMaxConnectionsPerPeer(CONNECTIONS)
                        .withMaxWaitingPerPeer(MAX_WAITING)
                        .withMaxPeers(1),
                registry);
        this.segments = new RelayedSegments(
                HostPort.format(cache),
                new Asking(client, cache),
                clock::nanoTime,
                Counter.builder("peerdist_relay_unasked_segments")
                        .description("Segments probed for that no hosted cache was asked about, as too many were.")
                        .register(registry));
        try {
            this.discovery = Discovery.start(
                    settings.withAnswers(true),
                    segments,
                    ServingAddresses.elsewhere(List.of(cache)),
                    new Discovery.Environment(clock, clock::nanoTime, new SecureRandom(), registry));
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private record Asking(RetrievalClient client, InetSocketAddress cache) implements RelayedSegments.Questions {
        @Override
        public CompletableFuture<BitSet> segments(List<SegmentId> ids) {
            return client.getSegmentList(cache, ids);
        }

        @Override
        public CompletableFuture<BlockRanges> blocks(SegmentId id) {
            return client.getBlockList(cache, id, BlockRanges.first(SegmentBlocks.MAX_BLOCKS));
        }
    }

    /**
     * Starts to answer.
     *
     * @param cache where the hosted cache serves; resolved
     * @param settings on which interfaces, with which limits
     * @throws io.peerdist.discovery.DiscoveryException when the port of discovery cannot be listened on
     */
    public static Relay start(
            InetSocketAddress cache,
            DiscoverySettings settings,
            EventLoops loops,
            Clock clock,
            MeterRegistry registry) {
        return new Relay(cache, settings, loops, clock, registry);
    }

    /** Where the hosted cache serves. */
    public InetSocketAddress cache() {
        return cache;
    }

    /** Whether the hosted cache answered when it was asked last; true before that. */
    public boolean answers() {
        return segments.answers();
    }

    /** Where probes are listened for. */
    public InetSocketAddress localAddress() {
        return discovery.localAddress();
    }

    @Override
    public void close() {
        discovery.close();
        client.close();
    }
}
