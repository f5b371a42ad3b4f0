// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.agent.rate.RateLimit;
import io.peerdist.agent.source.LocalCache;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumIT {
    private static final Checksum WRONG = Checksum.parse("sha256:" + "0".repeat(64));

    @TempDir
    private Path directory;

    private final byte[] content = TestContent.random(500_000, 60);
    private final TestOrigin origin = new TestOrigin(content);
    private final DownloadEngine engine = new DownloadEngine(
            OriginSettings.DEFAULTS,
            workers -> List.of(),
            LocalCache.NONE,
            RateLimit.NONE,
            System::nanoTime,
            new SimpleMeterRegistry());

    @AfterEach
    void closeAll() {
        engine.close();
        origin.close();
    }

    private Path file() {
        return directory.resolve("file.bin");
    }

    private Checksum checksum(Checksum.Algorithm algorithm) throws Exception {
        return new Checksum(
                algorithm,
                HexFormat.of()
                        .formatHex(MessageDigest.getInstance(algorithm.standardName())
                                .digest(content)));
    }

    private DownloadReport download(DownloadRequest.Destination destination, Checksum checksum) {
        return engine.download(
                new DownloadRequest(origin.url("/file.bin"), destination, ContentVersion.ANY, checksum),
                DownloadListener.NONE,
                SegmentListener.NONE);
    }

    private void assertMismatch(ThrowingCallable download, String end) throws Exception {
        String actual = checksum(Checksum.Algorithm.SHA_256).hex();
        assertThatThrownBy(download)
                .isInstanceOfSatisfying(
                        FailureException.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CHECKSUM_MISMATCH))
                .hasMessage("what " + origin.url("/file.bin") + " delivers is not what was wanted: its SHA-256 is "
                        + actual + " (expected: " + WRONG.hex() + "); " + end);
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheFileThatWasWanted(Checksum.Algorithm algorithm) throws Exception {
        download(new DownloadRequest.ToFile(file()), checksum(algorithm));

        assertThat(file()).hasBinaryContent(content);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void removesAFileThatWasNotWantedAndLeavesTheOldOne(boolean peerDist) throws Exception {
        origin.speaksPeerDist = peerDist;
        Files.writeString(file(), "old");

        assertMismatch(() -> download(new DownloadRequest.ToFile(file()), WRONG), "it is removed");

        assertThat(file()).hasContent("old");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void countsWhatAnInterruptedRunLeft() throws Exception {
        try (PartFile part = PartFile.open(file())) {
            part.write(0, java.nio.ByteBuffer.wrap(content, 0, 200_000));
            part.note(new ResumeJournal(origin.url("/file.bin").toString(), "\"v1\"", true));
        }

        DownloadReport report = download(new DownloadRequest.ToFile(file()), checksum(Checksum.Algorithm.SHA_256));

        assertThat(report.bytesFrom(io.peerdist.agent.plan.DownloadSource.PARTIAL_FILE))
                .isPositive();
        assertThat(file()).hasBinaryContent(content);
    }

    @Test
    void looksAtStreamsAsTheyPass() throws Exception {
        ByteArrayOutputStream right = new ByteArrayOutputStream();
        download(new DownloadRequest.ToStream(right), checksum(Checksum.Algorithm.SHA_512));
        assertThat(right.toByteArray()).isEqualTo(content);

        ByteArrayOutputStream wrong = new ByteArrayOutputStream();
        assertMismatch(() -> download(new DownloadRequest.ToStream(wrong), WRONG), "it has been written all the same");
        assertThat(wrong.toByteArray()).isEqualTo(content);
    }
}
