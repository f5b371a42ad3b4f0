// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.agent.origin.OriginSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.management.ApiRequest;
import io.peerdist.runtime.management.ManagementContent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishRoutesTest {
    @TempDir
    private Path directory;

    private Agent agent;
    private PublishRoutes routes;

    @BeforeEach
    void open() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        agent = Agent.open(
                AgentSettings.of(directory, 64 << 20, List.of(), any), Clock.system(), registry, warning -> {});
        routes = PublishRoutes.register(
                agent, OriginSettings.DEFAULTS, Clock.system(), registry, ManagementContent.of("test"));
    }

    @AfterEach
    void close() {
        routes.close();
        agent.close();
    }

    @Test
    void refusesWhoAsksFromAnotherMachine() throws InterruptedException {
        Map<String, String> good = Map.of("url", "http://127.0.0.1:1/f", "port", "1");

        assertThat(routes.begin(request(good, false)).status()).isEqualTo(403);
        assertThat(routes.tell(request(good, false)).status()).isEqualTo(403);
    }

    @Test
    void refusesWhatItCannotPublish() throws InterruptedException {
        for (String[] wrong : new String[][] {
            {"url", ""},
            {"url", "file:///etc/passwd"},
            {"url", "http:///f"},
            {"url", "http://a b/"},
            {"port", "0"},
            {"port", "65536"},
            {"port", "x"},
            {"version", "3"}
        }) {
            Map<String, String> query = new HashMap<>(Map.of("url", "http://127.0.0.1:1/f", "port", "1"));
            query.put(wrong[0], wrong[1]);
            assertThat(routes.begin(request(query, true)).status())
                    .as(String.join("=", wrong))
                    .isEqualTo(400);
        }
        assertThat(routes.tell(request(Map.of(), true)).status()).isEqualTo(404);
    }

    private static ApiRequest request(Map<String, String> query, boolean local) {
        Map<String, List<String>> values = new HashMap<>();
        query.forEach((name, value) -> values.put(name, List.of(value)));
        return new ApiRequest("POST", "/api/v1/publish", "", values, "", local);
    }
}
