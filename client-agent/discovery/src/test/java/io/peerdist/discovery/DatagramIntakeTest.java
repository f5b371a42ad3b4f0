// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import static io.peerdist.discovery.Samples.OFFICE;
import static io.peerdist.discovery.Samples.PEER;
import static io.peerdist.discovery.Samples.ids;
import static io.peerdist.discovery.Samples.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.discovery.message.DiscoveryDecoder;
import io.peerdist.discovery.message.DiscoveryEncoder;
import io.peerdist.discovery.message.DiscoveryVersion;
import io.peerdist.discovery.message.Probe;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What hostile machines send costs no look at the store, and is counted. */
final class DatagramIntakeTest {
    private final FakeLoop loop = new FakeLoop();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final DiscoveryMetrics metrics = new DiscoveryMetrics(registry);
    private final LocalNetworks networks = new LocalNetworks();
    private final List<Integer> asked = new ArrayList<>();

    private DatagramIntake intake(RateLimits limits, boolean answers) {
        networks.set(List.of(OFFICE));
        Random random = new Random(1);
        OwnInstance instance = new OwnInstance(random, 1);
        Requester requester = new Requester(
                RequesterSettings.DEFAULT, new Requester.Parts(instance, loop, loop, random, datagram -> {}, metrics));
        Responder responder = new Responder(
                ResponderSettings.DEFAULT,
                new Responder.Parts(
                        ids -> {
                            asked.add(ids.size());
                            return CompletableFuture.completedFuture(List.of());
                        },
                        ServingAddresses.ownPort(80),
                        networks,
                        instance,
                        loop,
                        loop,
                        random,
                        (to, datagram) -> {},
                        metrics));
        return new DatagramIntake(networks, limits, loop, requester, answers ? responder : null, metrics);
    }

    private static ByteBuffer probe(int number) {
        return ByteBuffer.wrap(DiscoveryEncoder.encode(new Probe("urn:uuid:" + number, DiscoveryVersion.V1, ids(2))));
    }

    private double datagrams(String result) {
        return Samples.count(registry, "peerdist_discovery_datagrams", result);
    }

    @Test
    void givesProbesToTheResponder() {
        intake(RateLimits.DEFAULT, true).receive(PEER, probe(1));

        assertThat(asked).containsExactly(2);
        assertThat(datagrams("taken")).isOne();
    }

    @Test
    void answersNobodyWhenItIsNotToAnswer() {
        intake(RateLimits.DEFAULT, false).receive(PEER, probe(1));

        assertThat(asked).isEmpty();
    }

    @Test
    void ignoresSourcesOutsideItsSubnets() {
        DatagramIntake intake = intake(RateLimits.DEFAULT, true);
        for (String source :
                List.of("10.1.3.1", "192.0.2.1", "10.1.2.255", "127.0.0.1", "fe80::1", "239.255.255.250")) {
            intake.receive(new InetSocketAddress(ip(source), 50_000), probe(1));
        }
        intake.receive(new InetSocketAddress(ip("10.1.2.9"), 0), probe(1));

        assertThat(asked).isEmpty();
        assertThat(datagrams("off_subnet")).isEqualTo(7);
    }

    @Test
    void ignoresWhatIsTooLongOrOfOthersOrWrong() {
        DatagramIntake intake = intake(RateLimits.DEFAULT, true);
        intake.receive(PEER, ByteBuffer.allocate(DiscoveryDecoder.MAX_MESSAGE_BYTES + 1));
        intake.receive(PEER, ByteBuffer.wrap("<Envelope/>".getBytes(StandardCharsets.UTF_8)));
        intake.receive(PEER, probe(1).limit(700));

        assertThat(datagrams("oversize")).isOne();
        assertThat(datagrams("other_service")).isOne();
        assertThat(datagrams("malformed")).isOne();
        assertThat(asked).isEmpty();
    }

    @Test
    void boundsWhatAFloodCosts() {
        DatagramIntake intake = intake(new RateLimits(5, 20), true);
        for (int i = 0; i < 1_000; i++) {
            intake.receive(PEER, probe(i));
            intake.receive(new InetSocketAddress(ip("10.1.2." + (10 + i % 100)), 50_000), probe(i));
        }

        assertThat(asked).hasSize(40);
        assertThat(datagrams("source_limit") + datagrams("overall_limit")).isEqualTo(1_960);
    }
}
