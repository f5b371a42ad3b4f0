// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.NetUtil;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.conformance.Await;
import io.peerdist.discovery.DiscoveredPeer;
import io.peerdist.discovery.Discovery;
import io.peerdist.discovery.DiscoveryReach;
import io.peerdist.discovery.DiscoveryResult;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.discovery.LocalNetwork;
import io.peerdist.discovery.RequesterSettings;
import io.peerdist.discovery.ServingAddresses;
import io.peerdist.discovery.message.DiscoveryVersion;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.EventLoops;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hosted cache that answers probes, over real sockets on loopback, without multicast. */
final class SuperPeerIT {
    /** Long, as the machine may be busy; a search ends as soon as somebody answered. */
    private static final RequesterSettings PATIENT =
            new RequesterSettings(Duration.ofSeconds(10), 1, 1_452, Duration.ofSeconds(60), Duration.ofSeconds(15));

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Clock clock = Clock.system();
    private Components components;
    private EventLoops loops;
    private RetrievalClient client;

    @BeforeEach
    void open() {
        components = new Components(clock, Duration.ofSeconds(20));
        loops = components.add("event loops", EventLoops.start("cache", 2));
        client = components.add(
                "client",
                new RetrievalClient(
                        loops.group(),
                        RetrievalClientSettings.DEFAULT.withRequestTimeout(Duration.ofSeconds(20)),
                        new SimpleMeterRegistry()));
    }

    @AfterEach
    void close() {
        components.close();
    }

    private static InetAddress ip(String text) throws UnknownHostException {
        return InetAddress.getByAddress(Objects.requireNonNull(NetUtil.createByteArrayFromIpAddressString(text)));
    }

    private HostedCache cache(String address) throws UnknownHostException {
        DiscoveryReach reach = new DiscoveryReach.Unicast(new InetSocketAddress(ip(address), 0), List::of);
        HostedCacheSettings settings =
                RunningCache.settings(directory.resolve("cache"), Map.of("bind", address, "request-timeout", "30s"));
        return HostedCache.start(
                settings.withProbes(new ProbeSettings(true, List.of(), reach)), components, loops, clock, registry);
    }

    private Discovery seeker(String address, InetSocketAddress cache) throws UnknownHostException {
        DiscoverySettings settings = new DiscoverySettings(
                new DiscoveryReach.Unicast(new InetSocketAddress(ip(address), 0), () -> List.of(cache)),
                DiscoverySettings.DEFAULT.interfaces(),
                false,
                DiscoverySettings.DEFAULT.limits(),
                DiscoverySettings.DEFAULT.responder(),
                PATIENT);
        return components.add(
                "seeker",
                Discovery.start(
                        settings,
                        ids -> CompletableFuture.completedFuture(List.of()),
                        ServingAddresses.ownPort(1),
                        new Discovery.Environment(clock, clock::nanoTime, new Random(1), new SimpleMeterRegistry())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void isFoundByThoseWhoProbeAndServesThem(String address) throws Exception {
        HostedCache cache = cache(address);
        SegmentDescriptor segment = Segments.v2(1, 131_072);
        try (LivePeer peer = new LivePeer(directory.resolve("peer"))) {
            peer.holdAll(segment);
            OfferingClient.offer(cache.address(), address, peer.listen(address), segment);
            Await.until("pulled", () -> cache.statistics().segments() == 1 && cache.isQuiet());
        }
        Discovery seeker = seeker(address, cache.discovery().orElseThrow().localAddress());

        DiscoveryResult found = Await.result(seeker.search(DiscoveryVersion.V2, List.of(segment.id()), 1));

        List<DiscoveredPeer> peers = found.of(segment.id());
        assertThat(peers).extracting(DiscoveredPeer::address).containsExactly(cache.address());
        assertThat(peers.get(0).holdsAll(1)).isTrue();
        assertThat(Await.result(client.getBlock(peers.get(0).address(), segment.id(), 0)))
                .isEqualTo(Segments.block(segment, 0));
    }

    @Test
    void listensForNoProbesUnlessTold() {
        HostedCache cache = HostedCache.start(
                RunningCache.settings(directory.resolve("cache"), Map.of("bind", "127.0.0.1")),
                components,
                loops,
                clock,
                registry);

        assertThat(cache.discovery()).isEmpty();
    }

    @Test
    void namesOnlyTheAddressItServesAt() throws Exception {
        LocalNetwork one = new LocalNetwork("eth0", 2, ip("10.1.2.3"), 24);
        LocalNetwork other = new LocalNetwork("eth0", 2, ip("10.1.2.4"), 24);

        assertThat(ProbeAnswers.addresses(new InetSocketAddress(ip("10.1.2.4"), 80))
                        .on(List.of(one, other)))
                .containsExactly(new InetSocketAddress(ip("10.1.2.4"), 80));
        assertThat(ProbeAnswers.addresses(new InetSocketAddress(ip("10.9.9.9"), 80))
                        .on(List.of(one, other)))
                .isEmpty();
        assertThat(ProbeAnswers.addresses(new InetSocketAddress(ip("::"), 80)).on(List.of(one, other)))
                .hasSize(2);
    }

    @Test
    void keepsSilentWhenTooManyAskAndTellsFailuresOnly() {
        StoredSegments busy = new StoredSegments(new FailingSource(), id -> true, task -> {
            throw new RejectedExecutionException("full");
        });
        StoredSegments failing = new StoredSegments(new FailingSource(), id -> true, Runnable::run);

        assertThat(Await.result(busy.held(List.of(Segments.id(1))).toCompletableFuture()))
                .isEmpty();
        assertThat(Await.failure(failing.held(List.of(Segments.id(1))).toCompletableFuture()))
                .hasMessage("disk");
    }

    private static final class FailingSource implements SegmentSource {
        @Override
        public HeldSegment peek(SegmentId id) {
            throw new IllegalStateException("disk");
        }

        @Override
        public HeldSegment load(SegmentId id) {
            throw new IllegalStateException("disk");
        }
    }
}
