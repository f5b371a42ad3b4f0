// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.agent.TestContent;
import io.peerdist.agent.proxy.RunningProxy.Answer;
import io.peerdist.agent.proxy.ScriptedServer.Wire;
import io.peerdist.conformance.Await;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassThroughIT {
    private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    private final RunningProxy proxy = RunningProxy.plain();

    @AfterEach
    void stop() {
        proxy.close();
    }

    @Test
    void passesAnAnswerWithLengthOn() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(
                "HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nX-One: a\r\nX-One: b\r\nConnection: x-hop\r\nX-Hop: 1\r\n"
                        + "Keep-Alive: timeout=5\r\n\r\nhello")) {
            Answer answer = proxy.get(server.url("/a/b?c=%20d"), "Proxy-Connection: keep-alive", "X-Mine: 1");

            assertThat(answer.text()).isEqualTo("hello");
            assertThat(answer.head())
                    .startsWith("HTTP/1.1 200 Fine\r\n")
                    .contains("X-One: a\r\nX-One: b\r\n", "Via: 1.1 peerdist (")
                    .doesNotContainIgnoringCase("x-hop")
                    .doesNotContainIgnoringCase("keep-alive");
            assertThat(server.heads.get(0))
                    .startsWith("GET /a/b?c=%20d HTTP/1.1\r\n")
                    .contains("X-Mine: 1", "Via: 1.1 peerdist (")
                    .containsIgnoringCase("host: " + server.origin() + "\r\n")
                    .doesNotContainIgnoringCase("proxy-connection");
        }
    }

    @Test
    void passesChunksOnAndTrailersWithThem() throws Exception {
        String chunks = "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 7\r\n\r\n";
        try (ScriptedServer server = ScriptedServer.answering(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n" + chunks);
                Wire wire = proxy.connect()) {
            wire.write("GET " + server.url("/") + " HTTP/1.1\r\nHost: x\r\nTE: trailers\r\n\r\n");
            String head = wire.head();
            assertThat(head).containsIgnoringCase("transfer-encoding: chunked").doesNotContain("ontent-Length");
            StringBuilder body = new StringBuilder();
            while (body.indexOf("0\r\nX-Sum: 7\r\n\r\n") < 0) {
                body.append((char) wire.in.read());
            }
            assertThat(body.toString()).contains("abc").contains("de");
            assertThat(server.heads.get(0)).containsIgnoringCase("te: trailers");
        }
    }

    @Test
    void gives10ClientsTheBodyAndCloses() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
                Wire wire = proxy.connect()) {
            wire.write("GET " + server.url("/") + " HTTP/1.0\r\n\r\n");
            assertThat(wire.head()).containsIgnoringCase("connection: close").doesNotContainIgnoringCase("chunked");
            assertThat(new String(wire.in.readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("abc");
        }
    }

    @Test
    void putsChunksRoundABodyThatEndsWithTheConnection() throws Exception {
        byte[] content = TestContent.random(300_000, 4);
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.head();
            connection.write("HTTP/1.0 200 OK\r\n\r\n");
            connection.write(content);
        })) {
            Answer answer = proxy.get(server.url("/"));
            assertThat(answer.head()).containsIgnoringCase("transfer-encoding: chunked");
            assertThat(answer.body()).isEqualTo(content);
        }
    }

    @Test
    void showsThatABodyBrokeOff() throws Exception {
        for (String head : new String[] {
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        }) {
            try (ScriptedServer server = new ScriptedServer(connection -> {
                connection.head();
                connection.write(head);
            })) {
                Answer[] answer = new Answer[1];
                assertThatThrownBy(() -> {
                            answer[0] = proxy.get(server.url("/"));
                            assertThat(answer[0].body()).hasSize(100);
                        })
                        .satisfiesAnyOf(
                                e -> assertThat(e).isInstanceOf(IOException.class),
                                e -> assertThat(e).isInstanceOf(AssertionError.class));
            }
        }
    }

    @Test
    void showsThatABodyWithoutLengthWasReset() throws Exception {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    connection.head();
                    connection.write("HTTP/1.1 200 OK\r\n\r\nabc");
                    taken.join();
                    connection.socket.setSoLinger(true, 0);
                });
                Wire wire = proxy.connect()) {
            wire.write("GET " + server.url("/") + " HTTP/1.0\r\n\r\n");
            wire.head();
            assertThat(wire.in.readNBytes(3)).isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
            taken.complete(null);
            assertThatThrownBy(() -> wire.in.readAllBytes()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void keepsConnectionsOnBothSides() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(HELLO);
                Wire wire = proxy.connect()) {
            for (int i = 0; i < 5; i++) {
                wire.write("GET " + server.url("/" + i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(RunningProxy.answer(wire).text()).isEqualTo("hello");
            }
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
                        String path = head.split(" ", 3)[1];
                        connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
                    }
                });
                Wire wire = proxy.connect()) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                all.append("GET " + server.url("/" + i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
            }
            wire.write(all.toString());
            for (int i = 0; i < 20; i++) {
                assertThat(RunningProxy.answer(wire).text()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void asksOnceMoreWhenAKeptConnectionWasJustClosed() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    connection.head();
                    connection.write(HELLO);
                    connection.head();
                });
                Wire wire = proxy.connect()) {
            for (int i = 0; i < 3; i++) {
                wire.write("GET " + server.url("/" + i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(RunningProxy.answer(wire).text()).isEqualTo("hello");
            }
        }
    }

    @Test
    void saysWhenAServerClosesWithoutAnswer() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> connection.head())) {
            Answer answer = proxy.get(server.url("/"));
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text()).contains(server.origin(), "closed the connection before it answered");
            assertThat(answer.head()).contains("Via: 1.1 peerdist (");
            assertThat(proxy.count("peerdist_proxy_upstream_failures", "reason", "broken"))
                    .isEqualTo(1);
        }
    }

    @Test
    void saysWhenNothingListens() throws Exception {
        int port;
        try (ScriptedServer server = ScriptedServer.answering("")) {
            port = server.port();
        }
        Answer answer = proxy.get("http://127.0.0.1:" + port + "/");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.text()).contains("refused the connection");
    }

    @Test
    void saysWhenANameIsUnknown() throws Exception {
        HostLookup nothing = host -> {
            throw new UnknownHostException(host);
        };
        try (RunningProxy lost = new RunningProxy(how -> how, nothing, from -> true)) {
            Answer answer = lost.get("http://no.such.example/");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text()).contains("no.such.example:80 cannot be resolved");
        }
    }

    @Test
    void saysWhenAServerDoesNotAnswerInTime() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try (RunningProxy hasty = new RunningProxy(how -> how.put("agent.proxy.response-timeout", "x", "300ms"));
                ScriptedServer server = new ScriptedServer(connection -> {
                    connection.head();
                    done.join();
                })) {
            Answer answer = hasty.get(server.url("/"));
            assertThat(answer.status()).isEqualTo(504);
            done.complete(null);
        }
    }

    @Test
    void saysWhenTheBodyOfARequestDoesNotArrive() throws Exception {
        try (RunningProxy hasty = new RunningProxy(how -> how.put("agent.proxy.stall-timeout", "x", "300ms"));
                ScriptedServer server = new ScriptedServer(connection -> connection.in.readAllBytes())) {
            Answer answer =
                    hasty.ask("PUT " + server.url("/") + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
            assertThat(answer.status()).isEqualTo(408);
        }
    }

    @Test
    void keepsTheConnectionOf10ClientsThatWantThat() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(HELLO);
                Wire wire = proxy.connect()) {
            for (int i = 0; i < 2; i++) {
                wire.write("GET " + server.url("/") + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
                Answer answer = RunningProxy.answer(wire);
                assertThat(answer.head())
                        .containsIgnoringCase("connection: keep-alive")
                        .containsIgnoringCase("date: ");
                assertThat(answer.text()).isEqualTo("hello");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nConnection: content-length\r\nContent-Length: 3\r\n\r\nabc",
                "SSH-2.0-OpenSSH_9\r\n\r\n"
            })
    void passesNoAnswerOnThatCouldBeReadInTwoWays(String octets) throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(octets)) {
            assertThat(proxy.get(server.url("/")).status()).isEqualTo(502);
        }
    }

    @Test
    void leavesTheFieldsOfHeadAnswersAlone() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
                Wire wire = proxy.connect()) {
            for (int i = 0; i < 2; i++) {
                wire.write("HEAD " + server.url("/") + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(wire.head()).containsIgnoringCase("content-length: 1000");
            }
        }
    }

    @Test
    void passesNotModifiedOn() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(
                        "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 9\r\n\r\n");
                Wire wire = proxy.connect()) {
            for (int i = 0; i < 2; i++) {
                wire.write("GET " + server.url("/") + " HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\"\r\n\r\n");
                assertThat(wire.head()).startsWith("HTTP/1.1 304").contains("ETag: \"a\"");
            }
        }
    }

    @Test
    void passesBodiesUpAndWaitsForContinue() throws Exception {
        byte[] content = TestContent.random(700_000, 5);
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    String head = connection.head();
                    connection.write("HTTP/1.1 100 Continue\r\n\r\n");
                    byte[] body = connection.body(head);
                    connection.write("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n"
                            + (Arrays.equals(body, content) ? "same" : "else"));
                });
                Wire wire = proxy.connect()) {
            wire.write("POST " + server.url("/up") + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
                    + content.length + "\r\n\r\n");
            assertThat(wire.head()).startsWith("HTTP/1.1 100");
            wire.write(content);
            Answer answer = RunningProxy.answer(wire);
            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.text()).isEqualTo("same");
            assertThat(proxy.count("peerdist_proxy_bytes", "kind", "passed", "direction", "to_server"))
                    .isEqualTo(content.length);
        }
    }

    @Test
    void passesChunkedBodiesUp() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    String head = connection.head();
                    byte[] body = connection.body(head);
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
                    connection.write(body);
                });
                Wire wire = proxy.connect()) {
            wire.write("PUT " + server.url("/up")
                    + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
            assertThat(RunningProxy.answer(wire).text()).isEqualTo("abcdefg");
        }
    }

    @Test
    void passesTheSmallestChunksUp() throws Exception {
        int chunks = 1_500;
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    byte[] body = connection.body(connection.head());
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + body.length);
                });
                Wire wire = proxy.connect()) {
            wire.write("PUT " + server.url("/up") + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1\r\na\r\n".repeat(chunks) + "0\r\n\r\n");
            assertThat(RunningProxy.answer(wire).text()).isEqualTo("1500");
        }
    }

    @Test
    void stopsReadingFromTheServerWhileTheProgramTakesNothing() throws Exception {
        AtomicLong sent = new AtomicLong();
        long all = 64L << 20;
        try (ScriptedServer server = new ScriptedServer(connection -> {
                    connection.head();
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + all + "\r\n\r\n");
                    byte[] piece = new byte[65_536];
                    while (sent.get() < all) {
                        connection.write(piece);
                        sent.addAndGet(piece.length);
                    }
                });
                Wire wire = proxy.connect()) {
            wire.socket.setReceiveBufferSize(65_536);
            wire.write("GET " + server.url("/") + " HTTP/1.1\r\nHost: x\r\n\r\n");
            String head = wire.head();
            long[] last = {-1};
            int[] same = {0};
            Await.until("the server is held up", () -> {
                same[0] = sent.get() == last[0] ? same[0] + 1 : 0;
                last[0] = sent.get();
                return same[0] > 100;
            });
            assertThat(sent.get()).isLessThan(all / 2);
            assertThat(wire.body(head)).hasSize((int) all);
        }
    }

    @Test
    void cutsTheServerOffWhenTheProgramLeaves() throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.head();
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            try {
                while (true) {
                    connection.write("5\r\nhello\r\n");
                }
            } catch (IOException e) {
                end.complete("cut");
            }
        })) {
            Wire wire = proxy.connect();
            wire.write("GET " + server.url("/") + " HTTP/1.1\r\nHost: x\r\n\r\n");
            wire.head();
            wire.close();
            assertThat(Await.result(end)).isEqualTo("cut");
        }
    }

    @Test
    void answersAProgramThatHasShutDownItsDirection() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(HELLO);
                Wire wire = proxy.connect()) {
            wire.write("GET " + server.url("/") + " HTTP/1.1\r\nHost: x\r\n\r\n");
            wire.socket.shutdownOutput();
            assertThat(RunningProxy.answer(wire).text()).isEqualTo("hello");
            assertThat(wire.in.read()).isEqualTo(-1);
        }
    }

    @RandomizedTest(tries = 12)
    void deliversEveryOctetHoweverItIsCut(Gen gen) throws Exception {
        byte[] content = TestContent.random(gen.intBetween(0, 400_000), gen.intBetween(0, 1 << 20));
        int way = gen.intBetween(0, 2);
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        String framing = way == 0
                ? "Content-Length: " + content.length + "\r\n"
                : way == 1 ? "Transfer-Encoding: chunked\r\n" : "Connection: close\r\n";
        octets.writeBytes(("HTTP/1.1 200 OK\r\n" + framing + "\r\n").getBytes(StandardCharsets.US_ASCII));
        if (way == 1) {
            for (int at = 0; at < content.length; ) {
                int size = Math.min(content.length - at, gen.intBetween(1, 70_000));
                octets.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                octets.write(content, at, size);
                octets.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
                at += size;
            }
            octets.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } else {
            octets.writeBytes(content);
        }
        byte[] all = octets.toByteArray();
        int piece = gen.intBetween(1, 3) == 1 ? Math.max(50, gen.intBetween(50, 900)) : gen.intBetween(1_000, 200_000);
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.head();
            for (int at = 0; at < all.length; at += piece) {
                connection.write(Arrays.copyOfRange(all, at, Math.min(all.length, at + piece)));
            }
        })) {
            assertThat(proxy.get(server.url("/")).body()).isEqualTo(content);
        }
    }
}
