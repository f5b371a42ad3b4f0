// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.agent.AgentConfiguration;
import io.peerdist.agent.AgentSettings;
import io.peerdist.agent.serve.ServingSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
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
