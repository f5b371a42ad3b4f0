// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.Agent;
import io.peerdist.agent.AgentConfiguration;
import io.peerdist.agent.AgentSettings;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.serve.ServingSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.JsonReader;
import io.peerdist.runtime.cli.CommandLines;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentRunCommandIT {
    private static final Pattern READY =
            Pattern.compile("ready http=(127\\.0\\.0\\.1:\\d+) management=(127\\.0\\.0\\.1:\\d+)");

    @TempDir
    private Path directory;

    private final InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private AgentConfiguration settings(InetSocketAddress bind) {
        return new AgentConfiguration(
                AgentSettings.of(directory, 64 << 20, List.of(), bind), ServingSettings.DEFAULT, "127.0.0.1", 0);
    }

    private static String get(String address, String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    @Test
    void servesBlocksMetricsAndStatus() throws Exception {
        try (Components components = new Components(Clock.system(), Duration.ofSeconds(5))) {
            AgentRunCommand.start(settings(any), components);

            Matcher ready = READY.matcher(components.readyLine());
            assertThat(ready.matches()).as(components.readyLine()).isTrue();
            assertThat(get(ready.group(1), "/")).startsWith("404");
            assertThat(get(ready.group(2), "/health/ready")).startsWith("200");
            assertThat(get(ready.group(2), "/metrics"))
                    .contains(
                            "peerdist_download_bytes_total{source=\"hosted_cache\"}",
                            "peerdist_download_bad_blocks_total{source=\"origin\"}",
                            "peerdist_downloads_total{result=\"complete\"}",
                            "peerdist_offers_total{result=\"accepted\"}");
            assertThat(get(ready.group(2), "/api/v1/status"))
                    .startsWith("200 {\"daemon\":\"agent\"")
                    .contains("\"limitBytes\":67108864");
        }
    }

    private record Outcome(int exitCode, String out, String err) {}

    private static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = CommandLines.create(new AgentCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    @Test
    void answersTheCommandsThatAskIt() throws Exception {
        try (Components components = new Components(Clock.system(), Duration.ofSeconds(5))) {
            AgentRunCommand.start(settings(any), components);
            Matcher ready = READY.matcher(components.readyLine());
            assertThat(ready.matches()).as(components.readyLine()).isTrue();
            String management = "--management=http://" + ready.group(2);

            assertThat(run("status", management).out())
                    .contains("Serves blocks at", ready.group(1), directory.toString());
            assertThat(JsonReader.object(run("status", "--json", management).out())
                            .get("retrieval"))
                    .isEqualTo(ready.group(1));
            assertThat(run("flush", management))
                    .isEqualTo(new Outcome(0, "removed 0 blocks from the local cache" + System.lineSeparator(), ""));
        }
    }

    @Test
    void flushSaysWhatIsRemoved() throws Exception {
        byte[] content = TestContent.random(300_000, 1); // five blocks of version 1.0
        try (TestOrigin origin = new TestOrigin(content);
                Agent earlier =
                        Agent.open(settings(any).agent(), Clock.system(), new SimpleMeterRegistry(), warning -> {})) {
            DownloadRequest.Destination nowhere = new DownloadRequest.ToStream(OutputStream.nullOutputStream());
            earlier.get(new DownloadRequest(origin.url("/a"), nowhere, ContentVersion.V1), DownloadListener.NONE);
        }
        try (Components components = new Components(Clock.system(), Duration.ofSeconds(5))) {
            AgentRunCommand.start(settings(any), components);
            Matcher ready = READY.matcher(components.readyLine());
            assertThat(ready.matches()).as(components.readyLine()).isTrue();
            String management = "--management=http://" + ready.group(2);

            assertThat(run("flush", management).out()).startsWith("removed 5 blocks ");
            assertThat(run("status", "--json", management).out()).contains("\"blocks\":0");
        }
    }

    @Test
    void tellsThatNoAgentAnswers() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        Outcome outcome = run("status", "--management", "http://127.0.0.1:" + port);

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.WORK_FAILED.code());
        assertThat(outcome.err()).contains("no agent answers at http://127.0.0.1:" + port);
    }

    @Test
    void tellsWhenThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Components components = new Components(Clock.system(), Duration.ofSeconds(5))) {
            InetSocketAddress address = new InetSocketAddress(taken.getInetAddress(), taken.getLocalPort());

            assertThatThrownBy(() -> AgentRunCommand.start(settings(address), components))
                    .isInstanceOfSatisfying(
                            FailureException.class,
                            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CANNOT_BIND));
        }
    }
}
