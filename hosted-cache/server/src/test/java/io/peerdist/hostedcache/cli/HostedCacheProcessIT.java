// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.conformance.Await;
import io.peerdist.hostedcache.HostedCacheFixture;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.cli.CommandLines;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class HostedCacheProcessIT {
    @TempDir
    private Path directory;

    private EventLoops loops;
    private RetrievalClient client;

    private record Output(int exitCode, String out, String err) {}

    @BeforeEach
    void open() {
        loops = EventLoops.start("test", 1);
        client = new RetrievalClient(
                loops.group(),
                RetrievalClientSettings.DEFAULT.withRequestTimeout(Duration.ofSeconds(20)),
                new SimpleMeterRegistry());
    }

    @AfterEach
    void close() {
        client.close();
        loops.close();
    }

    @Test
    void servesEverythingAfterItWasKilledBetweenPutAndGet() throws Exception {
        List<SegmentDescriptor> segments = HostedCacheFixture.segments(40);
        Path data = directory.resolve("data");
        try (HostedCacheProcess first = HostedCacheProcess.run(directory, data);
                HostedCacheFixture peer = new HostedCacheFixture(directory.resolve("peer"), segments)) {
            peer.offerTo(first.address("http"));
            Await.until("pulled", () -> has(first.address("http"), segments));
            first.kill();
        }

        try (HostedCacheProcess second = HostedCacheProcess.run(directory, data)) {
            for (SegmentDescriptor segment : segments) {
                BlockResponse block = Await.result(client.getBlock(second.address("http"), segment.id(), 0));
                assertThat(block).isEqualTo(HostedCacheFixture.block(segment));
            }
            assertThat(second.stop()).isEqualTo(ExitCode.OK.code());
        }
    }

    @Test
    void commandsLookIntoARunningCache() throws Exception {
        List<SegmentDescriptor> segments = HostedCacheFixture.segments(3);
        String id = segments.get(0).id().toString();
        try (HostedCacheProcess cache = HostedCacheProcess.run(directory, directory.resolve("data"));
                HostedCacheFixture peer = new HostedCacheFixture(directory.resolve("peer"), segments)) {
            String url = cache.managementUrl();
            peer.offerTo(cache.address("http"));
            Await.until("pulled", () -> has(cache.address("http"), segments));

            assertThat(run("status", "--management", url).out())
                    .containsPattern("Segments +3")
                    .containsPattern("Content +BITS-4.0 3")
                    .containsPattern("To pull +0 segments");
            assertThat(run("status", "--json", "--management", url + "/").out())
                    .contains("\"segments\":3")
                    .contains("{\"contentTag\":\"BITS-4.0\",\"segments\":3,\"bytes\":6096,\"servedBlocks\":0}")
                    .contains("\"wanted\":0");
            assertThat(run("ls", "--management", url).out().lines()).hasSize(4).anyMatch(line -> line.contains(id));
            assertThat(run("ls", "--json", "--management", url).out()).contains("\"id\":\"" + id + "\"");
            assertThat(run("show", id, "--management", url).out())
                    .containsPattern("id +" + id)
                    .containsPattern("ranges +0")
                    .containsPattern("contentTag +BITS-4.0");
            assertThat(run("pin", id, "--management", url).out()).contains("pinned " + id);
            assertThat(run("show", id, "--management", url).out()).containsPattern("pinned +true");
            assertThat(run("unpin", id, "--management", url).out()).contains("unpinned " + id);
            assertThat(run("verify", "--management", url))
                    .isEqualTo(new Output(0, "verified 3 blocks of 3 segments, 6096 bytes: 0 damaged\n", ""));
            assertThat(run("evict", id, "--management", url)).isEqualTo(new Output(0, "evicted " + id + "\n", ""));
            assertThat(run("evict", id, "--management", url))
                    .isEqualTo(new Output(1, "", "peerdist: segment " + id + " is not held\n"));
            assertThat(run("show", "xyz", "--management", url).err()).contains("hexadecimal digits");
            assertThat(run("flush", "--management", url)).isEqualTo(new Output(0, "dropped 2 blocks\n", ""));
            assertThat(run("status", "--management", url).out()).containsPattern("Segments +0");
        }
    }

    @Test
    void saysWhenNoCacheAnswers() throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }
        Output output = run("status", "--management", "http://127.0.0.1:" + nobody);

        assertThat(output.exitCode()).isEqualTo(ExitCode.WORK_FAILED.code());
        assertThat(output.err()).startsWith("peerdist: no hosted cache answers at http://127.0.0.1:" + nobody);
        assertThat(run("status", "--management", "nonsense").exitCode()).isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void exitsAsDocumentedWhenTheDirectoryIsInUse() throws Exception {
        Path data = directory.resolve("data");
        try (HostedCacheProcess first = HostedCacheProcess.run(directory, data);
                HostedCacheProcess second = daemon("--data-dir", data.toString(), "--http-port", "0")) {
            assertThat(second.exitCode()).isEqualTo(ExitCode.STORE_LOCKED.code());
            assertThat(sentences(second)).hasSize(1).first().asString().contains(data.toString());
            assertThat(first.stop()).isEqualTo(ExitCode.OK.code());
        }
    }

    @Test
    void exitsAsDocumentedWhenThePortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String port = Integer.toString(taken.getLocalPort());
            try (HostedCacheProcess cache =
                    daemon("--data-dir", directory.resolve("data").toString(), "--http-port", port)) {
                assertThat(cache.exitCode()).isEqualTo(ExitCode.CANNOT_BIND.code());
                assertThat(sentences(cache)).hasSize(1).first().asString().contains("port is in use");
            }
        }
    }

    @Test
    void exitsAsDocumentedWhenTheDirectoryHoldsSomethingElse() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        Files.writeString(data.resolve("holiday.jpg"), "not a cache");
        try (HostedCacheProcess cache = daemon("--data-dir", data.toString(), "--http-port", "0")) {
            assertThat(cache.exitCode()).isEqualTo(ExitCode.STORE_CORRUPT.code());
            assertThat(sentences(cache)).hasSize(1).first().asString().contains(data.toString());
        }
    }

    @Test
    void exitsAsDocumentedWhenTheDirectoryCannotBeMade() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "in the way");
        try (HostedCacheProcess cache = daemon("--data-dir", file.toString(), "--http-port", "0")) {
            assertThat(cache.exitCode()).isEqualTo(ExitCode.CONFIGURATION.code());
            assertThat(sentences(cache)).hasSize(1).first().asString().contains(file.toString());
        }
    }

    @Test
    void namesEveryProblemOfAConfiguration() throws Exception {
        Path config = Files.writeString(directory.resolve("peerdist.yaml"), """
                hosted-cache:
                  cache-sise: 10GiB
                  http-port: 70000
                  request-timeout: 2h
                """);
        try (HostedCacheProcess cache = daemon("--config", config.toString())) {
            assertThat(cache.exitCode()).isEqualTo(ExitCode.CONFIGURATION.code());
            assertThat(cache.errors())
                    .contains("peerdist.yaml:2")
                    .contains("cache-size")
                    .contains("peerdist.yaml:3")
                    .contains("peerdist.yaml:4")
                    .contains("data-dir");
        }
    }

    @Test
    void refusesOptionsItDoesNotOffer() throws Exception {
        assertThat(run("run", "--upstream", "http://origin.example", "--data-dir", "x")
                        .exitCode())
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(run("run", "--http-port", "70000").exitCode()).isEqualTo(ExitCode.USAGE.code());
    }

    private HostedCacheProcess daemon(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 5];
        all[0] = "run";
        all[1] = "--bind";
        all[2] = "127.0.0.1";
        all[3] = "--management-port";
        all[4] = "0";
        System.arraycopy(arguments, 0, all, 5, arguments.length);
        return new HostedCacheProcess(directory, all);
    }

    private static List<String> sentences(HostedCacheProcess process) throws Exception {
        return process.errors()
                .lines()
                .filter(line -> line.startsWith("peerdist: "))
                .toList();
    }

    private boolean has(InetSocketAddress cache, List<SegmentDescriptor> segments) {
        return Await.result(client.getSegmentList(
                                cache,
                                segments.stream().map(SegmentDescriptor::id).toList()))
                        .cardinality()
                == segments.size();
    }

    private static Output run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = CommandLines.create(new HostedCacheCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        int exitCode = commandLine.execute(arguments);
        return new Output(exitCode, out.toString(), err.toString());
    }
}
