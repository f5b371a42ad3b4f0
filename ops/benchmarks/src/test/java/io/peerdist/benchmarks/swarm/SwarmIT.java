// SPDX-License-Identifier: Apache-2.0
package io.peerdist.benchmarks.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.download.DownloadReport;
import io.peerdist.agent.lease.LeaseSettings;
import io.peerdist.agent.offer.OfferSettings;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.codec.lease.LeaseRequest;
import io.peerdist.codec.lease.LeaseResponse;
import io.peerdist.codec.lease.LeaseState;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.contentserver.ContentServer;
import io.peerdist.contentserver.ContentServerSettings;
import io.peerdist.contentserver.http.OriginSettings;
import io.peerdist.hostedcache.HostedCache;
import io.peerdist.hostedcache.HostedCacheSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A dozen agents, a hosted cache and a content server: whatever happens, all agents get the file. */
class SwarmIT {
    private static final int AGENTS = 12;
    private static final int FILE_BYTES = 8 << 20;
    private static final long LINE_BYTES_PER_SECOND = 20_000_000;
    private static final OfferSettings OFFERS = new OfferSettings(true, Duration.ofSeconds(20), Duration.ofMinutes(1));

    private final Components components = new Components(Clock.system(), Duration.ofSeconds(20));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final byte[] content = new byte[FILE_BYTES];

    @TempDir
    Path directory;

    private InetSocketAddress origin = new InetSocketAddress(0);

    @BeforeEach
    void serve() throws IOException {
        new Random(7).nextBytes(content);
        Path root = Files.createDirectory(directory.resolve("root"));
        Files.write(root.resolve("content"), content);
        EventLoops loops = components.add("origin loops", EventLoops.start("origin", 1));
        ContentServerSettings settings = ContentServerSettings.of(
                        root, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), directory.resolve("hashes"))
                .withOrigin(new OriginSettings(Duration.ofMinutes(1), Duration.ofMinutes(1)));
        origin = components
                .add(
                        "origin",
                        ContentServer.start(settings, loops, Clock.system(), new Random(1), new SimpleMeterRegistry()))
                .localAddress();
    }

    @AfterEach
    void stop() {
        components.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = ContentVersion.class,
            names = {"V1", "V2"})
    void fetchesTheFileFromTheOriginOnceForAll(ContentVersion version) throws Exception {
        HostPort cache = startCache("10s");
        try (OriginLine line = new OriginLine(origin, LINE_BYTES_PER_SECOND, Clock.system()::nanoTime);
                Swarm swarm = new Swarm(directory.resolve("swarm"), AGENTS, cache, 64 << 20, OFFERS)) {
            List<DownloadReport> reports = join(swarm.download(url(line), version));

            for (int i = 0; i < AGENTS; i++) {
                assertThat(swarm.file(i)).hasBinaryContent(content);
            }
            assertThat(sum(reports, DownloadSource.ORIGIN)).isLessThanOrEqualTo(FILE_BYTES + FILE_BYTES / 10);
            long hashes = sum(reports, DownloadSource.CONTENT_INFORMATION);
            assertThat(line.receivedBytes() - hashes).isLessThanOrEqualTo(FILE_BYTES + FILE_BYTES / 10);
            assertThat(swarm.count("peerdist_downloads_waited_in_vain")).isZero();
        }
    }

    @Test
    void completesWhenSomebodyDiesWhoWasToFetch() throws Exception {
        HostPort cache = startCache("2s");
        takeLeases(cache, segments());
        try (OriginLine line = new OriginLine(origin, LINE_BYTES_PER_SECOND, Clock.system()::nanoTime);
                Swarm swarm = new Swarm(directory.resolve("swarm"), 4, cache, 64 << 20, OFFERS)) {
            List<DownloadReport> reports = join(swarm.download(url(line), ContentVersion.V2));

            assertThat(swarm.file(3)).hasBinaryContent(content);
            assertThat(registry.get("peerdist_leases_lapsed").counter().count()).isPositive();
            assertThat(sum(reports, DownloadSource.ORIGIN)).isLessThanOrEqualTo(FILE_BYTES + FILE_BYTES / 10);
        }
    }

    @Test
    void completesThoughSomebodyHoldsAllLeasesAndFetchesNothing() throws Exception {
        HostPort cache = startCache("5m");
        takeLeases(cache, segments());
        OfferSettings impatient =
                OFFERS.withLeases(new LeaseSettings(true, Duration.ofSeconds(2), Duration.ofSeconds(1)));
        try (OriginLine line = new OriginLine(origin, LINE_BYTES_PER_SECOND, Clock.system()::nanoTime);
                Swarm swarm = new Swarm(directory.resolve("swarm"), 4, cache, 64 << 20, impatient)) {
            List<DownloadReport> reports = join(swarm.download(url(line), ContentVersion.V2));

            assertThat(swarm.file(3)).hasBinaryContent(content);
            assertThat(reports).allMatch(report -> report.duration().compareTo(Duration.ofSeconds(2)) > 0);
            assertThat(swarm.count("peerdist_downloads_waited_in_vain")).isPositive();
        }
    }

    @Test
    void fetchesFromTheOriginAsEverWhenTheCacheKnowsNothingOfLeases() throws Exception {
        HostPort cache = startCache("");
        try (OriginLine line = new OriginLine(origin, LINE_BYTES_PER_SECOND, Clock.system()::nanoTime);
                Swarm swarm = new Swarm(directory.resolve("swarm"), 1, cache, 64 << 20, OFFERS)) {
            List<DownloadReport> reports = join(swarm.download(url(line), ContentVersion.V2));

            assertThat(sum(reports, DownloadSource.ORIGIN)).isEqualTo(FILE_BYTES);
            assertThat(reports.get(0).offers().pulled())
                    .isPositive()
                    .isEqualTo(reports.get(0).offers().offered());
            assertThat(swarm.count("peerdist_fetch_lease_unknown")).isPositive();
        }
    }

    /** All segments of the file, as the content server describes them in version 2.0. */
    private List<SegmentId> segments() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + origin.getPort() + "/content"))
                .header("Accept-Encoding", "peerdist")
                .header("X-P2P-PeerDist", "Version=1.1")
                .header("X-P2P-PeerDistEx", "MinContentInformation=1.0, MaxContentInformation=2.0")
                .build();
        byte[] body = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofByteArray())
                .body();
        return ContentInformation.decode(ByteBuffer.wrap(body)).segments().stream()
                .map(SegmentDescription::id)
                .toList();
    }

    private static void takeLeases(HostPort cache, List<SegmentId> segments) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + cache.port() + LeaseRequest.PATH))
                .POST(HttpRequest.BodyPublishers.ofByteArray(new LeaseRequest(1, segments).encode()))
                .build();
        byte[] body = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofByteArray())
                .body();
        assertThat(LeaseResponse.decode(ByteBuffer.wrap(body)).answers())
                .allMatch(answer -> answer.state() == LeaseState.GRANTED);
    }

    private static List<DownloadReport> join(List<CompletableFuture<DownloadReport>> downloads) throws Exception {
        CompletableFuture.allOf(downloads.toArray(CompletableFuture<?>[]::new)).get(3, TimeUnit.MINUTES);
        return downloads.stream().map(CompletableFuture::join).toList();
    }

    private static long sum(List<DownloadReport> reports, DownloadSource source) {
        return reports.stream().mapToLong(report -> report.bytesFrom(source)).sum();
    }

    private static URI url(OriginLine line) {
        return URI.create("http://127.0.0.1:" + line.port() + "/content");
    }

    /** @param timeToLive of leases; empty for a cache that keeps none */
    private HostPort startCache(String timeToLive) {
        SettingOverrides overrides = SettingOverrides.none();
        overrides
                .put("hosted-cache.data-dir", "--data-dir", directory.resolve("cache"))
                .put("hosted-cache.cache-size", "--cache-size", "128MiB")
                .put("hosted-cache.bind", "--bind", "127.0.0.1")
                .put("hosted-cache.http-port", "--http-port", 0)
                .put("hosted-cache.leases.enabled", "leases", !timeToLive.isEmpty())
                .put("hosted-cache.leases.time-to-live", "leases", timeToLive.isEmpty() ? "10s" : timeToLive);
        ConfigurationReader reader = ConfigurationReader.open(null, Set.of(HostedCacheSettings.SECTION), overrides);
        HostedCacheSettings settings = HostedCacheSettings.read(reader.section(HostedCacheSettings.SECTION));
        reader.finish();
        EventLoops loops = components.add("event loops", EventLoops.start("cache", 2));
        HostedCache cache = HostedCache.start(settings, components, loops, Clock.system(), registry);
        return new HostPort("127.0.0.1", cache.address().getPort());
    }
}
