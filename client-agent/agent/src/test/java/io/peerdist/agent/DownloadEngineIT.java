// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.EventLoops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadEngineIT {
    private static final OriginSettings QUICK = new OriginSettings(
            Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofMillis(500), 64 << 20);

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

    private DownloadEngine engine(InetSocketAddress... hostedCaches) {
        EventLoops loops = opened(EventLoops.start("test-agent", 2));
        RetrievalClient client = opened(new RetrievalClient(
                loops.group(),
                RetrievalClientSettings.DEFAULT
                        .withMaxConnectionsPerPeer(16)
                        .withRequestTimeout(Duration.ofMillis(500)),
                registry));
        return opened(new DownloadEngine(
                QUICK,
                workers -> Arrays.stream(hostedCaches)
                        .<BlockSource>map(address -> new HostedCacheSource(address, client, 16))
                        .toList(),
                LocalCache.NONE,
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
}
