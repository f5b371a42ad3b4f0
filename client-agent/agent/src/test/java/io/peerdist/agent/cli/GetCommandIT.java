// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestHostedCache;
import io.peerdist.agent.TestOrigin;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.runtime.JsonReader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GetCommandIT {
    @TempDir
    private Path directory;

    private final GetRun run = new GetRun();
    private final StringWriter out = run.out;
    private final StringWriter err = run.err;
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

    private int get(boolean terminal, String... arguments) {
        return run.get(directory, terminal, arguments);
    }

    private String file() {
        return directory.resolve("file").toString();
    }

    @Test
    void downloadsOffersAndSumsUp() throws Exception {
        byte[] content = TestContent.random(1_000_000, 50);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());

        int exitCode = get(
                false,
                origin.url("/f.bin").toString(),
                "-o",
                file(),
                "--hosted-cache",
                cache.hostPort().toString(),
                "--bind",
                "127.0.0.1",
                "--content-version",
                "1");

        assertThat(exitCode).isZero();
        assertThat(Path.of(file())).hasBinaryContent(content);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line).matches(".*/file: 976\\.6 KiB in \\d+\\.\\d s, .*/s"),
                        line -> assertThat(line).matches("  origin +976\\.6 KiB  100\\.0%"),
                        line -> assertThat(line).matches("  content information +\\d+ B"),
                        line -> assertThat(line).isEqualTo("  offered to hosted caches: 1 segments, pulled: 1"));
    }

    @Test
    void printsOneJsonObject() throws Exception {
        byte[] content = TestContent.random(100_000, 51);
        TestOrigin origin = opened(new TestOrigin(content));

        int exitCode = get(
                true, origin.url("/f.bin").toString(), "-o", file(), "--content-version", "2", "--json", "--sha256");

        assertThat(exitCode).isZero();
        assertThat(out.toString())
                .matches("\\{\"url\":\"http://127\\.0\\.0\\.1:\\d+/f\\.bin\",\"file\":\".*/file\",\"bytes\":100000,"
                        + "\"sha256\":\"" + FileDigest.sha256(Path.of(file())) + "\",\"version\":2,"
                        + "\"bytesBySource\":\\{\"partialFile\":0,\"localCache\":0,\"hostedCache\":0,\"peer\":0,\"origin\":100000,"
                        + "\"contentInformation\":\\d+},\"durationMillis\":\\d+,\"offered\":0,\"pulled\":0}\\s");
    }

    @Test
    void drawsAProgressBarOnATerminalOnly() {
        TestOrigin origin = opened(new TestOrigin(TestContent.random(100_000, 52)));

        get(true, origin.url("/f.bin").toString(), "-o", file());
        assertThat(err.toString()).contains("\r", "% [");
        err.getBuffer().setLength(0);
        get(false, origin.url("/f.bin").toString(), "-o", file());
        assertThat(err.toString()).doesNotContain("\r");
        err.getBuffer().setLength(0);
        get(true, origin.url("/f.bin").toString(), "-o", file(), "--quiet");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void writesToStandardOutput() {
        byte[] content = TestContent.random(300_000, 53);
        TestOrigin origin = opened(new TestOrigin(content));

        assertThat(get(false, origin.url("/f.bin").toString(), "-o", "-")).isZero();

        assertThat(run.bytes.toByteArray()).isEqualTo(content);
    }

    @Test
    void tellsErrorsOfTheOriginInOneSentence() {
        TestOrigin origin = opened(new TestOrigin(new byte[0]));
        origin.status = 503;

        int exitCode = get(false, origin.url("/f.bin").toString(), "-o", file());

        assertThat(exitCode).isEqualTo(3);
        assertThat(err.toString().lines())
                .containsExactly("peerdist: cannot download " + origin.url("/f.bin")
                        + ": the server answered 503 (it is overloaded or down)");
    }

    @Test
    void goesOnWhenTheDefaultCacheIsLockedAndEndsWhenANamedOneIs() {
        TestOrigin origin = opened(new TestOrigin(TestContent.random(1_000, 54)));
        Path data = directory.resolve("peerdist");
        opened(BlockStore.open(BlockStoreSettings.of(data, 64 << 20), () -> Instant.EPOCH, new SimpleMeterRegistry()));

        assertThat(get(false, origin.url("/f.bin").toString(), "-o", file())).isZero();
        assertThat(err.toString()).startsWith("peerdist: going on without local cache and offers: ");
        err.getBuffer().setLength(0);

        assertThat(get(false, origin.url("/f.bin").toString(), "-o", file(), "--data-dir", data.toString()))
                .isEqualTo(65);
        assertThat(err.toString().lines()).hasSize(1);
    }

    @Test
    void usesTheLocalCacheAloneInLocalMode() {
        byte[] content = TestContent.random(100_000, 55);
        TestOrigin origin = opened(new TestOrigin(content));
        TestHostedCache cache = opened(new TestHostedCache());

        get(
                false,
                origin.url("/f.bin").toString(),
                "-o",
                file(),
                "--mode",
                "local",
                "--hosted-cache",
                cache.hostPort().toString());

        assertThat(cache.requests.get()).isZero();
        assertThat(Files.exists(Path.of(file()))).isTrue();
    }

    @Test
    void keepsAFileOnlyWithItsChecksum() throws Exception {
        byte[] content = TestContent.random(100_000, 56);
        TestOrigin origin = opened(new TestOrigin(content));
        String url = origin.url("/f.bin").toString();

        assertThat(get(false, url, "-o", file(), "--checksum", "sha256:" + "0".repeat(64)))
                .isEqualTo(4);
        assertThat(Path.of(file())).doesNotExist();
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("peerdist: what " + url + " delivers is not what was wanted: its SHA-256 is ");

        String actual = err.toString().replaceAll("(?s).* is ([0-9a-f]{64}) .*", "$1");
        assertThat(get(false, url, "-o", file(), "--checksum", "SHA256:" + actual, "--sha256"))
                .isZero();
        assertThat(Path.of(file())).hasBinaryContent(content);
        assertThat(err.toString()).contains("  SHA-256: " + FileDigest.sha256(Path.of(file())));
    }

    @Test
    void tellsWhatCannotBeWrittenByItsExitCode() throws Exception {
        TestOrigin origin = opened(new TestOrigin(TestContent.random(100_000, 57)));
        String url = origin.url("/f.bin").toString();

        assertThat(get(false, url, "-o", directory.resolve("missing/f").toString()))
                .isEqualTo(5);
        assertThat(get(false, url, "-o", "/dev/full")).isEqualTo(5);
        assertThat(get(false, url, "-P", "/dev/null/x")).isEqualTo(5);
        assertThat(err.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("missing/f: no such directory"),
                        line -> assertThat(line).isEqualTo("peerdist: cannot write /dev/full: No space left on device"),
                        line -> assertThat(line).startsWith("peerdist: cannot make the directory /dev/null/x: "));
    }

    @Test
    void refusesAFileThatAnotherRunWrites() throws Exception {
        TestOrigin origin = opened(new TestOrigin(TestContent.random(100_000, 58)));
        FileChannel other = opened(FileChannel.open(
                directory.resolve(".file.peerdist-part"), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        opened(other.lock());

        assertThat(get(false, origin.url("/f.bin").toString(), "-o", file())).isEqualTo(5);

        assertThat(err.toString().lines())
                .containsExactly("peerdist: cannot write " + file() + ": another download is writing it");
    }

    @Test
    void takesNoMoreFromTheNetworkThanItMay() {
        byte[] content = TestContent.random(1_000_000, 59);
        TestOrigin origin = opened(new TestOrigin(content));

        assertThat(get(false, origin.url("/f.bin").toString(), "-o", file(), "--limit-rate", "500K", "--json"))
                .isZero();

        assertThat(Path.of(file())).hasBinaryContent(content);
        // However slow the machine: at least the time that the bytes are worth, less the second that was saved up.
        assertThat(JsonReader.object(out.toString()).get("durationMillis"))
                .isInstanceOfSatisfying(
                        Number.class, millis -> assertThat(millis.longValue()).isGreaterThanOrEqualTo(950));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://h/f",
                "http:///f",
                "http://h/",
                "http://h/f -o - --json",
                "http://h/f --content-version 3",
                "http://h/f --mode hosted",
                "http://h/f --mode everywhere",
                "http://h/f --discovery-port 70000",
                "http://h/f --bind 10.0.0.1 --discovery-interface a/b",
                "http://h/f --peer nowhere",
                "http://h/f --cache-size 1MiB",
                "http://h/f --max-sessions 0",
                "http://h/f --hosted-cache nowhere",
                "http://h/f --retrieval-port 70000",
                "http://h/f --proxy-port 1",
                "http://h/f --limit-rate 1023",
                "http://h/f --limit-rate 2TiB",
                "http://h/f --limit-rate quick",
                "http://h/f --checksum md5:00",
                "http://h/f http://h/g --checksum sha256:0000000000000000000000000000000000000000000000000000000000000000",
                "http://h/f --parallel 0",
                "http://h/f --parallel 9",
                "http://h/f http://h/g -o x",
                "http://h/f -O -o x",
                "http://h/f -P x -o -",
                "http://h/f -o - --json-progress",
                "http://h/f http://g/f",
                "--input-file /nowhere/urls",
                "http://h/f --input-file /",
                ""
            })
    void explainsWrongUsage(String arguments) {
        int exitCode = get(false, arguments.isEmpty() ? new String[0] : arguments.split(" "));

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString()).startsWith("peerdist: ").hasLineCount(2);
    }
}
