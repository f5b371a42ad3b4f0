// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.Agent;
import io.peerdist.agent.AgentConfiguration;
import io.peerdist.agent.AgentSettings;
import io.peerdist.agent.AgentStatus;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.download.DownloadListener;
import io.peerdist.agent.download.DownloadRequest;
import io.peerdist.agent.origin.ContentVersion;
import io.peerdist.agent.proxy.ProxySettings;
import io.peerdist.agent.serve.ServingSettings;
import io.peerdist.discovery.DiscoveryReach;
import io.peerdist.discovery.DiscoverySettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.Components;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.JsonReader;
import io.peerdist.runtime.cli.CommandLines;
import io.peerdist.runtime.config.ConfigurationReader;
import io.peerdist.runtime.config.SettingOverrides;
import io.peerdist.runtime.management.DaemonMetrics;
import io.peerdist.runtime.management.ManagementContent;
import io.peerdist.runtime.management.ManagementServer;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    void passesRequestsOfProgramsOnWhenItHasAProxy() throws Exception {
        SettingOverrides options = SettingOverrides.none().put("agent.proxy.port", "--proxy-port", 0);
        ConfigurationReader reader = ConfigurationReader.open(null, ConfigurationReader.SECTIONS, options);
        AgentConfiguration plain = settings(any);
        AgentConfiguration configuration = new AgentConfiguration(
                plain.agent(),
                plain.serving(),
                ProxySettings.read(reader.section("agent").section("proxy")),
                plain.managementBind(),
                plain.managementPort());
        byte[] content = TestContent.random(100_000, 3);
        try (Components components = new Components(Clock.system(), Duration.ofSeconds(5));
                TestOrigin origin = new TestOrigin(content)) {
            AgentRunCommand.start(configuration, components);

            Matcher proxy = Pattern.compile("ready http=\\S+ proxy=127\\.0\\.0\\.1:(\\d+) management=\\S+")
                    .matcher(components.readyLine());
            assertThat(proxy.matches()).as(components.readyLine()).isTrue();
            HttpClient program = HttpClient.newBuilder()
                    .proxy(ProxySelector.of(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(proxy.group(1)))))
                    .build();
            HttpResponse<byte[]> response = program.send(
                    HttpRequest.newBuilder(origin.url("/file")).build(), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.body()).isEqualTo(content);
            assertThat(response.headers().firstValue("Via").orElse("")).startsWith("1.1 peerdist");
            String management = components.readyLine().replaceFirst(".*management=", "");
            assertThat(get(management, "/api/v1/status")).contains("\"proxy\":\"127.0.0.1:" + proxy.group(1));
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

    /** Downloads one file for each seed into the cache of the agent that is started next; each is a segment of five blocks. */
    private void download(int... seeds) throws Exception {
        try (Agent earlier =
                Agent.open(settings(any).agent(), Clock.system(), new SimpleMeterRegistry(), warning -> {})) {
            for (int seed : seeds) {
                try (TestOrigin origin = new TestOrigin(TestContent.random(300_000, seed))) {
                    DownloadRequest.Destination nowhere = new DownloadRequest.ToStream(OutputStream.nullOutputStream());
                    earlier.get(
                            new DownloadRequest(origin.url("/a"), nowhere, ContentVersion.V1), DownloadListener.NONE);
                }
            }
        }
    }

    private static String managementOption(Components components) {
        Matcher ready = READY.matcher(components.readyLine());
        assertThat(ready.matches()).as(components.readyLine()).isTrue();
        return "--management=http://" + ready.group(2);
    }

    private static List<Map<?, ?>> segments(Map<?, ?> page) {
        List<Map<?, ?>> segments = new ArrayList<>();
        for (Object each : (List<?>) Objects.requireNonNull(page.get("segments"))) {
            segments.add((Map<?, ?>) each);
        }
        return segments;
    }

    @Test
    void flushSaysWhatIsRemoved() throws Exception {
        download(1);
        try (Components components = new Components(Clock.system(), Duration.ofSeconds(5))) {
            AgentRunCommand.start(settings(any), components);
            String management = managementOption(components);

            assertThat(run("flush", management).out()).startsWith("removed 5 blocks ");
            assertThat(run("status", "--json", management).out()).contains("\"blocks\":0");
            assertThat(run("ls", management).out().lines()).hasSize(1);
        }
    }

    @Test
    void listsAndShowsWhatWasDownloaded() throws Exception {
        download(1);
        try (Components components = new Components(Clock.system(), Duration.ofSeconds(5))) {
            AgentRunCommand.start(settings(any), components);
            String management = managementOption(components);

            Map<?, ?> page = JsonReader.object(run("ls", "--json", management).out());
            assertThat(segments(page)).hasSize(1);
            Map<?, ?> listed = segments(page).get(0);
            String id = String.valueOf(listed.get("id"));
            Map<?, ?> shown =
                    JsonReader.object(run("show", id, "--json", management).out());
            assertThat(shown.get("id")).isEqualTo(id);
            assertThat(shown.get("segmentBytes")).isEqualTo(300_000L);
            assertThat(shown.get("blockBytes")).isEqualTo(65_536L);
            assertThat(shown.get("blocksHeld")).isEqualTo(5L);
            assertThat(shown.get("blockCount")).isEqualTo(5L);
            assertThat(shown.get("ranges")).isEqualTo("0-4");
            assertThat(shown.get("complete")).isEqualTo(true);
            assertThat(shown.get("ageSeconds"))
                    .isInstanceOfSatisfying(Long.class, age -> assertThat(age).isBetween(0L, 600L));
            assertThat(shown.get("storedBytes")).isEqualTo(listed.get("storedBytes"));

            List<String> table = run("ls", management).out().lines().toList();
            assertThat(table).hasSize(2);
            assertThat(table.get(0)).matches("SEGMENT +BYTES +BLOCKS +COMPLETE +AGE *");
            assertThat(table.get(1)).matches(id + " +" + listed.get("storedBytes") + " +5/5 +yes +\\d+ (s|min) *");
            assertThat(run("show", id, management).out().lines())
                    .anyMatch(line -> line.matches("id +" + id + " *"))
                    .anyMatch(line -> line.matches("complete +true *"));
        }
    }

    @Test
    void listsPageByPage() throws Exception {
        download(1, 2, 3);
        try (Components components = new Components(Clock.system(), Duration.ofSeconds(5))) {
            AgentRunCommand.start(settings(any), components);
            String management = managementOption(components);
            String address = management.substring("--management=http://".length());
            List<Object> all = ids(
                    segments(JsonReader.object(run("ls", "--json", management).out())));
            assertThat(all).hasSize(3).doesNotHaveDuplicates();

            List<Object> paged = new ArrayList<>();
            Object cursor = "";
            for (int pages = 0; cursor != null && pages < 4; pages++) {
                String answer = get(address, "/api/v1/segments?limit=1&cursor=" + cursor);
                Map<?, ?> page = JsonReader.object(answer.substring("200 ".length()));
                assertThat(segments(page)).hasSizeLessThanOrEqualTo(1);
                paged.addAll(ids(segments(page)));
                cursor = page.get("next");
            }
            assertThat(cursor).isNull();
            assertThat(paged).isEqualTo(all);
            assertThat(run("ls", "--limit=2", management).out().lines()).hasSize(3);
            assertThat(ids(segments(JsonReader.object(
                            run("ls", "--limit=2", "--json", management).out()))))
                    .isEqualTo(all.subList(0, 2));
            for (String bad : List.of("limit=0", "limit=1001", "limit=x", "cursor=zz")) {
                assertThat(get(address, "/api/v1/segments?" + bad)).as(bad).startsWith("400 ");
            }
        }
    }

    private static List<Object> ids(List<Map<?, ?>> segments) {
        return segments.stream().<Object>map(each -> each.get("id")).toList();
    }

    @Test
    void tellsOfSegmentsThatItDoesNotHold() throws Exception {
        try (Components components = new Components(Clock.system(), Duration.ofSeconds(5))) {
            AgentRunCommand.start(settings(any), components);
            String management = managementOption(components);
            String unknown = "ab".repeat(32);

            Outcome absent = run("show", unknown, management);
            assertThat(absent.exitCode()).isEqualTo(ExitCode.WORK_FAILED.code());
            assertThat(absent.err()).contains("segment " + unknown + " is not held");
            Outcome wrong = run("show", "no id", management);
            assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE.code());
            assertThat(wrong.err()).contains("segment id: no id (expected: 64, 96 or 128 hexadecimal digits)");
            assertThat(run("ls", "--limit=0", management).exitCode()).isEqualTo(ExitCode.USAGE.code());
        }
    }

    @Test
    void tellsHowItFindsFetchesAndServes() throws Exception {
        AgentSettings settings = AgentSettings.of(directory, 64 << 20, List.of(HostPort.parse("127.0.0.1:8099")), any)
                .withDiscovery(DiscoverySettings.DEFAULT.withReach(new DiscoveryReach.Unicast(any, List::of)));
        try (Components components = new Components(Clock.system(), Duration.ofSeconds(5))) {
            AgentRunCommand.start(
                    new AgentConfiguration(settings, ServingSettings.DEFAULT, "127.0.0.1", 0), components);
            String management = managementOption(components);

            Map<?, ?> status =
                    JsonReader.object(run("status", "--json", management).out());
            assertThat(status.get("mode")).isEqualTo("auto");
            assertThat(status.get("hostedCaches")).isEqualTo(List.of("127.0.0.1:8099"));
            assertThat((Map<?, ?>) Objects.requireNonNull(status.get("discovery")))
                    .hasSize(2);
            assertThat(((Map<?, ?>) Objects.requireNonNull(status.get("discovery"))).get("waitMillis"))
                    .isInstanceOf(Long.class);
            assertThat(((Map<?, ?>) Objects.requireNonNull(status.get("serving"))).get("sendBytesPerSecond"))
                    .isEqualTo(0L);
            assertThat(((Map<?, ?>) Objects.requireNonNull(status.get("bytesBySource"))).get("hostedCache"))
                    .isEqualTo(0L);
            assertThat(run("status", management).out().lines())
                    .anyMatch(line -> line.matches("Mode +auto *"))
                    .anyMatch(line -> line.matches("Hosted caches +127\\.0\\.0\\.1:8099 *"))
                    .anyMatch(line -> line.matches("Waits for peers +\\d+ ms *"))
                    .anyMatch(line -> line.matches("Sends +without limit *"))
                    .anyMatch(line -> line.matches("Downloaded from peer +0 B *"));
            assertThat(get(management.substring("--management=http://".length()), "/"))
                    .contains("Looks for peers on", "Waits for peers", "Downloaded from hosted cache");
        }
    }

    @Test
    void countsWhatWasDownloadedSinceTheStart() throws Exception {
        ManagementContent content = ManagementContent.of("test");
        AgentSettings settings = settings(any).agent();
        try (TestOrigin origin = new TestOrigin(TestContent.random(300_000, 1));
                DaemonMetrics metrics = new DaemonMetrics();
                EventLoops loops = EventLoops.start("test-management", 1);
                Agent agent = Agent.open(settings, Clock.system(), metrics.registry(), warning -> {})) {
            AgentStatus.describe(agent, any, settings, metrics.registry(), content);
            try (ManagementServer server =
                    ManagementServer.start(any, loops, Clock.system(), metrics.registry(), content)) {
                for (int i = 0; i < 2; i++) {
                    DownloadRequest.Destination nowhere = new DownloadRequest.ToStream(OutputStream.nullOutputStream());
                    agent.get(new DownloadRequest(origin.url("/a"), nowhere, ContentVersion.V1), DownloadListener.NONE);
                }
                String management = "--management=http://" + HostPort.format(server.localAddress());

                Map<?, ?> status =
                        JsonReader.object(run("status", "--json", management).out());
                Map<?, ?> bytes = (Map<?, ?>) Objects.requireNonNull(status.get("bytesBySource"));
                assertThat(bytes.get("localCache")).isEqualTo(300_000L);
                assertThat(bytes.get("peer")).isEqualTo(0L);
                assertThat(run("status", management).out().lines())
                        .anyMatch(line -> line.matches("Downloaded from local cache +293\\.0 KiB *"));
            }
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
