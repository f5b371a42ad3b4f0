// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostedCacheCheckIT {
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
    void tellsTheVersionsOfACache() throws Exception {
        answer(200, RetrievalCodec.encodeResponse(new NegotiationResponse(VersionRange.SUPPORTED)));

        assertThat(check(Clock.system())).first().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.seen()).startsWith("speaks versions 1.0 to 2.0").contains(" ms");
        });
    }

    @Test
    void tellsThatClocksAgree() throws Exception {
        answer(200, RetrievalCodec.encodeResponse(new NegotiationResponse(VersionRange.SUPPORTED)));

        assertThat(check(Clock.system())).hasSize(2).last().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo("clock");
            assertThat(finding.level()).isEqualTo(Level.OK);
        });
    }

    @Test
    void tellsOfAClockThatIsFarOff() throws Exception {
        answer(200, RetrievalCodec.encodeResponse(new NegotiationResponse(VersionRange.SUPPORTED)));

        assertThat(check(late(Duration.ofMinutes(10)))).hasSize(2).last().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.PROBLEM);
            assertThat(finding.seen()).contains("ahead of ours");
        });
        assertThat(check(late(Duration.ofMinutes(-10))))
                .last()
                .satisfies(finding -> assertThat(finding.seen()).contains("behind ours"));
    }

    @Test
    void seesThatSomethingElseListens() throws Exception {
        answer(200, "<html>It works!</html>".getBytes(US_ASCII));

        assertThat(check(Clock.system())).first().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.PROBLEM);
            assertThat(finding.seen()).contains("none of the retrieval protocol");
        });
    }

    @Test
    void seesAnotherStatus() throws Exception {
        assertThat(check(Clock.system()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.seen()).contains("404"));
    }

    @Test
    void seesThatNothingListens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThat(new HostedCacheCheck(new HostPort("127.0.0.1", port), Clock.system()).run())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.PROBLEM);
                    assertThat(finding.seen()).startsWith("no connection to 127.0.0.1:" + port);
                    assertThat(finding.advice()).contains("ss -ltn");
                });
    }

    private List<Finding> check(Clock clock) throws InterruptedException {
        return new HostedCacheCheck(
                        new HostPort("127.0.0.1", server.getAddress().getPort()), clock)
                .run();
    }

    private void answer(int status, byte[] body) {
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private static Clock late(Duration lag) {
        return new Clock() {
            @Override
            public Instant instant() {
                return Clock.system().instant().minus(lag);
            }

            @Override
            public long nanoTime() {
                return Clock.system().nanoTime();
            }
        };
    }
}
