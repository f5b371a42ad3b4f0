// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadProgress;
import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.download.OfferSummary;
import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.conformance.Await;
import io.peerdist.discovery.DiscoveryReach;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.discovery.InterfaceChoice;
import io.peerdist.discovery.RateLimits;
import io.peerdist.discovery.RequesterSettings;
import io.peerdist.discovery.ResponderSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AgentIT {
    private static final OfferSettings PATIENT = new OfferSettings(true, Duration.ofSeconds(10), Duration.ofMinutes(1));
    private static final OfferSettings HASTY = new OfferSettings(true, Duration.ofMillis(300), Duration.ofSeconds(2));

    /** The one who holds what is looked for is found at once, and on a machine with much to do a little later. */
    private static final RequesterSettings PATIENT_SEARCH =
            new RequesterSettings(Duration.ofSeconds(10), 1, 1_452, Duration.ofSeconds(60), Duration.ofSeconds(15));

    @TempDir
    private Path directory;

    private final List<String> warnings = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

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

    private AgentSettings settings(String name, OfferSettings offers, HostPort... hostedCaches) {
        return AgentSettings.of(
                        directory.resolve(name),
                        256 << 20,
                        List.of(hostedCaches),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .withOffers(offers);
    }

    private Agent agent(AgentSettings settings) {
        return Agent.open(settings, Clock.system(), new SimpleMeterRegistry(), warnings::add);
    }

    private DownloadReport get(AgentSettings settings, TestOrigin origin, ContentVersion version) {
        try (Agent agent = agent(settings)) {
            return agent.get(
                    new DownloadRequest(
                            origin.url("/file.bin"),
                            new DownloadRequest.ToFile(directory.resolve("file.bin")),
                            version),
                    new Listener());
        }
    }

    private final class Listener implements DownloadListener {
        @Override
        public void progress(DownloadProgress progress) {}

        @Override
        public void warning(String sentence) {
            warnings.add(sentence);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"V1", "V2"})
    void fillsTheHostedCacheFromWhichTheNextAgentFetchesEverything(ContentVersion version) throws Exception {
        byte[] content = TestContent.random(40_000_000, 30);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());

        DownloadReport first = get(settings("a", PATIENT, cache.hostPort()), origin, version);

        assertThat(directory.resolve("file.bin")).hasBinaryContent(content);
        assertThat(first.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(content.length);
        assertThat(first.offers().offered()).isPositive();
        assertThat(first.offers().pulled()).isEqualTo(first.offers().offered());
        assertThat(warnings).isEmpty();
        Files.delete(directory.resolve("file.bin"));

        DownloadReport second = get(settings("b", PATIENT, cache.hostPort()), origin, version);

        assertThat(directory.resolve("file.bin")).hasBinaryContent(content);
        assertThat(second.bytesFrom(DownloadSource.HOSTED_CACHE)).isEqualTo(content.length);
        assertThat(second.offers().offered()).isZero();
        Files.delete(directory.resolve("file.bin"));

        DownloadReport third = get(settings("b", PATIENT), origin, version);

        assertThat(directory.resolve("file.bin")).hasBinaryContent(content);
        assertThat(third.bytesFrom(DownloadSource.LOCAL_CACHE)).isEqualTo(content.length);
    }

    @ParameterizedTest
    @EnumSource(names = {"V1", "V2"})
    void fetchesEachSegmentOnceForSeveralDownloadsAtOnce(ContentVersion version) throws Exception {
        byte[] content = TestContent.random(40_000_000, 31);
        TestOrigin origin = opened(new TestOrigin(content));
        try (Agent agent = agent(settings("a", PATIENT))) {
            List<CompletableFuture<DownloadReport>> downloads = IntStream.range(0, 3)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> agent.get(
                                    new DownloadRequest(
                                            origin.url("/file.bin"),
                                            new DownloadRequest.ToFile(directory.resolve("file-" + i)),
                                            version),
                                    new Listener()),
                            task -> new Thread(task).start()))
                    .toList();
            long fromOrigin = downloads.stream()
                    .mapToLong(each -> Await.result(each).bytesFrom(DownloadSource.ORIGIN))
                    .sum();

            assertThat(fromOrigin).isLessThanOrEqualTo(content.length + content.length / 10);
            for (int i = 0; i < 3; i++) {
                assertThat(directory.resolve("file-" + i)).hasBinaryContent(content);
            }
        }
    }

    @Test
    void offersWhatTheLocalCacheHasAndTheHostedCacheLacks() {
        byte[] content = TestContent.random(1_000_000, 31);
        TestOrigin origin = opened(new TestOrigin(content));
        get(settings("a", PATIENT), origin, ContentVersion.V2);
        TestHostedCache cache = opened(new TestHostedCache());

        DownloadReport report = get(settings("a", PATIENT, cache.hostPort()), origin, ContentVersion.V2);

        assertThat(report.bytesFrom(DownloadSource.LOCAL_CACHE)).isEqualTo(content.length);
        assertThat(report.offers().pulled()).isEqualTo(cache.offered.size()).isPositive();
    }

    @Test
    void offersEverySegmentThatTheHostedCacheLacksABlockOf() {
        byte[] content = TestContent.random(70_000_000, 32);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());
        ContentInformation information = TestContent.information(content, 1);
        for (int segment = 0; segment < 3; segment++) {
            var described = information.segments().get(segment);
            // Of the first segment one block is missing, of the second half, of the third (short) one nothing.
            int missing = segment == 2 ? 0 : segment == 0 ? 1 : described.blockCount() / 2;
            for (int block = missing; block < described.blockCount(); block++) {
                cache.source.put(described, block, content);
            }
        }

        DownloadReport report = get(settings("a", PATIENT, cache.hostPort()), origin, ContentVersion.V1);

        assertThat(cache.offered)
                .extracting(SegmentDescriptor::id)
                .containsExactlyInAnyOrder(
                        information.segments().get(0).id(),
                        information.segments().get(1).id());
        assertThat(report.offers()).isEqualTo(new OfferSummary(2, 2));
        for (int segment = 0; segment < 2; segment++) {
            assertThat(cache.source
                            .load(information.segments().get(segment).id())
                            .blocks())
                    .isEqualTo(BlockRanges.first(512));
        }
    }

    @Test
    void offersSegmentsWhileTheDownloadRuns() {
        byte[] content = TestContent.random(70_000_000, 39);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());
        origin.hook = (exchange, offset) -> {
            if (offset >= 40 << 20) {
                Await.until("the first segment is offered", () -> !cache.offered.isEmpty());
            }
            return false;
        };

        DownloadReport report = get(settings("a", PATIENT, cache.hostPort()), origin, ContentVersion.V1);

        assertThat(directory.resolve("file.bin")).hasBinaryContent(content);
        assertThat(report.offers()).isEqualTo(new OfferSummary(3, 3));
    }

    @Test
    void describesOfferedSegments() {
        byte[] content = TestContent.random(100_000, 33);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());

        get(settings("a", PATIENT, cache.hostPort()), origin, ContentVersion.V1);

        assertThat(cache.offered).singleElement().satisfies(descriptor -> {
            assertThat(descriptor.blockBytes()).isEqualTo(65_536);
            assertThat(descriptor.segmentBytes()).isEqualTo(100_000);
            assertThat(descriptor.algorithm()).isEqualTo(HashAlgorithm.SHA_256);
        });
    }

    @Test
    void completesTheDownloadWhenNobodyPulls() {
        byte[] content = TestContent.random(1_000_000, 34);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());
        cache.pulls = false;

        DownloadReport report = get(settings("a", HASTY, cache.hostPort()), origin, ContentVersion.V2);

        assertThat(directory.resolve("file.bin")).hasBinaryContent(content);
        assertThat(report.offers().offered()).isPositive();
        assertThat(report.offers().pulled()).isZero();
        assertThat(warnings).singleElement().asString().contains("pulled 0 of");
        // What was not pulled was offered once more.
        assertThat(cache.offered).hasSize(2 * report.offers().offered());
    }

    @Test
    void completesTheDownloadWhenTheHostedCacheIsGone() throws Exception {
        byte[] content = TestContent.random(1_000_000, 35);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = new TestHostedCache();
        HostPort address = cache.hostPort();
        cache.close();

        DownloadReport report = get(settings("a", HASTY, address), origin, ContentVersion.V2);

        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(content.length);
        assertThat(warnings).singleElement().asString().contains("did not take an offer");
    }

    @Test
    void fetchesBlocksDamagedInTheLocalCacheElsewhere() throws Exception {
        byte[] content = TestContent.random(3_000_000, 36);
        TestOrigin origin = opened(new TestOrigin(content));
        get(settings("a", PATIENT), origin, ContentVersion.V1);
        Path extent;
        try (var files = Files.walk(directory.resolve("a"))) {
            extent = files.filter(Files::isRegularFile)
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
        try (var channel = java.nio.channels.FileChannel.open(
                extent, java.nio.file.StandardOpenOption.READ, java.nio.file.StandardOpenOption.WRITE)) {
            java.nio.ByteBuffer octet = java.nio.ByteBuffer.allocate(1);
            channel.read(octet, 1_000_000);
            octet.put(0, (byte) ~octet.get(0)).rewind();
            channel.write(octet, 1_000_000);
        }

        DownloadReport report = get(settings("a", PATIENT), origin, ContentVersion.V1);

        assertThat(directory.resolve("file.bin")).hasBinaryContent(content);
        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(65_536);
        assertThat(report.bytesFrom(DownloadSource.LOCAL_CACHE)).isEqualTo(content.length - 65_536);
    }

    @Test
    void downloadsFilesLargerThanTheLocalCache() {
        byte[] content = TestContent.random(20_000_000, 38);
        TestOrigin origin = opened(new TestOrigin(content));
        AgentSettings usual = settings("a", PATIENT);
        AgentSettings small = AgentSettings.of(
                        usual.dataDirectory(), 4 << 20, usual.hostedCaches(), usual.retrievalBind())
                .withOffers(usual.offers());

        DownloadReport report = get(small, origin, ContentVersion.V2);

        assertThat(directory.resolve("file.bin")).hasBinaryContent(content);
        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(content.length);
    }

    @ParameterizedTest
    @EnumSource(names = {"V1", "V2"})
    void takesFromAPeerThatServesAtOneAddressAlone(ContentVersion version) throws Exception {
        byte[] content = TestContent.random(1_000_000, 39);
        TestOrigin origin = opened(new TestOrigin(content));
        get(settings("a", PATIENT), origin, version);
        Files.delete(directory.resolve("file.bin"));
        Agent peer = opened(agent(near("a", "127.0.0.2", List.of())));
        peer.startServing();
        InetSocketAddress probed = peer.discovery().orElseThrow().localAddress();

        DownloadReport report = get(near("b", "127.0.0.3", List.of(probed)), origin, version);

        assertThat(directory.resolve("file.bin")).hasBinaryContent(content);
        assertThat(report.bytesFrom(DownloadSource.PEER)).isEqualTo(content.length);
        assertThat(warnings).isEmpty();
    }

    /** Settings of a client at {@code address} that sends its probes to {@code peers}. */
    private AgentSettings near(String name, String address, List<InetSocketAddress> peers) {
        return AgentSettings.of(directory.resolve(name), 256 << 20, List.of(), new InetSocketAddress(address, 0))
                .withMode(Mode.DISTRIBUTED)
                .withDiscovery(new DiscoverySettings(
                        new DiscoveryReach.Unicast(new InetSocketAddress(address, 0), () -> peers),
                        InterfaceChoice.ALL,
                        true,
                        RateLimits.DEFAULT,
                        ResponderSettings.DEFAULT,
                        PATIENT_SEARCH));
    }

    @Test
    void refusesALockedDataDirectory() {
        opened(agent(settings("a", PATIENT)));

        assertThatThrownBy(() -> agent(settings("a", PATIENT)))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.STORE_LOCKED));
    }

    @Test
    void goesOnWithoutADataDirectoryThatIsNotRequired() {
        byte[] content = TestContent.random(100_000, 37);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());
        AgentSettings required = settings("a", PATIENT, cache.hostPort());
        opened(agent(required));
        AgentSettings optional = required.withDataDirectoryRequired(false);

        DownloadReport report = get(optional, origin, ContentVersion.V2);

        assertThat(directory.resolve("file.bin")).hasBinaryContent(content);
        assertThat(report.offers()).isEqualTo(OfferSummary.NONE);
        assertThat(cache.offered).isEmpty();
        assertThat(warnings).singleElement().asString().startsWith("going on without local cache and offers");
    }

    @Test
    void leavesOutHostedCachesThatCannotBeResolved() {
        opened(agent(settings("a", PATIENT, new HostPort("no-such-host.invalid", 80))));

        assertThat(warnings).singleElement().asString().contains("no-such-host.invalid:80");
    }
}
