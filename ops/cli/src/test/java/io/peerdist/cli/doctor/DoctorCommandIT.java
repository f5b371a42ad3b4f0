// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.runtime.JsonReader;
import io.peerdist.runtime.cli.CommandLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All agents here serve loopback alone, so that none multicasts. */
class DoctorCommandIT {
    @TempDir
    Path directory;

    private HttpServer cache;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws IOException {
        cache = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] answer = RetrievalCodec.encodeResponse(new NegotiationResponse(VersionRange.SUPPORTED));
        cache.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        cache.start();
    }

    @AfterEach
    void stop() {
        cache.stop(0);
    }

    @Test
    void endsWell() throws IOException {
        String known = "127.0.0.1:" + cache.getAddress().getPort();

        assertThat(run("--config", configuration(known, "")).code)
                .as(out + " " + err)
                .isZero();
        assertThat(out.toString())
                .contains("ok       configuration")
                .contains("hosted-cache " + known)
                .contains("speaks versions 1.0 to 2.0")
                .contains("multicast")
                .contains("0 wrong, ")
                .doesNotContain("\033[");
    }

    @Test
    void tellsWhatIsWrongAndWhatToDo() throws IOException {
        int free = freePort();

        assertThat(run("--config", configuration("127.0.0.1:" + free, "  cache-siez: 1GiB\n")).code)
                .isEqualTo(1);
        assertThat(out.toString())
                .contains("What to do:")
                .containsPattern("problem +configuration .*agent.yaml:2: .*cache-size")
                .contains("no connection to 127.0.0.1:" + free)
                .contains("2 wrong, ");
    }

    @Test
    void looksAtThePortOfTheProxy() throws IOException {
        int taken = cache.getAddress().getPort(); // of all interfaces or not, it is in the way
        String proxy = "  proxy: {port: " + taken + ", credentials: " + directory.resolve("absent") + "}\n";

        run("--config", configuration("127.0.0.1:" + taken, proxy));
        assertThat(out.toString())
                .containsPattern("problem +port " + taken + "/tcp \\(proxy\\) +held by ")
                .containsPattern("problem +files +proxy.credentials .*absent is not there");
    }

    @Test
    void saysTheSameAsJson() throws IOException {
        Run run = run("--config", configuration("127.0.0.1:" + freePort(), ""), "--json");

        assertThat(run.code).isEqualTo(1);
        Map<?, ?> json = JsonReader.object(out.toString().strip());
        assertThat(String.valueOf(json.get("counts"))).contains("problem=1");
        assertThat((List<?>) json.get("findings"))
                .filteredOn(finding -> "problem".equals(((Map<?, ?>) finding).get("level")))
                .singleElement()
                .satisfies(finding -> {
                    Map<?, ?> problem = (Map<?, ?>) finding;
                    assertThat((String) problem.get("check")).startsWith("hosted-cache 127.0.0.1:");
                    assertThat((String) problem.get("advice")).contains("ss -ltn");
                });
    }

    @Test
    void takesOptionsWithoutAFile() throws IOException {
        String known = "127.0.0.1:" + cache.getAddress().getPort();

        assertThat(run(
                                "--bind",
                                "127.0.0.1",
                                "--data-dir",
                                directory.toString(),
                                "--management-port",
                                Integer.toString(freePort()),
                                "--hosted-cache",
                                known,
                                "--no-multicast")
                        .code)
                .as(out.toString())
                .isZero();
        assertThat(out.toString()).contains("no file is named");
    }

    @Test
    void refusesAWrongCommandLine() {
        assertThat(run("--url", "ftp://x/y").code).isEqualTo(2);
        assertThat(err.toString()).contains("--url: ftp://x/y");
        assertThat(run("--hosted-cach", "x").code).isEqualTo(2);
    }

    private record Run(int code) {}

    private Run run(String... arguments) {
        // A check that is slow because the machine is, is no failure.
        return new Run(CommandLines.create(new DoctorCommand(Duration.ofMinutes(2)))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments));
    }

    private String configuration(String hostedCache, String more) throws IOException {
        return Files.writeString(
                        directory.resolve("agent.yaml"),
                        "agent:\n" + more + "  bind: 127.0.0.1\n  retrieval-port: 0\n  management-port: " + freePort()
                                + "\n  cache-size: 16MiB\n  data-dir: " + directory.resolve("store")
                                + "\n  hosted-caches: [\"" + hostedCache + "\"]\n")
                .toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
