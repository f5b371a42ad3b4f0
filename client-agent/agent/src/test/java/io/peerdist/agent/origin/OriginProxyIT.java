// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.rate.RateLimit;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OriginProxyIT {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @Test
    void asksForRangesByWayOfTheProxy() throws Exception {
        byte[] content = TestContent.random(5_000, 1);
        try (TestOrigin proxy = new TestOrigin(content)) {
            InetSocketAddress address = InetSocketAddress.createUnresolved(
                    "127.0.0.1", proxy.url("/").getPort());
            OriginClient client = new OriginClient(
                    OriginSettings.DEFAULTS.by(ProxySelector.of(address)), RateLimit.NONE, timer, System::nanoTime);

            RangeAnswer answer = client.range(
                    new RangeRequest(URI.create("http://nowhere.invalid/file"), 1_000, 2_000, content.length, null),
                    new RequestAbort());

            assertThat(answer).isInstanceOf(RangeAnswer.Bytes.class);
            byte[] bytes = new byte[1_000];
            try (OriginBody body = ((RangeAnswer.Bytes) answer).body()) {
                assertThat(body.readFully(bytes, bytes.length)).isEqualTo(bytes.length);
            }
            assertThat(bytes).containsExactly(java.util.Arrays.copyOfRange(content, 1_000, 2_000));
            assertThat(proxy.requests).singleElement().asString().contains("http://nowhere.invalid/file");
        }
    }
}
