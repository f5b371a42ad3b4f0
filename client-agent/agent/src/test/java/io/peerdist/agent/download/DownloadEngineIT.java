// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestHostedCache;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.plan.DownloadSource;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.BlockSource;
import io.peerdist.agent.source.HostedCacheSource;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.conformance.Await;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadEngineIT {
    private static final OriginSettings QUICK =
            new OriginSettings(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofMillis(500), 64 << 20);

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
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

    /** For caches that answer, however slow the machine is. */
    private DownloadEngine engine(InetSocketAddress... hostedCaches) {
        return engine(Duration.ofSeconds(20), hostedCaches);
    }

    private DownloadEngine engine(Duration requestTimeout, InetSocketAddress... hostedCaches) {
        EventLoops loops = opened(EventLoops.start("test-agent", 2));
        RetrievalClient client = opened(new RetrievalClient(
                loops.group(),
                RetrievalClientSettings.DEFAULT.withMaxConnectionsPerPeer(16).withRequestTimeout(requestTimeout),
                registry));
        return opened(new DownloadEngine(
                QUICK,
                workers -> Arrays.stream(hostedCaches)
                        .<BlockSource>map(address -> new HostedCacheSource(address, client, 16, RateLimit.NONE))
                        .toList(),
                LocalCache.NONE,
                RateLimit.NONE,
                System::nanoTime,
                registry));
    }

    private DownloadReport download(DownloadEngine engine, TestOrigin origin, ContentVersion version) {
        DownloadRequest request = new DownloadRequest(
                origin.url("/file.bin"), new DownloadRequest.ToFile(directory.resolve("file.bin")), version);
        return engine.download(request, new Listener(), SegmentListener.NONE);
    }

    private final class Listener implements DownloadListener {
        @Override
        public void progress(DownloadProgress progress) {}

        @Override
        public void warning(String sentence) {
            warnings.add(sentence);
        }
    }

    private void assertComplete(byte[] content) throws IOException {
        assertThat(directory.resolve("file.bin")).hasBinaryContent(content);
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0,V1", "1,V1", "65535,V1", "65536,V1", "65537,V1", "131073,V1", "33554432,V1", "33554433,V1",
        "0,V2", "1,V2", "65535,V2", "65536,V2", "65537,V2", "131073,V2", "33554432,V2", "33554433,V2"
    })
    void fetchesFilesOfEverySizeFromOriginAndHostedCache(int length, ContentVersion version) throws Exception {
        byte[] content = TestContent.random(length, length);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());

        DownloadReport first = download(engine(cache.address()), origin, version);

        assertComplete(content);
        assertThat(first.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(length);
        if (length == 0) {
            return;
        }
        int number = version == ContentVersion.V1 ? 1 : 2;
        assertThat(first.contentVersion()).isEqualTo(number);
        ContentInformation information = TestContent.information(content, number);
        cache.source.putAll(information.segments(), content);
        long payloadBefore = origin.payloadBytes.get();
        Files.delete(directory.resolve("file.bin"));

        DownloadReport second = download(engine(cache.address()), origin, version);

        assertComplete(content);
        assertThat(second.bytesFrom(DownloadSource.HOSTED_CACHE)).isEqualTo(length);
        assertThat(origin.payloadBytes.get()).isEqualTo(payloadBefore);
    }

    @Test
    void takesPlainFilesFromServersWithoutPeerDist() throws Exception {
        byte[] content = TestContent.random(300_000, 1);
        TestOrigin origin = opened(new TestOrigin(content));
        origin.speaksPeerDist = false;

        DownloadReport report = download(engine(), origin, ContentVersion.ANY);

        assertComplete(content);
        assertThat(report.contentVersion()).isZero();
        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(300_000);
    }

    @Test
    void asksAsTheProtocolWants() throws Exception {
        byte[] content = TestContent.random(200_000, 2);
        TestOrigin origin = opened(new TestOrigin(content));

        download(engine(), origin, ContentVersion.V1);

        assertThat(origin.requests.get(0))
                .isEqualTo("GET /file.bin range=null encoding=identity, peerdist peerdist=Version=1.1"
                        + " ex=MinContentInformation=1.0, MaxContentInformation=1.0 if-match=null");
        assertThat(origin.requests.get(1))
                .isEqualTo("GET /file.bin range=bytes=0-199999 encoding=identity"
                        + " peerdist=Version=1.1, MissingDataRequest=true ex=null if-match=\"v1\"");
    }

    @Test
    void setsTheDateThatTheOriginTells() throws Exception {
        TestOrigin origin = opened(new TestOrigin(TestContent.random(10, 3)));

        download(engine(), origin, ContentVersion.ANY);

        assertThat(Files.getLastModifiedTime(directory.resolve("file.bin")).toInstant())
                .isEqualTo("1994-11-06T08:49:37Z");
    }

    @ParameterizedTest
    @CsvSource({"V1", "V2"})
    void fetchesDamagedAndMissingBlocksFromTheOrigin(ContentVersion version) throws Exception {
        byte[] content = TestContent.random(3_000_000, 4);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());
        ContentMap map = ContentMap.of(TestContent.information(content, version == ContentVersion.V1 ? 1 : 2));
        long missingBytes = 0;
        for (int ordinal = 0; ordinal < map.blocks().blockCount(); ordinal++) {
            if (ordinal % 5 == 1) {
                missingBytes += map.blocks().length(ordinal);
                continue;
            }
            cache.source.put(map.segmentOf(ordinal), map.blocks().blockIndex(ordinal), content);
            // Two only: a source that delivers three bad blocks in a row is left out.
            if (ordinal == 3 || ordinal == 13) {
                cache.source.damage(map.segmentOf(ordinal).id(), map.blocks().blockIndex(ordinal));
                missingBytes += map.blocks().length(ordinal);
            }
        }

        DownloadReport report = download(engine(cache.address()), origin, version);

        assertComplete(content);
        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(missingBytes);
        assertThat(report.bytesFrom(DownloadSource.HOSTED_CACHE)).isEqualTo(content.length - missingBytes);
        assertThat(registry.get("peerdist_download_bad_blocks")
                        .tag("source", "hosted_cache")
                        .counter()
                        .count())
                .isPositive();
        assertThat(registry.get("peerdist_download_bytes")
                        .tag("source", "origin")
                        .counter()
                        .count())
                .isEqualTo((double) missingBytes);
    }

    @Test
    void leavesOutCachesThatAreSilentOrDead() throws Exception {
        byte[] content = TestContent.random(2_000_000, 5);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache silent = opened(new TestHostedCache());
        silent.silent = true;
        TestHostedCache dead = new TestHostedCache();
        InetSocketAddress deadAddress = dead.address();
        dead.close();

        DownloadEngine impatient = engine(Duration.ofMillis(500), silent.address(), deadAddress);
        DownloadReport report = download(impatient, origin, ContentVersion.V1);

        assertComplete(content);
        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(content.length);
        // The question for segments, the blocks asked for at once, and what was sent before the third of them failed.
        assertThat(silent.requests.get()).isLessThanOrEqualTo(1 + 16 + 2);
    }

    @Test
    void beginsAnewWhenTheFileChangesAtTheOrigin() throws Exception {
        byte[] old = TestContent.random(2_000_000, 6);
        byte[] changed = TestContent.random(1_500_000, 7);
        TestOrigin origin = opened(new TestOrigin(old));
        origin.hook = (exchange, offset) -> {
            if (origin.content == old) {
                origin.entityTag = "\"v2\"";
                origin.content = changed;
                exchange.sendResponseHeaders(412, -1);
                return true;
            }
            return false;
        };

        download(engine(), origin, ContentVersion.V1);

        assertComplete(changed);
        assertThat(warnings).singleElement().asString().contains("the file changed during the download");
    }

    @Test
    void neverMixesVersionsWhenOnlyTheHashesTellThemApart() throws Exception {
        byte[] old = TestContent.random(2_000_000, 8);
        byte[] changed = old.clone();
        changed[1_000_000] ^= 1;
        TestOrigin origin = opened(new TestOrigin(old));
        origin.entityTag = null;
        origin.hook = (exchange, offset) -> {
            origin.content = changed;
            return false;
        };

        download(engine(), origin, ContentVersion.V1);

        // The first request after the change still sends the old bytes or the new ones; the file is one of the two.
        assertThat(Files.readAllBytes(directory.resolve("file.bin"))).isIn(old, changed);
    }

    @Test
    void givesUpWhenTheFileKeepsChanging() {
        TestOrigin origin = opened(new TestOrigin(TestContent.random(200_000, 9)));
        origin.hook = (exchange, offset) -> {
            exchange.sendResponseHeaders(412, -1);
            origin.content = TestContent.random(200_000, offset + origin.requests.size());
            return true;
        };

        assertThatThrownBy(() -> download(engine(), origin, ContentVersion.ANY))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.ORIGIN_FAILED))
                .hasMessageContaining("keeps changing");
        assertThat(directory.resolve("file.bin")).doesNotExist();
    }

    @Test
    void failsWhenTheOriginContradictsItsHashes() {
        byte[] content = TestContent.random(200_000, 10);
        TestOrigin origin = opened(new TestOrigin(content));
        origin.contentInformation =
                TestContent.information(TestContent.random(200_000, 11), 1).encode();

        assertThatThrownBy(() -> download(engine(), origin, ContentVersion.ANY))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("does not match its content information");
        assertThat(directory.resolve("file.bin")).doesNotExist();
    }

    @Test
    void goesOnWithoutContentInformationWhoseBlockHashesAreNotThoseOfTheSegment() throws Exception {
        byte[] content = TestContent.random(200_000, 13);
        TestOrigin origin = opened(new TestOrigin(content));
        byte[] forged = TestContent.information(content, 1).encode();
        forged[34] ^= 1; // the first octet of the segment's hash of data (MS-PCCRC 3.1)
        origin.contentInformation = forged;

        DownloadReport report = download(engine(), origin, ContentVersion.ANY);

        assertComplete(content);
        assertThat(report.bytesFrom(DownloadSource.CONTENT_INFORMATION)).isZero();
    }

    @Test
    void goesOnWithoutContentInformationThatCannotBeRead() throws Exception {
        byte[] content = TestContent.random(200_000, 12);
        TestOrigin origin = opened(new TestOrigin(content));
        origin.contentInformation = new byte[] {0, 1, 2, 3};

        DownloadReport report = download(engine(), origin, ContentVersion.ANY);

        assertComplete(content);
        assertThat(report.contentVersion()).isZero();
        assertThat(warnings).singleElement().asString().contains("cannot be used");
    }

    @Test
    void takesTheWholeFileWhenRangesAreIgnored() throws Exception {
        byte[] content = TestContent.random(40_000_000, 13);
        TestOrigin origin = opened(new TestOrigin(content));
        origin.honoursRanges = false;

        DownloadReport report = download(engine(), origin, ContentVersion.V2);

        assertComplete(content);
        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(content.length);
    }

    @Test
    void resumesWhereAnInterruptedRunStopped() throws Exception {
        byte[] content = TestContent.random(20_000_000, 14);
        TestOrigin origin = opened(new TestOrigin(content));
        origin.hook = (exchange, offset) -> {
            if (offset >= 8 << 20) {
                exchange.sendResponseHeaders(403, -1);
                return true;
            }
            return false;
        };
        assertThatThrownBy(() -> download(engine(), origin, ContentVersion.V1)).hasMessageContaining("403");
        assertThat(directory.resolve("file.bin")).doesNotExist();
        origin.hook = (exchange, offset) -> false;

        DownloadReport report = download(engine(), origin, ContentVersion.V1);

        assertComplete(content);
        assertThat(report.bytesFrom(DownloadSource.PARTIAL_FILE) + report.bytesFrom(DownloadSource.ORIGIN))
                .isEqualTo(content.length);
    }

    @Test
    void resumesPlainFiles() throws Exception {
        byte[] content = TestContent.random(1_000_000, 15);
        TestOrigin origin = opened(new TestOrigin(content));
        origin.speaksPeerDist = false;
        ResumeJournal journal = new ResumeJournal(origin.url("/file.bin").toString(), "\"v1\"", true);
        Files.write(directory.resolve(".file.bin.peerdist-part"), Arrays.copyOf(content, 400_000));
        journal.write(directory.resolve(".file.bin.peerdist-part.properties"));

        DownloadReport report = download(engine(), origin, ContentVersion.ANY);

        assertComplete(content);
        assertThat(report.bytesFrom(DownloadSource.PARTIAL_FILE)).isEqualTo(400_000);
        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(600_000);
    }

    @Test
    void retriesRangesThatBreakOff() throws Exception {
        byte[] content = TestContent.random(3_000_000, 16);
        TestOrigin origin = opened(new TestOrigin(content));
        AtomicInteger failures = new AtomicInteger(3);
        origin.hook = (exchange, offset) -> {
            if (failures.getAndDecrement() <= 0) {
                return false;
            }
            exchange.sendResponseHeaders(206, content.length - offset);
            exchange.getResponseBody().write(content, (int) offset, 100_000);
            return true;
        };

        download(engine(), origin, ContentVersion.V1);

        assertComplete(content);
    }

    @Test
    void givesUpOnAnOriginThatFallsSilent() {
        TestOrigin origin = opened(new TestOrigin(TestContent.random(300_000, 17)));
        CountDownLatch end = new CountDownLatch(1);
        opened(end::countDown);
        origin.hook = (exchange, offset) -> {
            exchange.sendResponseHeaders(206, 300_000);
            exchange.getResponseBody().write(origin.content, 0, 1_000);
            exchange.getResponseBody().flush();
            awaitQuietly(end);
            return true;
        };

        assertThatThrownBy(() -> download(engine(), origin, ContentVersion.V1))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("nothing came for");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void goesOnWithHashesThatArriveDuringThePlainBody() throws Exception {
        byte[] content = TestContent.random(4_000_000, 18);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());
        cache.source.putAll(TestContent.information(content, 2).segments(), content);
        origin.notHashedYet.set(2);
        CountDownLatch hashesSent = new CountDownLatch(1);
        origin.betweenPieces = () -> {
            if (origin.payloadBytes.get() > 1_000_000 && origin.notHashedYet.get() >= 0) {
                Await.until("the hash requests", () -> origin.notHashedYet.get() < 0);
                // The rest of the body would fit in the sockets' buffers and be complete before the hashes are read.
                Await.until("the agent turns to the cache", () -> cache.requests.get() > 0);
                hashesSent.countDown();
            }
        };

        DownloadReport report = download(engine(cache.address()), origin, ContentVersion.ANY);

        assertComplete(content);
        assertThat(hashesSent.getCount()).isZero();
        assertThat(report.contentVersion()).isEqualTo(2);
        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isPositive();
        assertThat(report.bytesFrom(DownloadSource.HOSTED_CACHE)).isPositive();
        assertThat(report.bytesFrom(DownloadSource.PARTIAL_FILE)).isZero();
        assertThat(origin.requests.get(1)).contains("HashRequest=true");
    }

    @Test
    void verifiesThePlainBodyWhenTheHashesComeLater() throws Exception {
        byte[] content = TestContent.random(300_000, 19);
        TestOrigin origin = opened(new TestOrigin(content));
        origin.notHashedYet.set(2);

        DownloadReport report = download(engine(), origin, ContentVersion.V1);

        assertComplete(content);
        assertThat(report.contentVersion()).isEqualTo(1);
        assertThat(report.bytesFrom(DownloadSource.ORIGIN)).isEqualTo(content.length);
    }

    @Test
    void tellsOfErrorsInOneSentence() {
        TestOrigin origin = opened(new TestOrigin(new byte[0]));
        origin.status = 404;

        assertThatThrownBy(() -> download(engine(), origin, ContentVersion.ANY))
                .hasMessage("cannot download " + origin.url("/file.bin") + ": the server answered 404 (not found)");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void tellsWhenNobodyListens() {
        TestOrigin origin = new TestOrigin(new byte[0]);
        origin.close();

        assertThatThrownBy(() -> download(engine(), origin, ContentVersion.ANY))
                .hasMessage("cannot download " + origin.url("/file.bin") + ": the connection was refused");
    }

    @Test
    void insistsOnTheVersionAskedFor() {
        byte[] content = TestContent.random(1_000, 20);
        TestOrigin origin = opened(new TestOrigin(content));
        origin.contentInformation = TestContent.information(content, 1).encode();

        assertThatThrownBy(() -> download(engine(), origin, ContentVersion.V2))
                .hasMessageContaining("content information of version 1.0");
    }

    @Test
    void leavesAnOlderFileAloneUntilTheNewOneIsComplete() throws Exception {
        Files.writeString(directory.resolve("file.bin"), "old");
        TestOrigin origin = opened(new TestOrigin(TestContent.random(200_000, 21)));
        origin.hook = (exchange, offset) -> {
            exchange.sendResponseHeaders(403, -1);
            return true;
        };

        assertThatThrownBy(() -> download(engine(), origin, ContentVersion.ANY)).isInstanceOf(FailureException.class);

        assertThat(directory.resolve("file.bin")).hasContent("old");
    }

    @Test
    void writesStreamsInOrder() throws Exception {
        byte[] content = TestContent.random(30_000_000, 22);
        TestOrigin origin = opened(new TestOrigin(content));
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        DownloadRequest request =
                new DownloadRequest(origin.url("/file.bin"), new DownloadRequest.ToStream(stream), ContentVersion.V1);

        engine().download(request, new Listener(), SegmentListener.NONE);

        assertThat(stream.toByteArray()).isEqualTo(content);
    }

    @Test
    void tellsWhenTheDiskIsFull() {
        TestOrigin origin = opened(new TestOrigin(TestContent.random(3_000_000, 23)));
        DownloadRequest request = new DownloadRequest(
                origin.url("/file.bin"), new DownloadRequest.ToFile(directory.resolve("file.bin")), ContentVersion.V1);

        assertThatThrownBy(() -> engine().download(FullDisk::new, request, new Listener()))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CANNOT_WRITE))
                .hasMessage("cannot write " + directory.resolve("file.bin") + ": No space left on device");
    }

    /** Has room for one block. */
    private static final class FullDisk implements DownloadOutput {
        private final AtomicInteger room = new AtomicInteger(1);

        @SuppressWarnings("UnusedVariable") // as every output of a file is made
        FullDisk(Path file) {}

        @Override
        public void write(long offset, ByteBuffer bytes) throws IOException {
            if (room.getAndDecrement() <= 0) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public boolean isRewritable() {
            return true;
        }

        @Override
        public void complete(long fileBytes, @Nullable Instant lastModified) {
            throw new AssertionError("completed on a full disk");
        }

        @Override
        public void close() {}
    }

    @Test
    void tellsWhenTheDirectoryIsMissing() {
        TestOrigin origin = opened(new TestOrigin(TestContent.random(10, 24)));
        Path file = directory.resolve("missing").resolve("file.bin");
        DownloadRequest request =
                new DownloadRequest(origin.url("/file.bin"), new DownloadRequest.ToFile(file), ContentVersion.V1);

        assertThatThrownBy(() -> engine().download(request, new Listener(), SegmentListener.NONE))
                .hasMessage("cannot write " + file + ": no such directory");
    }

    @Test
    void refusesToWriteAFileThatAnotherDownloadWrites() throws Exception {
        TestOrigin origin = opened(new TestOrigin(TestContent.random(10, 25)));
        opened(PartFile.open(directory.resolve("file.bin")));

        assertThatThrownBy(() -> download(engine(), origin, ContentVersion.ANY))
                .hasMessageEndingWith("another download is writing it");
    }
}
