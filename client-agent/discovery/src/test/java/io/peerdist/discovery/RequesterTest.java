// SPDX-License-Identifier: Apache-2.0
package io.peerdist.discovery;

import static io.peerdist.discovery.Samples.PEER;
import static io.peerdist.discovery.Samples.id;
import static io.peerdist.discovery.Samples.ids;
import static io.peerdist.discovery.Samples.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.AgeUnit;
import io.peerdist.codec.pccrr.EncodedSegmentAge;
import io.peerdist.codec.pccrr.SegmentAges;
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
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class RequesterTest {
    private static final Duration LIMIT = Duration.ofMillis(300);

    private final FakeLoop loop = new FakeLoop();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Probe> sent = new ArrayList<>();
    private final DiscoveryDecoder decoder = new DiscoveryDecoder();
    private final OwnInstance instance = new OwnInstance(new Random(2), 1);
    private final Requester requester = requester(0);

    private Requester requester(int repeats) {
        return new Requester(
                new RequesterSettings(LIMIT, repeats, 1_452, Duration.ofSeconds(60), Duration.ofSeconds(15)),
                new Requester.Parts(
                        instance,
                        loop,
                        loop,
                        new Random(3),
                        datagram -> sent.add((Probe)
                                decoder.decode(ByteBuffer.wrap(datagram)).orElseThrow()),
                        new DiscoveryMetrics(registry)));
    }

    private CompletableFuture<DiscoveryResult> search(DiscoveryVersion version, List<SegmentId> ids, int enough) {
        CompletableFuture<DiscoveryResult> future = new CompletableFuture<>();
        requester.search(version, ids, enough, future);
        return future;
    }

    private CompletableFuture<DiscoveryResult> search(int number) {
        return search(DiscoveryVersion.V1, List.of(id(number)), 1);
    }

    /** A search whose end is of no interest. */
    private void ask(int number) {
        ask(DiscoveryVersion.V1, List.of(id(number)), 1);
    }

    private void ask(DiscoveryVersion version, List<SegmentId> ids, int enough) {
        requester.search(version, ids, enough, new CompletableFuture<>());
    }

    private static InetSocketAddress peer(int number) {
        return new InetSocketAddress(ip("10.1.2." + number), 50_000);
    }

    private static InetSocketAddress serving(int number) {
        return new InetSocketAddress(ip("10.1.2." + number), 80);
    }

    private void answer(int number, Probe probe, SegmentBlocks... held) {
        match(
                peer(number),
                probe,
                new ProbeMatch.V1("urn:uuid:peer" + number, List.of(serving(number)), List.of(held)));
    }

    private void match(InetSocketAddress from, Probe probe, ProbeMatch match) {
        requester.receive(from, new ProbeMatches("urn:uuid:m", probe.messageId(), null, List.of(match)));
    }

    private double matches(String result) {
        return Samples.count(registry, "peerdist_discovery_matches", result);
    }

    private double sentProbes(String result) {
        return Samples.count(registry, "peerdist_discovery_sent_probes", result);
    }

    @Test
    void endsAsSoonAsEnoughPeersAnswered() {
        CompletableFuture<DiscoveryResult> search = search(DiscoveryVersion.V1, ids(2), 2);
        assertThat(sent).hasSize(1);
        answer(9, sent.get(0), new SegmentBlocks(id(0), 5), new SegmentBlocks(id(1), 512));
        answer(8, sent.get(0), new SegmentBlocks(id(0), 512));
        assertThat(search).isNotDone();

        answer(7, sent.get(0), new SegmentBlocks(id(1), 1));

        assertThat(search).isCompleted();
        assertThat(search.join().of(id(0)))
                .containsExactly(
                        new DiscoveredPeer(serving(9), 5, false, null),
                        new DiscoveredPeer(serving(8), 512, false, null));
        assertThat(search.join().replies(id(0), 512)).isEqualTo(new PeerReplies(2, 1));
    }

    @Test
    void endsWithWhatThereIsWhenTheTimeIsUp() {
        CompletableFuture<DiscoveryResult> search = search(DiscoveryVersion.V1, ids(2), 5);
        answer(9, sent.get(0), new SegmentBlocks(id(0), 5));
        loop.passMillis(299);
        assertThat(search).isNotDone();

        loop.passMillis(1);

        assertThat(search.join().of(id(0))).hasSize(1);
        assertThat(search.join().of(id(1))).isEmpty();
        assertThat(sentProbes("answered")).isOne();
    }

    @Test
    void splitsManySegmentsIntoDatagramsThatFitAFrame() {
        List<SegmentId> mixed = new ArrayList<>(ids(25));
        mixed.add(SegmentId.of(new byte[64]));
        ask(DiscoveryVersion.V1, mixed, 1);

        assertThat(sent).hasSizeBetween(3, 5);
        assertThat(sent.stream().flatMap(each -> each.segmentIds().stream())).containsExactlyElementsOf(mixed);
        assertThat(sent.stream().map(Probe::messageId)).doesNotHaveDuplicates();
    }

    @Test
    void readsVersion2AnswersByTheirPlaceInTheProbe() {
        CompletableFuture<DiscoveryResult> search = search(DiscoveryVersion.V2, ids(3), 1);
        match(
                PEER,
                sent.get(0),
                new ProbeMatch.V2(
                        "urn:uuid:p",
                        List.of(serving(9)),
                        List.of(
                                SegmentPresence.COMPLETE,
                                SegmentPresence.ABSENT,
                                SegmentPresence.PARTIAL,
                                SegmentPresence.COMPLETE),
                        new SegmentAges(AgeUnit.SECONDS, List.of(new EncodedSegmentAge(2, 7)))));
        loop.pass(LIMIT);

        assertThat(search.join().of(id(0))).containsExactly(new DiscoveredPeer(serving(9), 0, true, null));
        assertThat(search.join().of(id(1))).isEmpty();
        assertThat(search.join().of(id(2)))
                .containsExactly(new DiscoveredPeer(serving(9), 0, false, Duration.ofSeconds(7)));
    }

    @Test
    void remembersAnswersAndAbsenceForAWhile() {
        ask(0);
        answer(9, sent.get(0), new SegmentBlocks(id(0), 5));
        ask(1);
        loop.pass(LIMIT);
        assertThat(sent).hasSize(2);

        assertThat(search(0).join().of(id(0))).hasSize(1);
        assertThat(search(1).join().of(id(1))).isEmpty();
        assertThat(sent).hasSize(2);

        loop.passMillis(15_000);
        ask(1);
        assertThat(sent).hasSize(3);
        loop.passMillis(45_000);
        ask(0);
        assertThat(sent).hasSize(4);
    }

    @Test
    void asksOnceHoweverManySearch() {
        CompletableFuture<DiscoveryResult> first = search(0);
        CompletableFuture<DiscoveryResult> second = search(DiscoveryVersion.V1, ids(1), 2);
        assertThat(sent).hasSize(1);

        answer(9, sent.get(0), new SegmentBlocks(id(0), 5));

        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        loop.pass(LIMIT);
        assertThat(second.join().of(id(0))).hasSize(1);
    }

    @Test
    void repeatsAProbeThatNobodyAnswered() {
        CompletableFuture<DiscoveryResult> future = new CompletableFuture<>();
        requester(4).search(DiscoveryVersion.V1, ids(1), 1, future);
        loop.pass(LIMIT);

        assertThat(sent).hasSizeBetween(2, 3);
        assertThat(sent.stream().map(Probe::messageId).distinct()).hasSize(1);
        loop.passMillis(5_000);
        assertThat(sent).hasSizeBetween(2, 3);
    }

    @Test
    void waitsLessAndLessWhereNobodyAnswersUntilItDoesNotWait() {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waits.add(requester.currentWait().toMillis());
            ask(i);
            loop.passMillis(2_000);
        }

        assertThat(waits).containsExactly(300L, 300L, 300L, 150L, 75L, 0L, 0L, 0L);
        assertThat(search(100)).isCompleted();
    }

    @Test
    void probesAQuietNetworkOnceASecondAndWaitsAgainWhenSomebodyAnswersLate() {
        for (int i = 0; i < 6; i++) {
            ask(i);
            loop.passMillis(2_000);
        }
        sent.clear();
        for (int i = 100; i < 150; i++) {
            assertThat(search(i)).isCompleted();
        }
        assertThat(sent).hasSize(1);
        assertThat(sentProbes("skipped")).isEqualTo(49);

        loop.passMillis(100);
        answer(9, sent.get(0), new SegmentBlocks(id(100), 5));

        assertThat(requester.currentWait()).isEqualTo(LIMIT);
        assertThat(search(100).join().of(id(100))).hasSize(1);
        assertThat(search(101)).isNotDone();
    }

    @Test
    void countsSearchesAtTheSameTimeAsOneThatNobodyAnswered() {
        for (int i = 0; i < 20; i++) {
            ask(i);
        }
        loop.pass(LIMIT);

        assertThat(requester.currentWait()).isEqualTo(LIMIT);
    }

    @Test
    void ignoresAnswersOfOthersThanTheirSender() {
        CompletableFuture<DiscoveryResult> search = search(0);
        SegmentBlocks held = new SegmentBlocks(id(0), 5);
        match(PEER, sent.get(0), new ProbeMatch.V1("urn:uuid:p", List.of(serving(200)), List.of(held)));
        match(
                PEER,
                sent.get(0),
                new ProbeMatch.V1("urn:uuid:p", List.of(new InetSocketAddress(ip("192.0.2.1"), 80)), List.of(held)));
        match(PEER, sent.get(0), new ProbeMatch.V1("urn:uuid:p", List.of(), List.of(held)));
        assertThat(search).isNotDone();
        assertThat(matches("other_address")).isEqualTo(3);

        match(PEER, sent.get(0), new ProbeMatch.V1("urn:uuid:p", List.of(serving(200), serving(9)), List.of(held)));
        assertThat(search.join().of(id(0))).extracting(DiscoveredPeer::address).containsExactly(serving(9));
    }

    @Test
    void ignoresWhatItDidNotAskFor() {
        ask(0);
        Probe probe = sent.get(0);
        answer(9, new Probe("urn:uuid:other", DiscoveryVersion.V1, ids(1)), new SegmentBlocks(id(0), 5));
        match(
                PEER,
                probe,
                new ProbeMatch.V2("urn:uuid:p", List.of(serving(9)), List.of(SegmentPresence.COMPLETE), null));
        assertThat(matches("unasked")).isEqualTo(2);

        answer(9, probe, new SegmentBlocks(id(1), 5), new SegmentBlocks(id(0), 0));
        assertThat(matches("other_segment")).isOne();

        match(
                PEER,
                probe,
                new ProbeMatch.V1(instance.endpoint(), List.of(serving(9)), List.of(new SegmentBlocks(id(0), 5))));
        assertThat(matches("own")).isOne();

        loop.pass(LIMIT);
        answer(9, probe, new SegmentBlocks(id(0), 5));
        assertThat(matches("unasked")).isEqualTo(3);
        assertThat(matches("accepted")).isZero();
    }

    @Test
    void boundsThePeersOfASegment() {
        CompletableFuture<DiscoveryResult> search = search(DiscoveryVersion.V1, ids(1), 100);
        for (int i = 0; i < 40; i++) {
            answer(10 + i, sent.get(0), new SegmentBlocks(id(0), 5));
        }
        loop.pass(LIMIT);

        assertThat(search.join().of(id(0))).hasSize(PeerCache.MAX_PEERS);
        assertThat(matches("overflow")).isEqualTo(24);
    }

    @Test
    void takesWhatAPeerSaysLast() {
        CompletableFuture<DiscoveryResult> search = search(DiscoveryVersion.V1, ids(1), 100);
        answer(9, sent.get(0), new SegmentBlocks(id(0), 5));
        answer(9, sent.get(0), new SegmentBlocks(id(0), 6));
        loop.pass(LIMIT);

        assertThat(search.join().of(id(0))).containsExactly(new DiscoveredPeer(serving(9), 6, false, null));
    }

    @Test
    void boundsTheProbesThatAreOpen() {
        List<CompletableFuture<DiscoveryResult>> searches = new ArrayList<>();
        for (int i = 0; i < Requester.MAX_OUTSTANDING + 4; i++) {
            searches.add(search(i));
        }

        assertThat(sent).hasSize(Requester.MAX_OUTSTANDING);
        assertThat(sentProbes("overload")).isEqualTo(4);
        assertThat(searches.get(Requester.MAX_OUTSTANDING)).isCompleted();
        loop.pass(LIMIT);
        assertThat(searches).allMatch(CompletableFuture::isDone);
    }

    @Test
    void forgetsAPeerThatFailed() {
        ask(0);
        answer(9, sent.get(0), new SegmentBlocks(id(0), 5));
        loop.pass(LIMIT);

        requester.forget(serving(9));
        ask(0);

        assertThat(sent).hasSize(2);
    }

    @Test
    void beginsAnewOnOtherNetworks() {
        for (int i = 0; i < 6; i++) {
            ask(i);
            loop.passMillis(2_000);
        }
        sent.clear();

        requester.networksChanged();

        assertThat(requester.currentWait()).isEqualTo(LIMIT);
        assertThat(search(5)).isNotDone();
        assertThat(sent).hasSize(1);
    }

    @Test
    void endsItsSearchesWhenItIsClosed() {
        CompletableFuture<DiscoveryResult> search = search(0);
        requester.close();

        assertThat(search.join().of(id(0))).isEmpty();
        loop.pass(LIMIT);
    }
}
