// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestHostedCache;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.HostedCacheSource;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.agent.source.PeerFinder;
import io.peerdist.agent.source.PeerSources;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.discovery.Discovery;
import io.peerdist.discovery.DiscoveryReach;
import io.peerdist.discovery.DiscoveryResult;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.discovery.InterfaceChoice;
import io.peerdist.discovery.LocalSegment;
import io.peerdist.discovery.LocalSegments;
import io.peerdist.discovery.PeerReplies;
import io.peerdist.discovery.RateLimits;
import io.peerdist.discovery.RequesterSettings;
import io.peerdist.discovery.ResponderSettings;
import io.peerdist.discovery.ServingAddresses;
import io.peerdist.discovery.message.DiscoveryVersion;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.EventLoops;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from peers that are found by real probes on loopback: good ones, and those that lie, stall and close. */
class PeerDownloadIT {
    private static final OriginSettings ORIGIN =
            new OriginSettings(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10), 64 << 20);

    /** With {@code -Dpeer.mebibytes=512 -Djvm.flags=-Xmx4g} one of the tests tells the speed. */
    private static final int MEBIBYTES = Integer.getInteger("peer.mebibytes", 20);

    /** Who holds everything is found at once, however long this is. */
    private static final RequesterSettings PATIENT =
            new RequesterSettings(Duration.ofSeconds(10), 1, 1_452, Duration.ofSeconds(60), Duration.ofSeconds(15));

    private static final RequesterSettings USUAL =
            new RequesterSettings(Duration.ofMillis(500), 1, 1_452, Duration.ofSeconds(60), Duration.ofSeconds(15));

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<InetSocketAddress> responders = new ArrayList<>();
    private UnaryOperator<PeerFinder> finder = UnaryOperator.identity();
    private byte[] content = TestContent.random(12_000_000, 50);
    private final TestOrigin origin = opened(new TestOrigin(content));

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private <T extends AutoCloseable> T opened(T component) {
        opened.add(component);
        return component;
    }

    private static InetAddress host(String host) {
        return new InetSocketAddress(host, 0).getAddress();
    }

    private Discovery discovery(
            String host, RequesterSettings requester, LocalSegments held, InetSocketAddress serving) {
        DiscoverySettings settings = new DiscoverySettings(
                new DiscoveryReach.Unicast(new InetSocketAddress(host(host), 0), () -> List.copyOf(responders)),
                InterfaceChoice.ALL,
                true,
                RateLimits.DEFAULT,
                ResponderSettings.DEFAULT,
                requester);
        return opened(Discovery.start(
                settings,
                held,
                ServingAddresses.elsewhere(List.of(serving)),
                new Discovery.Environment(InstantSource.system(), System::nanoTime, new Random(), registry)));
    }

    private List<SegmentDescription> segments(ContentVersion version) {
        return TestContent.information(content, version == ContentVersion.V1 ? 1 : 2)
                .segments();
    }

    /** A peer that says it holds all of these; what it serves is up to the test. */
    private TestHostedCache peer(String host, List<SegmentDescription> claimed) {
        TestHostedCache peer = opened(new TestHostedCache(host(host)));
        Map<SegmentId, SegmentDescription> byId =
                claimed.stream().collect(Collectors.toMap(SegmentDescription::id, Function.identity()));
        LocalSegments held = asked -> CompletableFuture.completedFuture(asked.stream()
                .filter(byId::containsKey)
                .map(byId::get)
                .map(segment -> new LocalSegment(
                        segment.id(), segment.blockCount(), true, Duration.ofSeconds(1), PeerReplies.NONE))
                .toList());
        responders.add(discovery(host, PATIENT, held, peer.address()).localAddress());
        return peer;
    }

    private DownloadEngine engine(
            RequesterSettings requester, Duration requestTimeout, InetSocketAddress... hostedCaches) {
        return engine("127.0.0.1", requester, requestTimeout, hostedCaches);
    }

    private DownloadEngine engine(
            String host, RequesterSettings requester, Duration requestTimeout, InetSocketAddress... hostedCaches) {
        Discovery discovery = discovery(
                host,
                requester,
                asked -> CompletableFuture.completedFuture(List.of()),
                new InetSocketAddress(host(host), 9));
        EventLoops loops = opened(EventLoops.start("test-agent", 2));
        RetrievalClient client = opened(new RetrievalClient(
                loops.group(), RetrievalClientSettings.DEFAULT.withRequestTimeout(requestTimeout), registry));
        return opened(new DownloadEngine(
                ORIGIN,
                workers -> {
                    List<io.peerdist.agent.source.BlockSources> sources = new ArrayList<>();
                    for (InetSocketAddress cache : hostedCaches) {
                        sources.add(new HostedCacheSource(cache, client, 16, RateLimit.NONE));
                    }
                    sources.add(new PeerSources(
                            finder.apply(PeerFinder.of(discovery)),
                            client,
                            RateLimit.NONE,
                            Duration.ofSeconds(10),
                            System::nanoTime));
                    return sources;
                },
                LocalCache.NONE,
                RateLimit.NONE,
                System::nanoTime,
                registry));
    }

    private DownloadReport download(DownloadEngine engine, ContentVersion version) throws Exception {
        Files.deleteIfExists(directory.resolve("file.bin"));
        DownloadReport report = engine.download(
                new DownloadRequest(
                        origin.url("/file.bin"), new DownloadRequest.ToFile(directory.resolve("file.bin")), version),
                DownloadListener.NONE,
                SegmentListener.NONE);
        assertThat(directory.resolve("file.bin")).hasBinaryContent(content);
        return report;
    }

    private double counted(String name, String tag, String value) {
        return registry.get(name).tag(tag, value).counter().count();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,V1", "127.0.0.1,V2", "::1,V1", "::1,V2"})
    void takesEverythingFromAPeer(String host, ContentVersion version) throws Exception {
        peer(host, segments(version)).source.putAll(segments(version), content);

        DownloadReport report = download(engine(host, PATIENT, Duration.ofSeconds(20)), version);

        assertThat(report.bytesFrom(DownloadSource.PEER)).isEqualTo(content.length);
        assertThat(origin.payloadBytes.get()).isZero();
    }

    @Test
    void asksTheLastGoodPeerWithoutAProbe() throws Exception {
        peer("127.0.0.1", segments(ContentVersion.V2)).source.putAll(segments(ContentVersion.V2), content);
        DownloadEngine engine = engine(PATIENT, Duration.ofSeconds(20));
        download(engine, ContentVersion.V2);
        responders.clear(); // probes reach nobody any more

        DownloadReport report = download(engine, ContentVersion.V2);

        assertThat(report.bytesFrom(DownloadSource.PEER)).isEqualTo(content.length);
    }

    @Test
    void asksAPeerItselfForWhatItsAnswersLeftOut() throws Exception {
        List<SegmentDescription> all = segments(ContentVersion.V2);
        peer("127.0.0.1", all.subList(0, 1)).source.putAll(all, content);

        DownloadReport report = download(engine(USUAL, Duration.ofSeconds(20)), ContentVersion.V2);

        assertThat(report.bytesFrom(DownloadSource.PEER)).isEqualTo(content.length);
    }

    @ParameterizedTest
    @CsvSource({"1,V1", "4,V1", "1,V2", "4,V2"})
    void sharesALargeFileOutAmongPeers(int peers, ContentVersion version) throws Exception {
        content = TestContent.random(MEBIBYTES << 20, 52);
        origin.content = content;
        origin.contentInformation = TestContent.information(content, version == ContentVersion.V1 ? 1 : 2)
                .encode();
        List<SegmentDescription> segments = segments(version);
        TestHostedCache first = peer("127.0.0.1", segments);
        first.source.putAll(segments, content);
        List<TestHostedCache> all = new ArrayList<>(List.of(first));
        for (int i = 1; i < peers; i++) {
            TestHostedCache other = peer("127.0.0.1", segments);
            other.source.putAll(segments, content);
            all.add(other);
        }
        DownloadEngine engine = engine(PATIENT, Duration.ofSeconds(20));

        DownloadReport report = download(engine, version);

        System.out.printf(
                "%d peers, %s: %d bytes, %.3f GB/s%n",
                peers,
                version,
                content.length,
                (double) content.length / report.duration().toNanos());
        // On a machine that stands still for seconds the origin is asked for some blocks too.
        assertThat(report.bytesFrom(DownloadSource.PEER)).isGreaterThan(content.length / 10L * 9);
        assertThat(all).allMatch(peer -> peer.requests.get() > 0);
    }

    private void holdTwentyMebibytes() throws Exception {
        content = TestContent.random(20 << 20, 52);
        origin.content = content;
        origin.contentInformation = TestContent.information(content, 1).encode();
        peer("127.0.0.1", segments(ContentVersion.V1)).source.putAll(segments(ContentVersion.V1), content);
    }

    @Test
    void looksAgainForThoseWhoseAnswersCameTooLate() throws Exception {
        holdTwentyMebibytes();
        // The first search ends before anybody's answer is there.
        CompletableFuture<DiscoveryResult> nobody = CompletableFuture.completedFuture(new DiscoveryResult(Map.of()));
        finder = subnet -> new Searches(subnet, search -> search == 1 ? Optional.of(nobody) : Optional.empty());

        DownloadReport report = download(engine(PATIENT, Duration.ofSeconds(20)), ContentVersion.V1);

        assertThat(report.bytesFrom(DownloadSource.PEER)).isEqualTo(content.length);
    }

    @Test
    void beginsWithAPeerThatHoldsAllWhileOthersAreLookedFor() throws Exception {
        holdTwentyMebibytes();
        CompletableFuture<DiscoveryResult> never = new CompletableFuture<>();
        finder = subnet -> new Searches(subnet, search -> search == 1 ? Optional.empty() : Optional.of(never));
        DownloadEngine engine = engine(PATIENT, Duration.ofSeconds(20));

        DownloadReport found = download(engine, ContentVersion.V1);
        DownloadReport remembered = download(engine, ContentVersion.V1);

        assertThat(found.bytesFrom(DownloadSource.PEER)).isEqualTo(content.length);
        assertThat(remembered.bytesFrom(DownloadSource.PEER)).isEqualTo(content.length);
    }

    /**
     * Answers some searches in the subnet's stead.
     *
     * @param answers by the number of the search, from 1
     */
    private record Searches(
            PeerFinder subnet,
            AtomicInteger searches,
            IntFunction<Optional<CompletableFuture<DiscoveryResult>>> answers)
            implements PeerFinder {
        Searches(PeerFinder subnet, IntFunction<Optional<CompletableFuture<DiscoveryResult>>> answers) {
            this(subnet, new AtomicInteger(), answers);
        }

        @Override
        public Optional<InetSocketAddress> lastGoodPeer() {
            return subnet.lastGoodPeer();
        }

        @Override
        public CompletableFuture<DiscoveryResult> search(
                DiscoveryVersion version, Collection<SegmentId> segmentIds, int enoughPeers) {
            return answers.apply(searches.incrementAndGet())
                    .orElseGet(() -> subnet.search(version, segmentIds, enoughPeers));
        }

        @Override
        public void served(InetSocketAddress peer) {
            subnet.served(peer);
        }

        @Override
        public void failed(InetSocketAddress peer) {
            subnet.failed(peer);
        }
    }

    @Test
    void takesFromThePeerWhatTheHostedCacheLacks() throws Exception {
        List<SegmentDescription> segments = segments(ContentVersion.V2);
        TestHostedCache cache = opened(new TestHostedCache());
        cache.source.putAll(segments.subList(0, segments.size() / 2), content);
        peer("127.0.0.1", segments).source.putAll(segments.subList(segments.size() / 2, segments.size()), content);

        DownloadReport report = download(engine(PATIENT, Duration.ofSeconds(20), cache.address()), ContentVersion.V2);

        assertThat(report.bytesFrom(DownloadSource.HOSTED_CACHE)).isPositive();
        assertThat(report.bytesFrom(DownloadSource.HOSTED_CACHE) + report.bytesFrom(DownloadSource.PEER))
                .isEqualTo(content.length);
    }

    @ParameterizedTest
    @EnumSource(names = {"V1", "V2"})
    void goesToTheOriginWhenThereIsNobody(ContentVersion version) throws Exception {
        DownloadReport report = download(engine(USUAL, Duration.ofSeconds(20)), version);

        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(content.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"silent", "closing", "empty", "damaged", "other"})
    void fetchesElsewhereWhatABadPeerPromised(String habit) throws Exception {
        List<SegmentDescription> segments = segments(ContentVersion.V1);
        TestHostedCache bad = peer("127.0.0.1", segments);
        misbehave(bad, habit, segments);

        DownloadReport report = download(engine(PATIENT, Duration.ofSeconds(3)), ContentVersion.V1);

        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(content.length);
        if (!habit.equals("empty")) {
            // Those of which nothing is known get four requests at a time, and a few more before the last of them
            // failed.
            assertThat(bad.requests.get()).isLessThanOrEqualTo(4 + 3);
            assertThat(counted("peerdist_source_left_out", "source", "peer")).isEqualTo(1);
        }
    }

    private void misbehave(TestHostedCache peer, String habit, List<SegmentDescription> segments) {
        switch (habit) {
            case "silent" -> peer.silent = true;
            case "closing" -> peer.closing = true;
            case "damaged" -> {
                peer.source.putAll(segments, content);
                for (SegmentDescription segment : segments) {
                    for (int block = 0; block < segment.blockCount(); block++) {
                        peer.source.damage(segment.id(), block);
                    }
                }
            }
            case "other" -> peer.source.putAll(segments, TestContent.random(content.length, 51));
            default -> assertThat(habit).isEqualTo("empty");
        }
    }

    @Test
    void completesWithOneGoodPeerAmongSixteenHostileOnes() throws Exception {
        List<SegmentDescription> segments = segments(ContentVersion.V2);
        String[] habits = {"silent", "closing", "damaged", "other"};
        List<TestHostedCache> hostile = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            TestHostedCache bad = peer("127.0.0.1", segments);
            misbehave(bad, habits[i % habits.length], segments);
            hostile.add(bad);
        }
        peer("127.0.0.1", segments).source.putAll(segments, content);

        DownloadReport report = download(engine(USUAL, Duration.ofSeconds(3)), ContentVersion.V2);

        assertThat(report.bytesFrom(DownloadSource.PEER) + report.bytesFrom(DownloadSource.ORIGIN))
                .isEqualTo(content.length);
        assertThat(hostile).allSatisfy(bad -> assertThat(bad.requests.get()).isLessThanOrEqualTo(4 + 3));
    }

    @Test
    void asksElsewhereForWhatASlowPeerKeeps() throws Exception {
        List<SegmentDescription> segments = segments(ContentVersion.V1);
        peer("127.0.0.1", segments).silent = true;
        TestHostedCache cache = opened(new TestHostedCache());
        cache.source.putAll(segments, content);
        long startNanos = System.nanoTime();

        DownloadReport report = download(engine(PATIENT, Duration.ofSeconds(30), cache.address()), ContentVersion.V1);

        // Far less than the silent peer has to answer.
        assertThat(System.nanoTime() - startNanos)
                .isLessThan(Duration.ofSeconds(25).toNanos());
        assertThat(report.bytesFrom(DownloadSource.PEER)).isZero();
        assertThat(counted("peerdist_source_hedges", "result", "won")).isPositive();
    }
}
