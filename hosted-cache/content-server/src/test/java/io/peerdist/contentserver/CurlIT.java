// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Gen;
import io.peerdist.contentserver.http.OriginSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that we did not write. Needs curl on the path, and says so where there is none (Debian: package curl). */
final class CurlIT {
    private static final byte[] CONTENT = Gen.ofSeed(7).bytes(500_000);

    @TempDir
    private static Path temporary;

    private static Path root;
    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        root = Files.createDirectories(temporary.resolve("root"));
        Files.write(root.resolve("file.iso"), CONTENT);
        ContentServerSettings settings = ContentServerSettings.of(
                        root, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), temporary.resolve("data"))
                .withOrigin(new OriginSettings(Duration.ofSeconds(20), Duration.ofSeconds(20)));
        server = new TestServer(settings, ManualClock.ahead());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65535, 65536, 65537, 131073, 33554432, 33554433})
    void fetchesFilesOfEverySize(int bytes) throws Exception {
        byte[] content = Gen.ofSeed(bytes).bytes(bytes);
        Files.write(root.resolve("size-" + bytes), content);

        Path fetched = curl(url("/size-" + bytes));

        assertThat(Files.mismatch(fetched, root.resolve("size-" + bytes))).isEqualTo(-1);
        Files.delete(root.resolve("size-" + bytes));
    }

    @Test
    void resumesAnInterruptedDownload() throws Exception {
        Path partial = temporary.resolve("partial");
        Files.write(partial, Arrays.copyOf(CONTENT, 123_456));

        run("curl", "-sSf", "-C", "-", "-o", partial.toString(), url("/file.iso"));

        assertThat(Files.mismatch(partial, root.resolve("file.iso"))).isEqualTo(-1);
    }

    @Test
    void revalidatesByTagAndByDate() throws Exception {
        Path tag = temporary.resolve("tag");
        Path copy = temporary.resolve("copy");
        run("curl", "-sSf", "-R", "--etag-save", tag.toString(), "-o", copy.toString(), url("/file.iso"));

        assertThat(run(
                        "curl",
                        "-sS",
                        "--etag-compare",
                        tag.toString(),
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_code}",
                        url("/file.iso")))
                .isEqualTo("304");
        assertThat(run("curl", "-sS", "-z", copy.toString(), "-o", "/dev/null", "-w", "%{http_code}", url("/file.iso")))
                .isEqualTo("304");
    }

    @Test
    void leadsNowhereElse() throws Exception {
        Files.writeString(temporary.resolve("outside"), "secret");

        assertThat(run("curl", "-sS", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", url("/../outside")))
                .isEqualTo("404");
    }

    @Test
    void seesContentInformationWhenItAsksForIt() throws Exception {
        String headers = run(
                "curl",
                "-sSf",
                "-D",
                "-",
                "-o",
                "/dev/null",
                "-H",
                "Accept-Encoding: peerdist",
                "-H",
                "X-P2P-PeerDist: Version=1.0",
                url("/file.iso"));

        assertThat(headers.lines())
                .contains("content-encoding: peerdist", "X-P2P-PeerDist: Version=1.0, ContentLength=500000");
    }

    private static Path curl(String url) throws Exception {
        Path fetched = temporary.resolve("fetched");
        run("curl", "-sSf", "-o", fetched.toString(), url);
        return fetched;
    }

    private static String url(String target) {
        return "http://127.0.0.1:" + server.address().getPort() + target;
    }

    private static String run(String... command) throws Exception {
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(1, List.of("--noproxy", "*", "--max-time", "60"));
        Process process;
        try {
            process = new ProcessBuilder(line).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError("cannot run curl; install it (Debian: apt-get install curl)", e);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", line, output).isZero();
        return output;
    }
}
