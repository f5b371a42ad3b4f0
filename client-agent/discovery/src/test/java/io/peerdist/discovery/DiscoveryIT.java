// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import static io.peerdist.discovery.Samples.id;
import static io.peerdist.discovery.Samples.ids;
import static io.peerdist.discovery.Samples.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.conformance.Await;
import io.peerdist.discovery.message.DiscoveryEncoder;
import io.peerdist.discovery.message.DiscoveryVersion;
import io.peerdist.discovery.message.Probe;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real sockets on loopback, without multicast. */
final class DiscoveryIT {
    private static final int RETRIEVAL_PORT = 8_080;
    /** Long, as the machine may be busy; a search ends as soon as somebody answered. */
    private static final RequesterSettings PATIENT =
            new RequesterSettings(Duration.ofSeconds(10), 1, 1_452, Duration.ofSeconds(60), Duration.ofSeconds(15));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Discovery> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(Discovery::close);
    }

    private Discovery start(String host, List<InetSocketAddress> peers, LocalSegments segments) {
        DiscoverySettings settings = new DiscoverySettings(
                new DiscoveryReach.Unicast(new InetSocketAddress(ip(host), 0), () -> peers),
                InterfaceChoice.ALL,
                true,
                RateLimits.DEFAULT,
                ResponderSettings.DEFAULT,
                PATIENT);
        Discovery discovery = Discovery.start(
                settings,
                segments,
                ServingAddresses.ownPort(RETRIEVAL_PORT),
                new Discovery.Environment(InstantSource.system(), new FakeLoop(), new Random(), registry));
        open.add(discovery);
        return discovery;
    }

    private static LocalSegments holding(int number) {
        return asked -> CompletableFuture.completedFuture(asked.stream()
                .filter(id(number)::equals)
                .map(id -> new LocalSegment(id, 32, true, Duration.ofSeconds(60), PeerReplies.NONE))
                .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void findsThePeerThatHoldsASegment(String host) {
        Discovery holder = start(host, List.of(), holding(3));
        Discovery other = start(host, List.of(), holding(7));
        Discovery seeker = start(host, List.of(other.localAddress(), holder.localAddress()), holding(100));

        for (DiscoveryVersion version : DiscoveryVersion.values()) {
            int number = version == DiscoveryVersion.V1 ? 3 : 7;
            DiscoveryResult result = Await.result(seeker.search(version, List.of(id(number)), 1));

            assertThat(result.of(id(number)))
                    .extracting(DiscoveredPeer::address)
                    .containsExactly(new InetSocketAddress(ip(host), RETRIEVAL_PORT));
            assertThat(result.of(id(number)).get(0).holdsAll(32)).isTrue();
        }
        assertThat(seeker.networks()).isNotEmpty();
    }

    @Test
    void findsPeersForManySegmentsInSeveralDatagrams() {
        Discovery holder = start(
                "127.0.0.1",
                List.of(),
                asked -> CompletableFuture.completedFuture(asked.stream()
                        .map(id -> new LocalSegment(id, 5, false, Duration.ZERO, PeerReplies.NONE))
                        .toList()));
        Discovery seeker = start("127.0.0.1", List.of(holder.localAddress()), holding(100));

        DiscoveryResult result = Await.result(seeker.search(DiscoveryVersion.V1, ids(200), 1));

        assertThat(result.peers()).hasSize(200);
        assertThat(result.peers().values()).allMatch(peers -> peers.size() == 1);
    }

    @Test
    void searchesOnAsASearchEnds() {
        Discovery holder = start("127.0.0.1", List.of(), holding(0));
        Discovery seeker = start("127.0.0.1", List.of(holder.localAddress()), holding(100));

        CompletableFuture<DiscoveryResult> last = seeker.search(DiscoveryVersion.V1, ids(2), 1);
        CompletableFuture<DiscoveryResult> first = seeker.search(DiscoveryVersion.V1, ids(1), 1)
                .thenCompose(found -> seeker.search(DiscoveryVersion.V1, List.of(id(0)), 1))
                .thenCompose(found -> seeker.search(DiscoveryVersion.V1, List.of(id(0)), 1));

        assertThat(Await.result(first).of(id(0))).hasSize(1);
        seeker.close();
        assertThat(Await.result(last).of(id(0))).hasSize(1);
        assertThat(Await.result(last).of(id(1))).isEmpty();
    }

    @Test
    void livesOnWhatever() throws IOException {
        Discovery holder = start("127.0.0.1", List.of(), holding(3));
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(ip("127.0.0.1"), 0))) {
            socket.setSoTimeout((int) Await.LIMIT.toMillis());
            send(socket, holder, new byte[0]);
            send(socket, holder, new byte[60_000]);
            send(socket, holder, "<!DOCTYPE a>PeerDistributionDiscovery".getBytes(StandardCharsets.UTF_8));
            send(socket, holder, DiscoveryEncoder.encode(new Probe("urn:uuid:a", DiscoveryVersion.V1, ids(4))));

            DatagramPacket answer = new DatagramPacket(new byte[20_000], 20_000);
            socket.receive(answer);

            assertThat(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8))
                    .contains("<wsd:XAddrs>127.0.0.1:8080")
                    .contains("<PeerDist:BlockCount>00000020</PeerDist:BlockCount>");
        }
        assertThat(Samples.count(registry, "peerdist_discovery_datagrams", "oversize"))
                .isOne();
    }

    private static void send(DatagramSocket socket, Discovery to, byte[] octets) throws IOException {
        socket.send(new DatagramPacket(octets, octets.length, to.localAddress()));
    }

    @Test
    void endsSearchesWhenItIsClosed() {
        Discovery seeker = start("127.0.0.1", List.of(), holding(3));
        CompletableFuture<DiscoveryResult> search = seeker.search(DiscoveryVersion.V1, ids(1), 1);
        seeker.close();

        assertThat(Await.result(search).of(id(0))).isEmpty();
        assertThat(Await.result(seeker.search(DiscoveryVersion.V1, ids(1), 1)).of(id(0)))
                .isEmpty();
    }

    @Test
    void saysWhenItsPortIsNotToBeHad() {
        InetSocketAddress taken = start("127.0.0.1", List.of(), holding(3)).localAddress();
        DiscoverySettings settings = DiscoverySettings.DEFAULT.withReach(new DiscoveryReach.Unicast(taken, List::of));

        assertThatThrownBy(() -> Discovery.start(
                        settings,
                        holding(3),
                        ServingAddresses.ownPort(80),
                        new Discovery.Environment(
                                InstantSource.system(), new FakeLoop(), new Random(), new SimpleMeterRegistry())))
                .isInstanceOf(DiscoveryException.class)
                .hasMessageContaining("discovery port")
                .hasMessageContaining("expected");
    }

    @Test
    void remembersThePeerThatServedLast() {
        FakeLoop clock = new FakeLoop();
        Discovery seeker = Discovery.start(
                DiscoverySettings.DEFAULT.withReach(
                        new DiscoveryReach.Unicast(new InetSocketAddress(ip("127.0.0.1"), 0), List::of)),
                holding(3),
                ServingAddresses.ownPort(80),
                new Discovery.Environment(InstantSource.system(), clock, new Random(), new SimpleMeterRegistry()));
        open.add(seeker);
        InetSocketAddress peer = new InetSocketAddress(ip("127.0.0.1"), 80);
        assertThat(seeker.lastGoodPeer()).isEmpty();

        seeker.served(peer);
        assertThat(seeker.lastGoodPeer()).contains(peer);
        seeker.failed(new InetSocketAddress(ip("127.0.0.1"), 81));
        assertThat(seeker.lastGoodPeer()).contains(peer);
        seeker.failed(peer);
        assertThat(seeker.lastGoodPeer()).isEmpty();

        seeker.served(peer);
        clock.pass(Duration.ofSeconds(61));
        assertThat(seeker.lastGoodPeer()).isEmpty();
    }
}
