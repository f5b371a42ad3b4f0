// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DaemonCheckIT {
    private static final String UP =
            "{\"status\":\"up\",\"checks\":[{\"name\":\"process\",\"status\":\"up\",\"detail\":\"started\"}]}";
    private static final String STATUS =
            "{\"daemon\":\"agent\",\"mode\":\"auto\",\"dataDirectory\":\"/var/lib/peerdist\","
                    + "\"discovery\":{\"networks\":[{\"interface\":\"eth0\"}],\"waitMillis\":300},"
                    + "\"serving\":{\"servesPeers\":%s,\"why\":\"on battery\"},\"localCache\":{\"segments\":12}}";

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void tellsWhatADaemonDoes() throws InterruptedException {
        answer("/health/ready", 200, UP);
        answer("/api/v1/status", 200, STATUS.formatted("true"));

        assertThat(check("/var/lib/peerdist"))
                .containsExactly(
                        Finding.ok("agent", "runs, mode auto, holds 12 segments, looks for peers on 1 network"));
    }

    @Test
    void tellsThatItServesNobodyAndHasAnotherConfiguration() throws InterruptedException {
        answer("/health/ready", 200, UP);
        answer("/api/v1/status", 200, STATUS.formatted("false"));

        assertThat(check("/srv/peerdist"))
                .filteredOn(finding -> finding.level() == Level.HINT)
                .extracting(Finding::seen)
                .containsExactly(
                        "runs with the data directory /var/lib/peerdist, the configuration says /srv/peerdist",
                        "serves no peers now: on battery");
    }

    @Test
    void tellsAHostedCacheFromAnAgent() throws InterruptedException {
        answer("/health/ready", 200, UP);
        answer("/api/v1/status", 200, "{\"version\":\"1\",\"store\":{\"segments\":7},\"pulls\":{\"wanted\":0}}");
        HostPort address = new HostPort("127.0.0.1", server.getAddress().getPort());

        assertThat(new DaemonCheck("hosted-cache", address, Path.of("/x")).run())
                .containsExactly(Finding.ok("hosted-cache", "runs, holds 7 segments"));
        assertThat(check("/x").get(0).seen()).contains("another daemon, hosted-cache");
    }

    @Test
    void passesOnWhatIsNotReady() throws InterruptedException {
        answer(
                "/health/ready",
                503,
                "{\"status\":\"down\",\"checks\":[{\"name\":\"store\",\"status\":\"down\",\"detail\":\"disk full\"},"
                        + "{\"name\":\"manifest\",\"status\":\"up\",\"detail\":\"degraded: token\"}]}");
        answer("/api/v1/status", 200, STATUS.formatted("true"));

        assertThat(check("/var/lib/peerdist"))
                .extracting(Finding::level)
                .containsExactly(Level.PROBLEM, Level.HINT, Level.OK);
    }

    @Test
    void seesThatNoneRunsOrSomethingElse() throws InterruptedException {
        assertThat(check("/x").get(0).seen()).contains("something else answers").contains("404");
        answer("/health/ready", 200, "<html>");
        assertThat(check("/x").get(0).level()).isEqualTo(Level.PROBLEM);

        server.stop(0);
        assertThat(check("/x")).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.HINT);
            assertThat(finding.seen()).startsWith("does not run");
        });
    }

    private List<Finding> check(String directory) throws InterruptedException {
        return new DaemonCheck(
                        "agent", new HostPort("127.0.0.1", server.getAddress().getPort()), Path.of(directory))
                .run();
    }

    private void answer(String path, int status, String body) {
        byte[] octets = body.getBytes(UTF_8);
        server.createContext(path, exchange -> {
            exchange.sendResponseHeaders(status, octets.length);
            exchange.getResponseBody().write(octets);
            exchange.close();
        });
    }
}
