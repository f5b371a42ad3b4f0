// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestOrigin;
import io.peerdist.runtime.JsonReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several URLs with one command. */
class GetSeveralIT {
    @TempDir
    private Path directory;

    private final GetRun run = new GetRun();
    private final byte[] content = TestContent.random(200_000, 70);
    private final TestOrigin origin = new TestOrigin(content);

    @BeforeEach
    void lacksWhatIsCalledMissing() {
        origin.speaksPeerDist = false;
        origin.hook = (exchange, offset) -> {
            boolean missing = exchange.getRequestURI().getPath().contains("missing");
            if (missing) {
                exchange.sendResponseHeaders(404, -1);
            }
            return missing;
        };
    }

    @AfterEach
    void closeOrigin() {
        origin.close();
    }

    private Path files() {
        return directory.resolve("files");
    }

    private String url(String path) {
        return origin.url(path).toString();
    }

    private int get(String... arguments) {
        return run.get(directory, false, arguments);
    }

    @Test
    void namesEachFileAfterItsUrl() {
        assertThat(get("-P", files().toString(), "-O", url("/x/a.bin"), "-O", url("/x/b%20c.bin?d=e")))
                .isZero();

        assertThat(files().resolve("a.bin")).hasBinaryContent(content);
        assertThat(files().resolve("b c.bin")).hasBinaryContent(content);
        assertThat(run.out.toString()).isEmpty();
        assertThat(run.errorLines())
                .hasSize(5)
                .last()
                .asString()
                .matches("2 of 2 downloads complete: 390\\.6 KiB in \\d+\\.\\d s, .*/s");
    }

    @Test
    void goesOnWhenSomeFailAndEndsAsTheFirstOfThemDid() throws Exception {
        Files.createDirectories(files().resolve("taken"));

        int exitCode = get(
                "-P",
                files().toString(),
                "-q",
                url("/a"),
                url("/taken"),
                url("/missing"),
                url("/b"),
                "--parallel",
                "1");

        assertThat(exitCode).isEqualTo(5);
        assertThat(run.errorLines())
                .containsExactly(
                        "peerdist: cannot write " + files().resolve("taken") + ": it is a directory; name a file",
                        "peerdist: cannot download " + url("/missing") + ": the server answered 404 (not found)");
        assertThat(files().resolve("a")).hasBinaryContent(content);
        assertThat(files().resolve("b")).hasBinaryContent(content);
        assertThat(files().resolve("missing")).doesNotExist();
    }

    @Test
    void readsUrlsFromAFileAndFromStandardInput() throws Exception {
        Path list = Files.writeString(
                directory.resolve("urls"), "# what we need\r\n" + url("/a") + "\r\n\r\n  " + url("/b") + "  ");
        assertThat(get("-P", files().toString(), "-i", list.toString(), url("/c")))
                .isZero();
        run.input = url("/d") + "\n";
        assertThat(get("-P", files().toString(), "--input-file", "-")).isZero();

        assertThat(files().toFile().list()).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void downloadsSomeAtATime() {
        CountDownLatch underWay = new CountDownLatch(4);
        origin.hook = (exchange, offset) -> {
            underWay.countDown();
            try {
                // None gets an answer before all have asked.
                if (!underWay.await(20, TimeUnit.SECONDS)) {
                    exchange.sendResponseHeaders(500, -1);
                    return true;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return false;
        };

        assertThat(get("-P", files().toString(), url("/a"), url("/b"), url("/c"), url("/d")))
                .isZero();
    }

    @Test
    void sharesOneLocalCache() {
        origin.speaksPeerDist = true;

        assertThat(get("-P", files().toString(), "--json", "--parallel", "1", url("/a"), url("/b")))
                .isZero();

        List<? extends Map<?, ?>> lines =
                run.out.toString().lines().map(JsonReader::object).toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).get("url")).isEqualTo(url("/a"));
        assertThat(String.valueOf(lines.get(0).get("bytesBySource"))).contains("origin=200000");
        assertThat(String.valueOf(lines.get(1).get("bytesBySource"))).contains("localCache=200000");
        assertThat(run.err.toString()).isEmpty();
    }

    @Test
    void tellsProgramsHowFarItIsAndHowItEnded() {
        int exitCode = get("-P", files().toString(), "--json-progress", "--parallel", "1", url("/a"), url("/missing"));

        assertThat(exitCode).isEqualTo(3);
        List<? extends Map<?, ?>> lines =
                run.out.toString().lines().map(JsonReader::object).toList();
        assertThat(lines.get(0))
                .satisfies(progress -> assertThat(progress.get("event")).isEqualTo("progress"))
                .satisfies(progress -> assertThat(progress.get("url")).isEqualTo(url("/a")))
                .satisfies(progress -> assertThat(progress.get("bytes")).hasToString("200000"))
                .satisfies(progress -> assertThat(String.valueOf(progress.get("bytesBySource")))
                        .contains("origin=" + progress.get("doneBytes")));
        assertThat(lines.get(lines.size() - 2))
                .satisfies(complete -> assertThat(complete.get("event")).isEqualTo("complete"))
                .satisfies(complete -> assertThat(complete.get("file"))
                        .isEqualTo(files().resolve("a").toString()));
        assertThat(run.out.toString().lines().reduce("", (before, line) -> line))
                .isEqualTo("{\"event\":\"failed\",\"url\":\"" + url("/missing") + "\",\"file\":\""
                        + files().resolve("missing") + "\",\"error\":\"cannot download " + url("/missing")
                        + ": the server answered 404 (not found)\",\"exitCode\":3}");
        assertThat(run.errorLines()).hasSize(1);
    }

    @Test
    void drawsOneBarForAll() {
        run.get(directory, true, "-P", files().toString(), "--parallel", "1", url("/a"), url("/b"));

        assertThat(run.err.toString()).contains("\r0 of 2 done, ", "\r1 of 2 done, ");
    }

    @Test
    void refusesUrlsThatWouldBecomeOneFileBeforeAnythingIsFetched() throws Exception {
        Files.createDirectories(files());
        Files.writeString(files().resolve("real"), "old");
        Files.createSymbolicLink(files().resolve("link"), files().resolve("real"));

        assertThat(get("-P", files().toString(), url("/x/f"), url("/y/f"))).isEqualTo(2);
        assertThat(get("-P", files().toString(), url("/real"), url("/link"))).isEqualTo(2);

        assertThat(run.errorLines())
                .anySatisfy(line -> assertThat(line)
                        .isEqualTo("peerdist: URL: " + url("/y/f") + " would be written to "
                                + files().resolve("f") + ", and so would " + url("/x/f")
                                + " (expected: a file for each; use -o FILE or -P DIR)"));
        assertThat(origin.requests).isEmpty();
        assertThat(files().resolve("real")).hasContent("old");
    }
}
