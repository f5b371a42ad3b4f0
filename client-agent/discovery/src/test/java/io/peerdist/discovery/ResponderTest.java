// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import static io.peerdist.discovery.Samples.OFFICE;
import static io.peerdist.discovery.Samples.PEER;
import static io.peerdist.discovery.Samples.id;
import static io.peerdist.discovery.Samples.ids;
import static io.peerdist.discovery.Samples.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.EncodedSegmentAge;
import io.peerdist.discovery.message.DiscoveryDecoder;
import io.peerdist.discovery.message.DiscoveryVersion;
import io.peerdist.discovery.message.Probe;
import io.peerdist.discovery.message.ProbeMatch;
import io.peerdist.discovery.message.ProbeMatches;
import io.peerdist.discovery.message.SegmentBlocks;
import io.peerdist.discovery.message.SegmentPresence;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

final class ResponderTest {
    private record Sent(InetSocketAddress to, ProbeMatches message, long atNanos) {}

    private final FakeLoop loop = new FakeLoop();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LocalNetworks networks = new LocalNetworks();
    private final Map<SegmentId, LocalSegment> store = new HashMap<>();
    private final List<Sent> sent = new ArrayList<>();
    private final DiscoveryDecoder decoder = new DiscoveryDecoder();
    private LocalSegments segments = this::held;
    private ServingAddresses addresses = ServingAddresses.ownPort(8_080);

    private CompletionStage<List<LocalSegment>> held(List<SegmentId> asked) {
        return CompletableFuture.completedFuture(
                asked.stream().map(store::get).filter(Objects::nonNull).toList());
    }

    private Responder responder(ResponderSettings settings) {
        networks.set(List.of(OFFICE));
        Random random = new Random(5);
        return new Responder(
                settings,
                new Responder.Parts(
                        ids -> segments.held(ids),
                        here -> addresses.on(here),
                        networks,
                        new OwnInstance(random, 1_700_000_000),
                        loop,
                        loop,
                        random,
                        (to, datagram) -> sent.add(new Sent(to, read(datagram), loop.getAsLong())),
                        new DiscoveryMetrics(registry)));
    }

    private ProbeMatches read(byte[] datagram) {
        return (ProbeMatches) decoder.decode(ByteBuffer.wrap(datagram)).orElseThrow();
    }

    private Responder once() {
        return responder(new ResponderSettings(ResponderSettings.DEFAULT_MAX_BACKOFF, RepublicationQuorum.DEFAULT, 0));
    }

    private void hold(int number, int blocks, boolean complete, PeerReplies replies) {
        store.put(id(number), new LocalSegment(id(number), blocks, complete, Duration.ofMinutes(10), replies));
    }

    private static Probe probe(String messageId, DiscoveryVersion version, int segments) {
        return new Probe(messageId, version, ids(segments));
    }

    private void receive(Responder responder, Probe probe) {
        responder.receive(PEER, OFFICE, probe, own -> false);
    }

    private double probes(String result) {
        return Samples.count(registry, "peerdist_discovery_probes", result);
    }

    @Test
    void answersTheProberAloneWithWhatItHolds() {
        hold(1, 17, false, PeerReplies.NONE);
        hold(3, 512, true, PeerReplies.NONE);

        receive(once(), probe("urn:uuid:a", DiscoveryVersion.V1, 5));
        loop.passMillis(65);

        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).to()).isEqualTo(PEER);
        ProbeMatches message = sent.get(0).message();
        assertThat(message.relatesTo()).isEqualTo("urn:uuid:a");
        assertThat(message.matches()).hasSize(1);
        ProbeMatch.V1 match = (ProbeMatch.V1) message.matches().get(0);
        assertThat(match.held()).containsExactly(new SegmentBlocks(id(1), 17), new SegmentBlocks(id(3), 512));
        assertThat(match.addresses()).containsExactly(new InetSocketAddress(ip("10.1.2.3"), 8_080));
        assertThat(probes("answered")).isOne();
    }

    @Test
    void answersVersion2WithPresenceAndAges() {
        hold(1, 1, false, PeerReplies.NONE);
        hold(3, 1, true, PeerReplies.NONE);

        receive(once(), probe("urn:uuid:a", DiscoveryVersion.V2, 4));
        loop.passMillis(65);

        ProbeMatch.V2 match = (ProbeMatch.V2) sent.get(0).message().matches().get(0);
        assertThat(match.presence())
                .containsExactly(
                        SegmentPresence.ABSENT,
                        SegmentPresence.PARTIAL,
                        SegmentPresence.ABSENT,
                        SegmentPresence.COMPLETE);
        assertThat(Objects.requireNonNull(match.ages()).ages())
                .containsExactly(new EncodedSegmentAge(1, 60_000), new EncodedSegmentAge(3, 60_000));
    }

    @Test
    void keepsSilentWhenItHoldsNothing() {
        receive(once(), probe("urn:uuid:a", DiscoveryVersion.V1, 5));
        loop.passMillis(1_000);

        assertThat(sent).isEmpty();
        assertThat(probes("not_held")).isOne();
    }

    @Test
    void waitsFor1To65MillisecondsAtRandom() {
        hold(0, 1, true, PeerReplies.NONE);
        Responder responder = once();
        Set<Long> delays = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            sent.clear();
            long before = loop.getAsLong();
            receive(responder, probe("urn:uuid:" + i, DiscoveryVersion.V1, 1));
            loop.passMillis(65);
            delays.add((sent.get(0).atNanos() - before) / 1_000_000);
        }

        assertThat(delays).allMatch(millis -> millis >= 1 && millis <= 65).hasSizeGreaterThan(40);
    }

    @Test
    void numbersItsMessagesFromOneOnInOneInstance() {
        hold(0, 1, true, PeerReplies.NONE);
        Responder responder = once();
        for (int i = 0; i < 3; i++) {
            receive(responder, probe("urn:uuid:" + i, DiscoveryVersion.V1, 1));
            loop.passMillis(65);
        }

        assertThat(sent.stream()
                        .map(each -> Objects.requireNonNull(each.message().appSequence())))
                .extracting(each -> each.instanceId() + "/" + each.messageNumber())
                .containsExactly("1700000000/1", "1700000000/2", "1700000000/3");
        assertThat(sent.stream().map(each -> each.message().messageId())).doesNotHaveDuplicates();
        assertThat(sent.stream()
                        .map(each -> each.message().matches().get(0).endpoint())
                        .distinct())
                .hasSize(1);
    }

    @Test
    void repeatsAnswersAsSoapOverUdpHasIt() {
        hold(0, 1, true, PeerReplies.NONE);
        receive(responder(ResponderSettings.DEFAULT), probe("urn:uuid:a", DiscoveryVersion.V1, 1));
        loop.passMillis(1_000);

        assertThat(sent).hasSize(2);
        assertThat(sent.get(1).message()).isEqualTo(sent.get(0).message());
        assertThat((sent.get(1).atNanos() - sent.get(0).atNanos()) / 1_000_000).isBetween(50L, 250L);
    }

    @Test
    void answersRepetitionsOnceAndQuestionsAskedAnewAgain() {
        hold(0, 1, true, PeerReplies.NONE);
        Responder responder = once();
        Probe probe = probe("urn:uuid:a", DiscoveryVersion.V1, 1);
        receive(responder, probe);
        loop.passMillis(250);
        receive(responder, probe);
        responder.receive(new InetSocketAddress(ip("10.1.2.10"), 50_000), OFFICE, probe, own -> false);
        loop.passMillis(750);
        assertThat(sent).hasSize(2);
        assertThat(probes("duplicate")).isOne();

        receive(responder, probe);
        loop.passMillis(65);
        assertThat(sent).hasSize(3);
    }

    @Test
    void doesNotAnswerItsOwnProbes() {
        hold(0, 1, true, PeerReplies.NONE);
        once().receive(PEER, OFFICE, probe("urn:uuid:a", DiscoveryVersion.V1, 1), "urn:uuid:a"::equals);
        loop.passMillis(65);

        assertThat(sent).isEmpty();
        assertThat(probes("own")).isOne();
    }

    @Test
    void keepsSilentWhereAQuorumHoldsTheSegment() {
        hold(0, 1, true, new PeerReplies(100, 100));
        hold(1, 1, true, new PeerReplies(99, 99));
        Responder responder = once();
        receive(responder, probe("urn:uuid:a", DiscoveryVersion.V1, 1));
        receive(responder, probe("urn:uuid:b", DiscoveryVersion.V1, 2));
        loop.passMillis(65);

        assertThat(probes("quorum")).isOne();
        assertThat(sent).hasSize(1);
        assertThat(((ProbeMatch.V1) sent.get(0).message().matches().get(0)).held())
                .containsExactly(new SegmentBlocks(id(1), 1));
    }

    @Test
    void answersOneInThreeWhereFewOfTheQuorumHoldAll() {
        RepublicationQuorum quorum = new RepublicationQuorum(10);
        Random random = new Random(1);
        int answers = 0;
        for (int i = 0; i < 3_000; i++) {
            answers += quorum.answers(new PeerReplies(10, 9), random) ? 1 : 0;
        }

        assertThat(answers).isBetween(900, 1_080);
    }

    @Test
    void waitsForAStoreThatLooksAtTheDisk() {
        hold(0, 1, true, PeerReplies.NONE);
        CompletableFuture<List<LocalSegment>> slow = new CompletableFuture<>();
        segments = any -> slow;
        receive(once(), probe("urn:uuid:a", DiscoveryVersion.V1, 1));
        loop.passMillis(500);
        assertThat(sent).isEmpty();

        loop.goAway();
        slow.complete(List.of(Objects.requireNonNull(store.get(id(0)))));
        assertThat(sent).isEmpty();
        loop.passMillis(65);
        assertThat(sent).hasSize(1);
    }

    @Test
    void boundsTheAnswersInTheMaking() {
        segments = any -> new CompletableFuture<>();
        Responder responder = once();
        for (int i = 0; i < Responder.MAX_PENDING + 10; i++) {
            receive(responder, probe("urn:uuid:" + i, DiscoveryVersion.V1, 1));
        }

        assertThat(probes("overload")).isEqualTo(10);
    }

    @Test
    void survivesAStoreThatFailsOrSaysTooMuch() {
        segments = any -> CompletableFuture.failedFuture(new IllegalStateException("disk"));
        Responder responder = once();
        receive(responder, probe("urn:uuid:a", DiscoveryVersion.V1, 1));
        segments = any -> {
            throw new IllegalStateException("closed");
        };
        receive(responder, probe("urn:uuid:c", DiscoveryVersion.V1, 1));
        hold(7, 1, true, PeerReplies.NONE);
        segments = any -> CompletableFuture.completedFuture(List.copyOf(store.values()));
        receive(responder, probe("urn:uuid:b", DiscoveryVersion.V1, 1));
        loop.passMillis(65);

        assertThat(sent).isEmpty();
        assertThat(probes("failed")).isEqualTo(2);
        assertThat(probes("not_held")).isOne();
    }

    @Test
    void namesTheAddressOfAHostedCacheElsewhereOrNone() {
        hold(0, 1, true, PeerReplies.NONE);
        InetSocketAddress elsewhere = new InetSocketAddress(ip("192.0.2.1"), 80);
        addresses = ServingAddresses.elsewhere(List.of(elsewhere));
        Responder responder = once();
        receive(responder, probe("urn:uuid:a", DiscoveryVersion.V1, 1));
        loop.passMillis(65);
        assertThat(sent.get(0).message().matches().get(0).addresses()).containsExactly(elsewhere);

        addresses = here -> List.of();
        receive(responder, probe("urn:uuid:b", DiscoveryVersion.V1, 1));
        loop.passMillis(65);
        assertThat(sent).hasSize(1);
        assertThat(probes("no_address")).isOne();
    }
}
