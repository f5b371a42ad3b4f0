// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.contentserver.RawHttpClient;
import io.peerdist.contentserver.RawHttpClient.Response;
import io.peerdist.runtime.HostPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as its users start it: ready line, management port, signals, exit codes. */
final class ContentServerProcessIT {
    private static final Pattern READY = Pattern.compile("ready http=(\\S+) management=(\\S+)");

    @TempDir
    private Path directory;

    private Path root;
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectories(directory.resolve("root"));
        Files.write(root.resolve("file"), new byte[100_000]);
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void servesUntilItIsToldToStop() throws Exception {
        Process daemon = start("--root", root, "--data-dir", directory.resolve("data"), "--hash-wait", "x");
        assertThat(exitCode(daemon)).isEqualTo(2);

        daemon = start("--root", root, "--data-dir", directory.resolve("data"));
        try (BufferedReader output = daemon.inputReader(StandardCharsets.UTF_8)) {
            Matcher ready = READY.matcher(String.valueOf(output.readLine()));
            assertThat(ready.matches()).isTrue();
            try (RawHttpClient client = client(ready.group(1));
                    RawHttpClient management = client(ready.group(2))) {
                Response response = client.get(
                        "/file",
                        "Accept-Encoding: peerdist",
                        "X-P2P-PeerDist: Version=1.1",
                        "X-P2P-PeerDistEx: MinContentInformation=1.0, MaxContentInformation=2.0, HashRequest=true");
                assertThat(response.header("Content-Encoding")).isEqualTo("peerdist");
                assertThat(management.get("/health/ready").status()).isEqualTo(200);
                assertThat(text(management.get("/api/v1/status"))).contains("\"daemon\":\"content-server\"");
                assertThat(text(management.get("/metrics")))
                        .contains("peerdist_origin_requests_total{kind=\"hash\"} 1")
                        .contains("peerdist_ci_encoded_total{version=\"2\"} 1")
                        .contains("peerdist_hash_generation_seconds_count 1")
                        .contains("peerdist_hash_bytes_total 100000")
                        .contains("peerdist_hash_failures_total{reason=\"changing\"} 0")
                        .contains("peerdist_origin_sent_bytes_total{kind=\"plain\"} 0")
                        .contains("peerdist_malformed_total{protocol=\"MS-PCCRTP\"} 0");
            }
            daemon.toHandle().destroy(); // SIGTERM; the process's own method would close its output too
            assertThat(exitCode(daemon)).isZero();
            assertThat(output.readLine()).isNull();
        }
    }

    @Test
    void tellsInItsReadyLineAndStatusWhereTheManifestIs() throws Exception {
        Process daemon = start("--root", root, "--data-dir", directory.resolve("data"), "--manifest-port", 0);
        try (BufferedReader output = daemon.inputReader(StandardCharsets.UTF_8)) {
            Matcher ready = Pattern.compile("ready http=(\\S+) manifest=(\\S+) management=(\\S+)")
                    .matcher(String.valueOf(output.readLine()));
            assertThat(ready.matches()).isTrue();
            try (RawHttpClient management = client(ready.group(3))) {
                assertThat(text(management.get("/api/v1/status")))
                        .contains("\"manifest\":{\"address\":\"" + ready.group(2) + "\",\"feed\":\"")
                        .contains("\"secretInUse\":\"")
                        .contains("\"role\":\"current\",\"state\":\"in use\",\"from\":null,\"until\":null")
                        .contains("\"nextSecretChange\":null");
                assertThat(text(management.get("/metrics")))
                        .contains("peerdist_manifest_requests_total{result=\"page\"} 0")
                        .contains("peerdist_manifest_removed_entries_total{reason=\"superseded\"} 0")
                        .contains("peerdist_manifest_head 0");
                assertThat(text(management.get("/"))).contains("Public key of the manifest");
            }
        }
    }

    @Test
    void exitsWithTheDocumentedCodeAndOneSentence() throws Exception {
        Path data = directory.resolve("data");
        assertFails(64, "root", "--root", directory.resolve("absent"), "--data-dir", data);
        assertFails(64, "missing", "--root", root);
        assertFails(64, "secret key", "--root", root, "--data-dir", data, "--secret-file", root.resolve("absent"));
        assertFails(64, "data directory", "--root", root, "--data-dir", root.resolve("file/below"));
        assertFails(2, "Unknown option", "--root", root, "--data-dir", data, "--upstream", "http://origin");
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertFails(67, "in use", "--root", root, "--data-dir", data, "--http-port", taken.getLocalPort());
        }
        Process first = start("--root", root, "--data-dir", data);
        try (BufferedReader output = first.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).startsWith("ready ");
            assertFails(65, "data", "--root", root, "--data-dir", data);
        }
    }

    private void assertFails(int exitCode, String words, Object... options) throws Exception {
        Process process = start(options);
        String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(exitCode(process)).as(error).isEqualTo(exitCode);
        assertThat(error).contains("peerdist: ").contains(words).doesNotContain("Exception in thread");
    }

    private Process start(Object... options) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                ContentServerMain.class.getName(),
                "run",
                "--log-level",
                "warn",
                "--bind",
                "127.0.0.1",
                "--management-port",
                "0"));
        List<String> given = new ArrayList<>();
        for (Object option : options) {
            given.add(option.toString());
        }
        if (!given.contains("--http-port")) {
            line.addAll(List.of("--http-port", "0"));
        }
        line.addAll(given);
        Process process = new ProcessBuilder(line).start();
        processes.add(process);
        return process;
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static RawHttpClient client(String address) throws IOException {
        return new RawHttpClient(HostPort.parse(address).resolve());
    }

    private static String text(Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
