// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.TestContent;
import io.peerdist.agent.proxy.RunningProxy.Answer;
import io.peerdist.agent.proxy.ScriptedServer.Wire;
import io.peerdist.conformance.Await;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TunnelIT {
    private static RunningProxy to(ScriptedServer server) {
        return new RunningProxy(how -> how.put("agent.proxy.connect-ports", "x", server.port()));
    }

    private static String connect(ScriptedServer server) {
        return "CONNECT " + server.origin() + " HTTP/1.1\r\nHost: " + server.origin() + "\r\n\r\n";
    }

    @Test
    void carriesOctetsBothWaysAndTheEndOfEach() throws Exception {
        byte[] up = TestContent.random(3_000_000, 1);
        byte[] down = TestContent.random(2_000_000, 2);
        CompletableFuture<byte[]> received = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    received.complete(connection.in.readAllBytes());
                    connection.write(down);
                });
                RunningProxy proxy = to(server);
                Wire wire = proxy.connect()) {
            wire.write(connect(server));
            assertThat(wire.head()).startsWith("HTTP/1.1 200 ").doesNotContainIgnoringCase("content-length");
            wire.write(up);
            wire.socket.shutdownOutput();
            assertThat(wire.in.readAllBytes()).isEqualTo(down);
            assertThat(Await.result(received)).isEqualTo(up);
            Await.until(
                    "the tunnel is gone",
                    () -> proxy.registry.get("peerdist_proxy_tunnels").gauge().value() == 0);
            assertThat(proxy.count("peerdist_proxy_bytes", "kind", "tunnel", "direction", "to_server"))
                    .isEqualTo(up.length);
            assertThat(proxy.count("peerdist_proxy_requests", "kind", "tunnel")).isEqualTo(1);
        }
    }

    @Test
    void keepsWhatCameWithTheRequest() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    connection.write(connection.in.readNBytes(11));
                });
                RunningProxy proxy = to(server);
                Wire wire = proxy.connect()) {
            wire.write(connect(server) + "\u0016\u0003\u0001 hello\r\n");
            wire.head();
            assertThat(new String(wire.in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .isEqualTo("\u0016\u0003\u0001 hello\r\n");
        }
    }

    @Test
    void leadsToAllowedPortsOnly() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering("");
                RunningProxy proxy = RunningProxy.plain()) {
            Answer answer = proxy.ask(connect(server));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.text()).contains("tunnels to port " + server.port() + " are not allowed");
            assertThat(server.connections).hasValue(0);
        }
    }

    @Test
    void saysWhenTheServerCannotBeReached() throws Exception {
        ScriptedServer server = ScriptedServer.answering("");
        try (RunningProxy proxy = to(server)) {
            server.close();
            Answer answer = proxy.ask(connect(server));
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text()).contains("refused the connection");
        }
    }

    @Test
    void isClosedWhenNothingMoves() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> connection.in.readAllBytes());
                RunningProxy proxy = new RunningProxy(how -> how.put("agent.proxy.connect-ports", "x", server.port())
                        .put("agent.proxy.tunnel-idle-timeout", "x", "200ms"));
                Wire wire = proxy.connect()) {
            wire.write(connect(server));
            wire.head();
            assertThat(wire.in.read()).isEqualTo(-1);
        }
    }

    @Test
    void areBoundedInNumber() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> connection.in.readAllBytes());
                RunningProxy proxy = new RunningProxy(how -> how.put("agent.proxy.connect-ports", "x", server.port())
                        .put("agent.proxy.max-tunnels", "x", 1));
                Wire first = proxy.connect()) {
            first.write(connect(server));
            assertThat(first.head()).startsWith("HTTP/1.1 200");
            assertThat(proxy.ask(connect(server)).status()).isEqualTo(503);
        }
    }

    @Test
    void goesThroughTheParent() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    connection.write(connection.in.readNBytes(5));
                });
                RunningProxy parent = to(server);
                RunningProxy child = new RunningProxy(how -> how.put("agent.proxy.connect-ports", "x", server.port())
                        .put(
                                "agent.proxy.parent",
                                "x",
                                "http://127.0.0.1:" + parent.address().getPort()));
                Wire wire = child.connect()) {
            wire.write(connect(server) + "hello");
            assertThat(wire.head()).startsWith("HTTP/1.1 200");
            assertThat(new String(wire.in.readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("hello");
            assertThat(parent.count("peerdist_proxy_requests", "kind", "tunnel"))
                    .isEqualTo(1);
        }
    }
}
