// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.NetUtil;
import io.peerdist.agent.FileSegmentSource;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestHostedCache;
import io.peerdist.agent.offer.PeerServer;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.conformance.Await;
import io.peerdist.discovery.DiscoveredPeer;
import io.peerdist.discovery.Discovery;
import io.peerdist.discovery.DiscoveryReach;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.discovery.RequesterSettings;
import io.peerdist.discovery.ServingAddresses;
import io.peerdist.discovery.message.DiscoveryVersion;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Serving and relaying over real sockets on loopback, without multicast. Pauses end when the test says so. */
class ServingIT {
    private static final int BLOCKS = 6;
    private static final RequesterSettings PATIENT =
            new RequesterSettings(Duration.ofSeconds(10), 1, 1_452, Duration.ofSeconds(60), Duration.ofSeconds(15));

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final EventLoops loops = EventLoops.start("test-agent", 2);
    private final RetrievalClient client = new RetrievalClient(
            loops.group(), RetrievalClientSettings.DEFAULT.withRequestTimeout(Duration.ofSeconds(20)), registry);
    private final Queue<Runnable> ends = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final byte[] content = TestContent.random(BLOCKS * 65_536, 71);
    private final SegmentDescription segment =
            TestContent.information(content, 1).segments().get(0);

    @AfterEach
    void close() throws Exception {
        for (int i = toClose.size() - 1; i >= 0; i--) {
            toClose.get(i).close();
        }
        client.close();
        loops.close();
    }

    private <T extends AutoCloseable> T closing(T component) {
        toClose.add(component);
        return component;
    }

    private static InetAddress ip(String text) throws UnknownHostException {
        return InetAddress.getByAddress(Objects.requireNonNull(NetUtil.createByteArrayFromIpAddressString(text)));
    }

    /** Time stands still for the limit, so each pause lasts until the test ends it. */
    private PeerServer serve(String host, Bandwidth bandwidth) throws IOException {
        FileSegmentSource source = closing(new FileSegmentSource());
        for (int block = 0; block < BLOCKS; block++) {
            source.put(segment, block, content);
        }
        Serving serving = closing(Serving.start(
                settings(bandwidth),
                Set::of,
                RateLimit.unlimited(() -> 0, (end, nanos) -> {}),
                (end, nanos) -> {
                    if (nanos < ServingPolicy.POLL.toNanos()) {
                        ends.add(end);
                    }
                },
                new StandingClock(),
                registry));
        return closing(PeerServer.start(
                source,
                Clock.system(),
                new PeerServer.Binding(new InetSocketAddress(ip(host), 0), 64, loops, registry),
                serving));
    }

    private static final class StandingClock implements Clock {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void sendsBlocksOfAllConnectionsAsTheLimitLetsThemOut(String host) throws Exception {
        PeerServer server = serve(host, new Bandwidth(65_536, 0));

        // Told at once, as it brings no block.
        assertThat(Await.result(client.getBlockList(server.address(), segment.id(), BlockRanges.first(BLOCKS)))
                        .blockCount())
                .isEqualTo(BLOCKS);
        CompletableFuture<BlockResponse> first = client.getBlock(server.address(), segment.id(), 0);
        Await.until("the first waits", () -> ends.size() == 1);
        assertThat(first).isNotDone();

        // More than a second's worth waits already, so others had better go elsewhere.
        BlockResponse second = Await.result(client.getBlock(server.address(), segment.id(), 1));
        assertThat(second.isEmpty()).isTrue();
        assertThat(registry.get("peerdist_serving_refused")
                        .tag("reason", "bandwidth")
                        .counter()
                        .count())
                .isOne();

        ends.remove().run();
        BlockResponse block = Await.result(first);
        assertThat(block.isEmpty()).isFalse();
        assertThat(block.block().length).isGreaterThanOrEqualTo(65_536);
    }

    /** In real time, so only that it is not quicker than it may be. */
    @Test
    void keepsToTheRateWithAllConnectionsTogether() throws Exception {
        FileSegmentSource source = closing(new FileSegmentSource());
        for (int block = 0; block < BLOCKS; block++) {
            source.put(segment, block, content);
        }
        Clock clock = Clock.system();
        long begin = clock.nanoTime();
        Serving serving = closing(Serving.start(
                settings(new Bandwidth(2_000_000, 0)),
                Set::of,
                RateLimit.unlimited(clock::nanoTime, this::after),
                this::after,
                clock,
                registry));
        PeerServer server = closing(PeerServer.start(
                source,
                clock,
                new PeerServer.Binding(new InetSocketAddress(ip("127.0.0.1"), 0), 64, loops, registry),
                serving));

        for (int round = 0; round < 4; round++) {
            List<CompletableFuture<BlockResponse>> blocks = new ArrayList<>();
            for (int block = 0; block < BLOCKS; block++) {
                blocks.add(client.getBlock(server.address(), segment.id(), block));
            }
            for (CompletableFuture<BlockResponse> block : blocks) {
                assertThat(Await.result(block).block().length).isGreaterThanOrEqualTo(65_536);
            }
        }

        // The limit began empty, so the first octets waited too.
        assertThat(clock.nanoTime() - begin).isGreaterThanOrEqualTo(4L * BLOCKS * 65_536 * 1_000_000_000L / 2_000_000);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a pause is not taken back
    private void after(Runnable end, long nanos) {
        loops.group().schedule(end, nanos, TimeUnit.NANOSECONDS);
    }

    private ServingSettings settings(Bandwidth bandwidth) {
        return new ServingSettings(
                new BandwidthSchedule(BandwidthSchedule.UNLIMITED.zone(), List.of(), bandwidth),
                false,
                directory,
                new NetworkRules(List.of(), List.of()),
                List.of());
    }

    @Test
    void dropsWhatWaitsWhenTheClientLeaves() throws Exception {
        PeerServer server = serve("127.0.0.1", new Bandwidth(10_000_000, 0));
        CompletableFuture<BlockResponse> given = client.getBlock(server.address(), segment.id(), 0);
        Await.until("it waits", () -> ends.size() == 1);
        given.cancel(false);
        ends.remove().run();
        Await.until(
                "the session is over",
                () -> registry.get("peerdist_upload_sessions").gauge().value() == 0);
        CompletableFuture<BlockResponse> next = client.getBlock(server.address(), segment.id(), 1);
        Await.until("the next waits", () -> ends.size() == 1);
        ends.remove().run();
        assertThat(Await.result(next).isEmpty()).isFalse();
    }

    @Test
    void answersEmptyOnBattery() throws Exception {
        Path battery = Files.createDirectories(directory.resolve("BAT0"));
        Files.writeString(battery.resolve("type"), "Battery\n");
        Files.writeString(battery.resolve("status"), "Discharging\n");
        PeerServer server = serve("127.0.0.1", Bandwidth.UNLIMITED);

        assertThat(Await.result(client.getBlock(server.address(), segment.id(), 0))
                        .isEmpty())
                .isTrue();
        assertThat(Await.result(client.negotiate(server.address()))).isNotNull();
        assertThat(registry.get("peerdist_block_requests")
                        .tag("message", "get_blocks")
                        .tag("result", "refused")
                        .counter()
                        .count())
                .isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void answersProbesInTheNameOfACacheForWhatItHolds(String host) throws Exception {
        TestHostedCache cache = closing(new TestHostedCache());
        for (int block = 0; block < BLOCKS - 1; block++) {
            cache.source.put(segment, block, content);
        }
        Relay relay = closing(Relay.start(
                cache.address(),
                DiscoverySettings.DEFAULT.withReach(
                        new DiscoveryReach.Unicast(new InetSocketAddress(ip(host), 0), List::of)),
                loops,
                Clock.system(),
                registry));
        Discovery seeker = closing(Discovery.start(
                new DiscoverySettings(
                        new DiscoveryReach.Unicast(
                                new InetSocketAddress(ip(host), 0), () -> List.of(relay.localAddress())),
                        DiscoverySettings.DEFAULT.interfaces(),
                        false,
                        DiscoverySettings.DEFAULT.limits(),
                        DiscoverySettings.DEFAULT.responder(),
                        PATIENT),
                ids -> CompletableFuture.completedFuture(List.of()),
                ServingAddresses.ownPort(1),
                new Discovery.Environment(
                        Clock.system(), Clock.system()::nanoTime, new Random(1), new SimpleMeterRegistry())));

        if (host.equals("127.0.0.1")) { // the cache's address is the relay's own there, so our agents believe it
            List<DiscoveredPeer> found = Await.result(seeker.search(DiscoveryVersion.V1, List.of(segment.id()), 1))
                    .of(segment.id());
            assertThat(found).extracting(DiscoveredPeer::address).containsExactly(cache.address());
            assertThat(found.get(0).holdsAll(BLOCKS - 1)).isTrue();
            assertThat(found.get(0).holdsAll(BLOCKS)).isFalse();
        } else {
            CompletableFuture<?> search = seeker.search(DiscoveryVersion.V1, List.of(segment.id()), 1);
            Await.until(
                    "answered",
                    () -> registry.get("peerdist_discovery_probes")
                                    .tag("result", "answered")
                                    .counter()
                                    .count()
                            > 0);
            seeker.close();
            Await.result(search);
        }
        assertThat(relay.answers()).isTrue();
        assertThat(HostPort.format(relay.cache())).isEqualTo(HostPort.format(cache.address()));
    }
}
