// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.peerdist.runtime.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OriginCheckIT {
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
    void tellsAnOriginThatSpeaksPeerDist() throws InterruptedException {
        answer(Map.of("Content-Encoding", "peerdist", "X-P2P-PeerDist", "Version=1.1, ContentLength=70000"));

        assertThat(check()).first().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.seen()).startsWith("gives content information, answered in");
        });
    }

    @Test
    void tellsOneThatDoesNotOrNotYet() throws InterruptedException {
        answer(Map.of());
        assertThat(check().get(0)).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.HINT);
            assertThat(finding.advice()).contains("Every machine fetches this over the WAN");
        });
        server.removeContext("/f");
        answer(Map.of("X-P2P-PeerDist", "Version=1.1"));
        assertThat(check().get(0).advice()).contains("may still be hashing");
    }

    @Test
    void tellsAFileThatIsNotThereAndAServerThatIsNot() throws InterruptedException {
        assertThat(check().get(0).seen()).contains("HTTP status 404");
        server.stop(0);
        assertThat(check().get(0).level()).isEqualTo(Level.PROBLEM);
    }

    private List<Finding> check() throws InterruptedException {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/f");
        return new OriginCheck(url, Clock.system()).run();
    }

    private void answer(Map<String, String> headers) {
        server.createContext("/f", exchange -> {
            headers.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(200, 4);
            exchange.getResponseBody().write(new byte[4]);
            exchange.close();
        });
    }
}
