// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.TestHostedCache;
import io.peerdist.agent.TestOrigin;
import io.peerdist.agent.proxy.RunningProxy.Answer;
import io.peerdist.agent.proxy.ScriptedServer.Wire;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.conformance.Await;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files of servers that speak PeerDist, for programs that do not. */
class HashedFileIT {
    private static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";

    private final byte[] content = TestContent.random(1_500_000, 11);
    private final TestOrigin origin = new TestOrigin(content);
    private final RunningProxy proxy = RunningProxy.plain();

    @AfterEach
    void stop() {
        proxy.close();
        origin.close();
    }

    private String url() {
        return origin.url("/dir/file.bin?x=1").toString();
    }

    private double answered(String kind) {
        return proxy.count("peerdist_proxy_requests", "kind", kind);
    }

    @Test
    void deliversTheFileInPlaceOfItsContentInformation() throws Exception {
        Answer answer = proxy.get(url(), "Accept-Encoding: gzip");

        assertThat(answer.body()).isEqualTo(content);
        assertThat(answer.head())
                .startsWith("HTTP/1.1 200 OK\r\n")
                .containsIgnoringCase("content-length: " + content.length)
                .containsIgnoringCase("etag: W/\"v1\"")
                .contains(DATE, "Via: 1.1 peerdist (")
                .doesNotContainIgnoringCase("content-encoding")
                .doesNotContainIgnoringCase("x-p2p");
        assertThat(origin.requests.get(0))
                .startsWith("GET /dir/file.bin?x=1 range=null encoding=gzip, peerdist peerdist=Version=1.1")
                .contains("MaxContentInformation=2.0");
        assertThat(origin.rangeRequests).hasPositiveValue();
        assertThat(answered("peerdist")).isEqualTo(1);
        assertThat(proxy.count("peerdist_proxy_bytes", "kind", "peerdist", "direction", "to_client"))
                .isEqualTo(content.length);
    }

    @Test
    void keepsTheConnectionOfTheProgram() throws Exception {
        try (Wire wire = proxy.connect()) {
            for (int i = 0; i < 3; i++) {
                wire.write("GET " + url() + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(RunningProxy.answer(wire).body()).isEqualTo(content);
            }
        }
        assertThat(answered("peerdist")).isEqualTo(3);
    }

    @Test
    void givesContentInformationToProgramsThatAskForItThemselves() throws Exception {
        Answer answer =
                proxy.get(url(), "Accept-Encoding: peerdist", "X-P2P-PeerDist: Version=1.0", "X-P2P-PeerDistEx: a=b");
        assertThat(answer.head())
                .containsIgnoringCase("content-encoding: peerdist")
                .containsIgnoringCase("x-p2p");
        assertThat(answer.body()).isEqualTo(TestContent.information(content, 1).encode());
        assertThat(origin.requests.get(0)).contains("encoding=peerdist", "ex=a=b");
        assertThat(answered("passed")).isEqualTo(1);
    }

    @Test
    void passesAFileThatIsNotHashedYet() throws Exception {
        origin.notHashedYet.set(1);
        Answer answer = proxy.get(url());
        assertThat(answer.body()).isEqualTo(content);
        assertThat(answer.head()).doesNotContainIgnoringCase("x-p2p").containsIgnoringCase("etag: \"v1\"");
        assertThat(answered("passed")).isEqualTo(1);
    }

    @Test
    void asksPlainlyWhenItIsToldTo() throws Exception {
        try (RunningProxy quiet = new RunningProxy(how -> how.put("agent.proxy.peerdist", "x", false))) {
            assertThat(quiet.get(url()).body()).isEqualTo(content);
            assertThat(origin.requests.get(0)).contains("encoding=null", "peerdist=null");
        }
    }

    @Test
    void passesRangesOnUntilItKnowsThatTheServerSpeaksPeerDist() throws Exception {
        assertThat(proxy.get(url(), "Range: bytes=10-19").body()).isEqualTo(Arrays.copyOfRange(content, 10, 20));
        assertThat(origin.requests.get(0)).contains("range=bytes=10-19", "peerdist=null");
        assertThat(answered("passed")).isEqualTo(1);
    }

    @Test
    void answersRangesFromTheContentInformation() throws Exception {
        proxy.get(url());
        int length = content.length;
        Answer first = proxy.get(url(), "Range: bytes=100000-299999");
        assertThat(first.status()).isEqualTo(206);
        assertThat(first.head()).containsIgnoringCase("content-range: bytes 100000-299999/" + length);
        assertThat(first.body()).isEqualTo(Arrays.copyOfRange(content, 100_000, 300_000));

        Answer last = proxy.get(url(), "Range: bytes=-5");
        assertThat(last.body()).isEqualTo(Arrays.copyOfRange(content, length - 5, length));
        Answer open = proxy.get(url(), "Range: bytes=" + (length - 70_001) + "-", "If-Range: " + DATE);
        assertThat(open.body()).isEqualTo(Arrays.copyOfRange(content, length - 70_001, length));

        Answer beyond = proxy.get(url(), "Range: bytes=" + length + "-");
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.head()).containsIgnoringCase("content-range: bytes */" + length);
        assertThat(answered("peerdist")).isEqualTo(5);
        assertThat(answered("passed")).isZero();
    }

    @Test
    void sendsTheWholeFileWhenIfRangeNamesAnother() throws Exception {
        proxy.get(url());
        Answer answer = proxy.get(url(), "Range: bytes=1-5", "If-Range: Sun, 06 Nov 1995 08:49:37 GMT");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(content);
        assertThat(answered("peerdist")).isEqualTo(2);
    }

    @Test
    void leavesTagsThatItDoesNotKnowToTheServer() throws Exception {
        proxy.get(url());
        Answer answer = proxy.get(url(), "Range: bytes=1-5", "If-Range: \"plain\"");
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(content, 1, 6));
        assertThat(origin.requests.get(origin.requests.size() - 1)).contains("range=bytes=1-5", "peerdist=null");
        assertThat(proxy.count("peerdist_proxy_fallbacks", "reason", "other_version"))
                .isEqualTo(1);
    }

    @Test
    void passesSeveralRangesOn() throws Exception {
        proxy.get(url());
        proxy.get(url(), "Range: bytes=1-2,4-5");
        assertThat(origin.requests.get(origin.requests.size() - 1)).contains("range=bytes=1-2,4-5", "peerdist=null");
    }

    @Test
    void letsTheServerCutOutRangesOfFilesThatHaveNoHashes() throws Exception {
        proxy.get(url());
        origin.speaksPeerDist = false;
        assertThat(proxy.get(url(), "Range: bytes=3-7").body()).isEqualTo(Arrays.copyOfRange(content, 3, 8));
        assertThat(proxy.get(url(), "Range: bytes=3-7").body()).isEqualTo(Arrays.copyOfRange(content, 3, 8));
        assertThat(origin.requests.get(origin.requests.size() - 1)).contains("peerdist=null");
    }

    @Test
    void asksPlainlyWhenContentInformationCannotBeUsed() throws Exception {
        origin.contentInformation = TestContent.random(5_000, 1);
        assertThat(proxy.get(url()).body()).isEqualTo(content);
        assertThat(proxy.count("peerdist_proxy_fallbacks", "reason", "unusable"))
                .isEqualTo(1);

        origin.contentInformation = new byte[9 << 20];
        assertThat(proxy.get(url()).body()).isEqualTo(content);
        assertThat(proxy.count("peerdist_proxy_fallbacks", "reason", "too_large"))
                .isEqualTo(1);

        origin.contentInformation =
                TestContent.information(Arrays.copyOf(content, 100_000), 2).encode();
        assertThat(proxy.get(url(), "Range: bytes=0-9").body()).isEqualTo(Arrays.copyOf(content, 10));
    }

    @Test
    void asksPlainlyWhenNoStreamHasRoom() throws Exception {
        proxy.streams.close();
        assertThat(proxy.get(url()).body()).isEqualTo(content);
        assertThat(proxy.count("peerdist_proxy_fallbacks", "reason", "busy")).isEqualTo(1);
    }

    private static boolean refuseRange(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestHeaders().containsKey("Range")) {
            return false;
        }
        exchange.sendResponseHeaders(403, -1);
        return true;
    }

    @Test
    void asksPlainlyWhenNothingComesBeforeTheHead() throws Exception {
        origin.hook = (exchange, offset) -> refuseRange(exchange);
        assertThat(proxy.get(url()).body()).isEqualTo(content);
        assertThat(proxy.count("peerdist_proxy_fallbacks", "reason", "failed")).isEqualTo(1);
        assertThat(answered("passed")).isEqualTo(1);
    }

    @Test
    void cutsTheProgramOffWhenTheRestCannotBeHad() throws Exception {
        byte[] large = TestContent.random(30_000_000, 12);
        origin.content = large;
        AtomicBoolean broken = new AtomicBoolean();
        origin.hook = (exchange, offset) -> broken.get() && refuseRange(exchange);
        try (Wire wire = proxy.connect()) {
            wire.socket.setReceiveBufferSize(65_536);
            wire.write("GET " + url() + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(wire.head()).startsWith("HTTP/1.1 200");
            broken.set(true);
            ArrayList<byte[]> parts = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (int at = 0; at < large.length; ) {
                            byte[] part = wire.in.readNBytes(100_000);
                            assertThat(part).isEqualTo(Arrays.copyOfRange(large, at, at + part.length));
                            parts.add(part);
                            at += part.length;
                            if (part.length < 100_000) {
                                throw new IOException("ended");
                            }
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(parts.size()).isLessThan(large.length / 100_000);
        }
    }

    @Test
    void endsTheStreamWhenTheProgramLeaves() throws Exception {
        origin.content = TestContent.random(30_000_000, 12);
        Wire wire = proxy.connect();
        wire.write("GET " + url() + " HTTP/1.1\r\nHost: x\r\n\r\n");
        wire.head();
        assertThat(proxy.registry.get("peerdist_proxy_streams").gauge().value()).isEqualTo(1);
        wire.close();
        Await.until(
                "the stream has ended",
                () -> proxy.registry.get("peerdist_proxy_streams").gauge().value() == 0);
    }

    @Test
    void showsTheProgramsFieldsToTheServerOfTheFileOnly() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        origin.hook = (exchange, offset) -> {
            seen.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("Proxy-Authorization"));
            return false;
        };
        assertThat(proxy.get(url(), "Authorization: Basic abc", "Proxy-Authorization: Basic xyz")
                        .body())
                .isEqualTo(content);
        assertThat(seen).isNotEmpty().allMatch(fields -> fields.equals("Basic abc null"));
    }

    @Test
    void asksTheParentForWhatPeersLackToo() throws Exception {
        try (RunningProxy child = new RunningProxy(how -> how.put(
                "agent.proxy.parent", "x", "http://127.0.0.1:" + proxy.address().getPort()))) {
            assertThat(child.get(url()).body()).isEqualTo(content);
            assertThat(child.count("peerdist_proxy_requests", "kind", "peerdist"))
                    .isEqualTo(1);
            assertThat(origin.rangeRequests).hasPositiveValue();
            assertThat(answered("passed")).isEqualTo(origin.requests.size());
        }
    }

    @Test
    void passesRedirectsToTheProgram() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(
                "HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n")) {
            Answer answer = proxy.get(server.url("/"));
            assertThat(answer.status()).isEqualTo(302);
            assertThat(answer.head()).contains("Location: http://elsewhere.example/");
        }
    }

    @Test
    void passesNotModifiedOnWithTheTagThatTheProgramHas() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering("HTTP/1.1 304 Not Modified\r\nETag: \"a-p2\"\r\n\r\n")) {
            assertThat(proxy.get(server.url("/"), "If-None-Match: W/\"a-p2\"").head())
                    .startsWith("HTTP/1.1 304")
                    .containsIgnoringCase("etag: W/\"a-p2\"");
            assertThat(proxy.get(server.url("/"), "If-None-Match: \"a-p2\"").head())
                    .containsIgnoringCase("etag: \"a-p2\"");
        }
    }

    @Test
    void neverPassesContentInformationThatNobodyAskedFor() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, peerdist\r\nContent-Length: 3\r\n\r\nabc")) {
            assertThat(proxy.get(server.url("/")).status()).isEqualTo(502);
            assertThat(proxy.ask("POST " + server.url("/") + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                            .status())
                    .isEqualTo(502);
            assertThat(proxy.get(server.url("/"), "Range: bytes=0-1").status()).isEqualTo(502);
        }
    }

    @Test
    void deliversNoByteOfPeersThatLie() throws Exception {
        ContentInformation information = TestContent.information(content, 2);
        try (TestHostedCache liar = new TestHostedCache();
                RunningProxy trusting = new RunningProxy(List.of(liar.address()))) {
            liar.source.putAll(information.segments(), TestContent.random(content.length, 13));
            assertThat(trusting.get(url()).body()).isEqualTo(content);
            assertThat(liar.requests).hasPositiveValue();
        }
    }

    @RandomizedTest(tries = 15)
    void deliversTheRangeThatIsAskedForHoweverLargeTheFile(Gen gen) throws Exception {
        byte[] file = TestContent.random(gen.intBetween(1, 400_000), gen.intBetween(0, 1 << 20));
        origin.content = file;
        assertThat(proxy.get(url()).body()).isEqualTo(file);
        int from = gen.intBetween(0, file.length - 1);
        int to = gen.intBetween(from, file.length + 10);
        Answer answer = proxy.get(url(), "Range: bytes=" + from + "-" + to);
        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(file, from, Math.min(to + 1, file.length)));
    }
}
