// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.peerdist.conformance.Await;
import io.peerdist.runtime.BuildVersion;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.ExitCode;
import io.peerdist.runtime.FailureException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.JsonObject;
import io.peerdist.runtime.http.RawClient;
import io.peerdist.runtime.http.RawClient.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementServerIT {
    private static final Pattern SAMPLE = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*"
            + "(\\{([a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\]|\\\\.)*\",?)*})? "
            + "(NaN|[+-]Inf|[+-]?[0-9.]+(E[+-]?[0-9]+)?)");
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+");

    private final EventLoops loops = EventLoops.start("test-loop", 1);
    private final DaemonMetrics metrics = new DaemonMetrics();
    private final ManagementContent content = ManagementContent.of("peerdist <test>");
    private final ManagementServer server = ManagementServer.start(
            new HostPort("127.0.0.1", 0).resolve(), loops, Clock.system(), metrics.registry(), content);

    @AfterEach
    void close() {
        server.close();
        metrics.close();
        loops.close();
    }

    @Test
    void showsMetricsAsText() throws IOException {
        Response response = get("/metrics");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("content-type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.text().lines())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("#")
                        ? COMMENT.matcher(line).matches()
                        : SAMPLE.matcher(line).matches());
        assertThat(response.text())
                .contains("peerdist_build_info{version=\"" + BuildVersion.current() + "\"} 1")
                .contains("peerdist_http_connections{listener=\"management\"} 1")
                .contains("peerdist_http_rejected_total{listener=\"management\",reason=\"bad_request\"} 0")
                .contains(
                        "jvm_memory_used_bytes{", "jvm_threads_live_threads", "process_uptime_seconds", "process_cpu");
    }

    @Test
    void explainsEveryMetric() throws IOException {
        List<String> names = get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith("# TYPE peerdist_"))
                .map(line -> line.split(" ", -1)[2])
                .toList();
        String text = get("/metrics").text();

        assertThat(names).isNotEmpty().allSatisfy(name -> assertThat(text).containsPattern("# HELP " + name + " \\w+"));
    }

    @Test
    void showsMetricsAsOpenMetricsToWhoAsks() throws IOException {
        String accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5";
        Response response = ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept + "\r\n\r\n");

        assertThat(response.header("content-type")).startsWith("application/openmetrics-text; version=1.0.0");
        assertThat(response.text()).endsWith("# EOF\n");
    }

    @Test
    void passesPromtoolWhereItIsInstalled(@TempDir Path directory) throws IOException, InterruptedException {
        assumeThat(List.of(System.getenv("PATH").split(":", -1)))
                .as("promtool is not installed here: only our own check of the format was made")
                .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool")));
        Path text =
                Files.writeString(directory.resolve("metrics"), get("/metrics").text());

        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(text.toFile())
                .redirectErrorStream(true)
                .start();

        String complaints = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(complaints).isZero();
    }

    @Test
    void isLiveBeforeItIsReadyAndReadyUntilItStops() throws Exception {
        assertThat(get("/health/live").status()).isEqualTo(200);
        assertThat(get("/health/started").status()).isEqualTo(503);
        assertThat(get("/health/ready").status()).isEqualTo(503);

        AutoCloseable stopping = content.health().started();
        assertThat(get("/health/started").status()).isEqualTo(200);
        assertThat(get("/health/ready").text())
                .isEqualTo(
                        "{\"status\":\"up\",\"checks\":[{\"name\":\"process\",\"status\":\"up\",\"detail\":\"started\"}]}\n");

        stopping.close();
        assertThat(get("/health/ready").status()).isEqualTo(503);
        assertThat(get("/health/started").status()).isEqualTo(200);
        assertThat(get("/health/live").status()).isEqualTo(200);
    }

    @Test
    void namesTheChecksThatAreDown() throws Exception {
        AutoCloseable stopping = content.health().started();
        content.health().addReady("store", () -> HealthStatus.down("disk \"full\""));
        content.health().addReady("broken", () -> {
            throw new IllegalStateException("secret detail");
        });

        Response response = get("/health/ready");
        stopping.close();

        assertThat(response.status()).isEqualTo(503);
        assertThat(response.header("content-type")).isEqualTo("application/json");
        assertThat(response.text())
                .contains("{\"name\":\"store\",\"status\":\"down\",\"detail\":\"disk \\\"full\\\"\"}")
                .contains("{\"name\":\"broken\",\"status\":\"down\"")
                .doesNotContain("secret detail");
    }

    @Test
    void routesQuestionsToTheirHandlers() throws IOException {
        content.routes()
                .get(
                        "segments",
                        request -> ApiResponse.ok(new JsonObject()
                                .put("rest", request.remainder())
                                .put("cursor", request.queryValue("cursor").orElse(""))))
                .get("segments/largest", request -> ApiResponse.ok(new JsonObject().put("largest", true)))
                .post("flush", request -> ApiResponse.ok(new JsonObject().put("body", request.body())));

        assertThat(get("/api/v1/segments/ab%20c?cursor=x%26y").text())
                .isEqualTo("{\"rest\":\"ab c\",\"cursor\":\"x&y\"}\n");
        assertThat(get("/api/v1/segments/largest/").text()).isEqualTo("{\"largest\":true}\n");
        assertThat(get("/api/v1/segments").text()).isEqualTo("{\"rest\":\"\",\"cursor\":\"\"}\n");
        assertThat(ask("POST /api/v1/flush HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi")
                        .text())
                .isEqualTo("{\"body\":\"hi\"}\n");
        assertThat(get("/api/v1/").text())
                .isEqualTo("[{\"path\":\"/api/v1/flush\",\"methods\":[\"POST\"]},"
                        + "{\"path\":\"/api/v1/segments\",\"methods\":[\"GET\"]},"
                        + "{\"path\":\"/api/v1/segments/largest\",\"methods\":[\"GET\"]}]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/nothing", "/api/v1/segmentsX", "/api/v2/segments", "/nothing", "/health/nothing"})
    void answers404InJsonToWhatIsUnknown(String path) throws IOException {
        content.routes().get("segments", request -> ApiResponse.ok(new JsonObject()));

        Response response = get(path);

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.text()).startsWith("{\"error\":").contains(path);
    }

    @Test
    void answers405WithTheMethodsThatAreAllowed() throws IOException {
        content.routes()
                .get("pins", request -> ApiResponse.ok(new JsonObject()))
                .add("DELETE", "pins", request -> ApiResponse.ok(new JsonObject()));

        Response api = ask("PUT /api/v1/pins HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        Response metricsPost = ask("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");

        assertThat(api.status()).isEqualTo(405);
        assertThat(api.header("allow")).isEqualTo("DELETE, GET");
        assertThat(metricsPost.status()).isEqualTo(405);
        assertThat(metricsPost.header("allow")).isEqualTo("GET");
    }

    @Test
    void tellsFailuresApartFromDefects() throws IOException {
        content.routes()
                .get("failure", request -> {
                    throw new FailureException(ExitCode.WORK_FAILED, "no such segment: ab; list them with ls");
                })
                .get("defect", request -> {
                    throw new IllegalStateException("secret detail");
                });

        assertThat(get("/api/v1/failure").status()).isEqualTo(400);
        assertThat(get("/api/v1/failure").text()).contains("no such segment: ab; list them with ls");
        assertThat(get("/api/v1/defect").status()).isEqualTo(500);
        assertThat(get("/api/v1/defect").text()).doesNotContain("secret detail");
    }

    @Test
    void staysLiveWhileEveryWorkerIsBusyAndRefusesWhatItCannotQueue() throws IOException {
        CountDownLatch release = new CountDownLatch(1);
        Queue<String> entered = new ConcurrentLinkedQueue<>();
        content.routes().get("slow", request -> {
            entered.add(Thread.currentThread().getName());
            release.await();
            return ApiResponse.ok(new JsonObject());
        });
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 2 + 64 + 1; i++) {
            clients.add(client().send("GET /api/v1/slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            int expected = Math.min(i + 1, 2);
            Await.until("workers busy", () -> entered.size() == expected);
        }

        assertThat(get("/health/live").status()).isEqualTo(200);
        Await.until(
                "a refusal",
                () -> metrics.registry()
                                .get("peerdist_worker_rejected")
                                .tag("pool", "management")
                                .counter()
                                .count()
                        == 1);
        assertThat(entered).allMatch(name -> name.matches("management-[12]"));
        release.countDown();

        List<Integer> statuses = new ArrayList<>();
        for (RawClient client : clients) {
            statuses.add(client.read().status());
            client.close();
        }
        assertThat(statuses).filteredOn(status -> status == 200).hasSize(66);
        assertThat(statuses).filteredOn(status -> status == 503).hasSize(1);
    }

    @Test
    void showsAPageThatEscapesWhatItShows() throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("Used", "<script>alert('&')</script>");
        content.page()
                .addSection("Cache", () -> StatusTable.of(values))
                .addSection("Peers", () -> new StatusTable(List.of("Peer", "Bytes"), List.of(List.of("a\"b", "1"))))
                .addSection("Broken", () -> {
                    throw new IllegalStateException("secret detail");
                });

        Response response = get("/");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(response.header("content-security-policy")).contains("default-src 'none'");
        assertThat(response.text())
                .contains("<title>peerdist &lt;test&gt;</title>")
                .contains("http-equiv=\"refresh\"")
                .contains("<td>&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</td>")
                .contains("<th>Peer</th><th>Bytes</th>", "<td>a&quot;b</td>")
                .contains("<h2>Broken</h2><p>Not available")
                .doesNotContain("secret detail", "<script", "src=", "http://", "https://");
    }

    @Test
    void limitsTheRowsOfAPage() throws IOException {
        List<List<String>> rows = Collections.nCopies(1_000, List.of("x", "y"));
        content.page().addSection("Many", () -> new StatusTable(List.of(), rows));

        assertThat(get("/").text()).contains("800 more rows not shown").hasSizeLessThan(20_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /api/v1/flush HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n\r\n",
                "POST /api/v1/flush HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\nContent-Length: 0\r\n\r\n",
                "GET /api/v1/flush HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                "GET /metrics HTTP/1.1\r\nHost: evil.example:9000\r\n\r\n"
            })
    void refusesWhatAForeignPageAsksThroughABrowser(String request) throws IOException {
        content.routes().post("flush", question -> ApiResponse.ok(new JsonObject()));

        assertThat(ask(request).status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:1", "127.0.0.1", "[::1]:9000", "LOCALHOST"})
    void answersToItsOwnNames(String host) throws IOException {
        assertThat(ask("GET /health/live HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                        .status())
                .isEqualTo(200);
    }

    private RawClient client() throws IOException {
        return new RawClient(server.localAddress());
    }

    private Response get(String path) throws IOException {
        return ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private Response ask(String request) throws IOException {
        try (RawClient client = client()) {
            return client.send(request).read();
        }
    }
}
