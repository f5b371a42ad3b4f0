// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
import io.peerdist.agent.TestContent;
import io.peerdist.agent.proxy.RunningProxy.Answer;
import io.peerdist.agent.proxy.ScriptedServer.Wire;
import io.peerdist.runtime.FailureException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may ask the proxy for what. */
class ProxyRulesIT {
    private final ScriptedServer server = ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET http://H/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET http://H/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "GET http://H/ HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
                "GET http://H/ HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc",
                "GET http://H/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "GET http://H/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "GET http://H/ HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET http://H/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET http://H/ HTTP/1.1\r\n\r\n",
                "GET http://H/ HTTP/1.1\r\nHost: a\r\nConnection: content-length\r\nContent-Length: 3\r\n\r\nabc",
                "GET http://H/ HTTP/1.1\r\nHost: a\r\nX\u0000: b\r\n\r\n",
                "GET http://H/ HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
                "POST http://H/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "GET http://u:p@H/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET https://H/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: H\r\n\r\n",
                "POST /proxy.pac HTTP/1.1\r\nHost: H\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: H\r\n\r\n",
                "\u0016\u0003\u0001\u0000\u0000\r\n\r\n"
            })
    void refusesWhatCouldBeReadInTwoWays(String request) throws Exception {
        try (RunningProxy proxy = RunningProxy.plain()) {
            Answer answer = proxy.ask(request.replace("H/", server.origin() + "/"));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.head()).containsIgnoringCase("connection: close").contains("Via: 1.1 peerdist");
            assertThat(answer.text()).startsWith("400 Bad Request\n\n");
            assertThat(server.heads).noneMatch(head -> head.contains("smuggled"));
        }
    }

    @Test
    void joinsFoldedFieldsBeforeAnybodyReadsThem() throws Exception {
        try (RunningProxy proxy = RunningProxy.plain()) {
            Answer answer = proxy.get(server.url("/"), "X-Folded: a\r\n b");
            if (answer.status() == 200) {
                assertThat(server.heads.get(0)).contains("X-Folded: a b\r\n");
            } else {
                assertThat(answer.status()).isEqualTo(400);
            }
        }
    }

    @Test
    void saysWhatIsTooLong() throws Exception {
        try (RunningProxy proxy = RunningProxy.plain()) {
            assertThat(proxy.get(server.url("/" + "x".repeat(40_000))).status()).isEqualTo(414);
            assertThat(proxy.get(server.url("/"), "X: " + "x".repeat(70_000)).status())
                    .isEqualTo(431);
            assertThat(proxy.get(server.url("/" + "x".repeat(20_000)), "X: " + "x".repeat(40_000))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void noticesThatARequestComesBack() throws Exception {
        try (RunningProxy proxy = RunningProxy.plain()) {
            Answer itself = proxy.get("http://127.0.0.1:" + proxy.address().getPort() + "/");
            assertThat(itself.status()).isEqualTo(508);
            assertThat(proxy.get(server.url("/")).status()).isEqualTo(200);
            String via = server.heads.get(0).replaceFirst("(?s).*Via: ([^\r]*)\r.*", "$1");
            assertThat(proxy.get(server.url("/"), "Via: 1.1 other, " + via).status())
                    .isEqualTo(508);
            assertThat(proxy.count("peerdist_proxy_refused", "reason", "loop")).isEqualTo(2);
        }
    }

    @Test
    void answersTheLastOfItsForwardsItself() throws Exception {
        try (RunningProxy proxy = RunningProxy.plain()) {
            String url = server.url("/x");
            Answer trace = proxy.ask(
                    "TRACE " + url + " HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\nCookie: secret\r\nX-Mine: 1\r\n\r\n");
            assertThat(trace.head()).containsIgnoringCase("content-type: message/http");
            assertThat(trace.text()).contains("TRACE " + url, "X-Mine: 1").doesNotContain("secret");
            Answer options = proxy.ask("OPTIONS " + url + " HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
            assertThat(options.head()).containsIgnoringCase("allow: GET");
            assertThat(server.heads).isEmpty();

            proxy.ask("OPTIONS http://" + server.origin() + " HTTP/1.1\r\nHost: a\r\nMax-Forwards: 7\r\n\r\n");
            assertThat(server.heads.get(0)).startsWith("OPTIONS * HTTP/1.1\r\n").contains("Max-Forwards: 6");
        }
    }

    @Test
    void setsProgramsUpByScript() throws Exception {
        try (RunningProxy proxy = RunningProxy.plain()) {
            Answer answer = proxy.ask("GET /proxy.pac HTTP/1.1\r\nHost: proxy.example:3128\r\n\r\n");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.head()).containsIgnoringCase("content-type: application/x-ns-proxy-autoconfig");
            assertThat(answer.text()).contains("PROXY proxy.example:3128; DIRECT");
        }
    }

    @Test
    void asksForUserAndPassword(@TempDir Path directory) throws Exception {
        Path users = Files.writeString(directory.resolve("users"), "ann:secret\n");
        String shown = "Proxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString("ann:secret".getBytes(StandardCharsets.US_ASCII));
        try (RunningProxy proxy = new RunningProxy(how -> how.put("agent.proxy.credentials", "x", users));
                Wire wire = proxy.connect()) {
            wire.write("GET " + server.url("/") + " HTTP/1.1\r\nHost: a\r\n\r\n");
            Answer refused = RunningProxy.answer(wire);
            assertThat(refused.status()).isEqualTo(407);
            assertThat(refused.head()).containsIgnoringCase("proxy-authenticate: Basic realm=");
            wire.write("GET " + server.url("/") + " HTTP/1.1\r\nHost: a\r\n" + shown + "\r\n\r\n");
            assertThat(RunningProxy.answer(wire).text()).isEqualTo("hello");
            assertThat(server.heads.get(0)).doesNotContainIgnoringCase("proxy-authorization");
            assertThat(proxy.ask("CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\n\r\n")
                            .status())
                    .isEqualTo(407);
            assertThat(proxy.ask("GET /proxy.pac HTTP/1.1\r\nHost: a:1\r\n\r\n").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void asksAllowedServersOnly() throws Exception {
        try (RunningProxy proxy = new RunningProxy(
                how -> how.putAll("agent.proxy.allow", "x", List.of(".example.org", server.origin())))) {
            assertThat(proxy.get(server.url("/")).status()).isEqualTo(200);
            Answer answer = proxy.get("http://localhost:" + server.port() + "/");
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.text()).contains("is not among the servers that may be asked");
        }
    }

    @Test
    void servesAdmittedNetworksOnly() throws Exception {
        try (RunningProxy proxy = new RunningProxy(how -> how.put("agent.proxy.clients", "x", "10.0.0.0/8"))) {
            Answer answer = proxy.get(server.url("/"));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.text()).contains("programs at 127.0.0.1 may not use this proxy");
        }
    }

    /** With 127.0.0.2 as another machine. */
    private Answer askFromElsewhere(RunningProxy proxy, String url) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress("127.0.0.2", 0));
            socket.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), proxy.address().getPort()));
            Wire wire = new Wire(socket);
            wire.write("GET " + url + " HTTP/1.1\r\nHost: a\r\n\r\n");
            return RunningProxy.answer(wire);
        }
    }

    private static boolean isHere(InetAddress address) {
        return address.getHostAddress().equals("127.0.0.1");
    }

    @Test
    void keepsOtherMachinesAwayFromThisOne() throws Exception {
        HostLookup lookup = host -> List.of(InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1}));
        try (RunningProxy proxy = new RunningProxy(how -> how, lookup, ProxyRulesIT::isHere)) {
            for (String host : new String[] {"127.0.0.1", "[::1]", "0.0.0.0", "innocent.example", "localhost"}) {
                Answer answer = askFromElsewhere(proxy, "http://" + host + ":" + server.port() + "/");
                assertThat(answer.status()).as(host).isEqualTo(403);
            }
            assertThat(proxy.get("http://innocent.example:" + server.port() + "/")
                            .text())
                    .isEqualTo("hello");
            // What this machine may reach is not lent out by way of a kept connection.
            assertThat(askFromElsewhere(proxy, "http://innocent.example:" + server.port() + "/")
                            .status())
                    .isEqualTo(403);
            assertThat(server.heads).hasSize(1);
        }
    }

    @Test
    void connectsToTheAddressThatItHasChecked() throws Exception {
        AtomicInteger lookUps = new AtomicInteger();
        HostLookup changing = host -> lookUps.getAndIncrement() == 0
                ? List.of(InetAddress.getLoopbackAddress())
                : List.of(InetAddress.getByName("127.0.0.4"));
        try (RunningProxy proxy = new RunningProxy(how -> how, changing, ProxyRulesIT::isHere)) {
            String url = "http://rebind.example:" + server.port() + "/";
            assertThat(proxy.get(url).text()).isEqualTo("hello");
            assertThat(lookUps).hasValue(1);
            // Another answer of the name server is held against the rules too.
            assertThat(askFromElsewhere(proxy, url).status()).isEqualTo(403);
            assertThat(lookUps).hasValue(2);
        }
    }

    @Test
    void triesTheNextAddressOfAServer() throws Exception {
        HostLookup two = host -> List.of(InetAddress.getByName("127.0.0.3"), InetAddress.getLoopbackAddress());
        try (RunningProxy proxy = new RunningProxy(how -> how, two, from -> true)) {
            assertThat(proxy.get("http://two.example:" + server.port() + "/").text())
                    .isEqualTo("hello");
        }
    }

    @Test
    void asksTheParentInstead() throws Exception {
        try (RunningProxy parent = RunningProxy.plain();
                RunningProxy child = new RunningProxy(how -> how.put(
                                "agent.proxy.parent",
                                "x",
                                "127.0.0.1:" + parent.address().getPort())
                        .put("agent.proxy.no-proxy", "x", "localhost"))) {
            assertThat(child.get(server.url("/a?b")).text()).isEqualTo("hello");
            assertThat(server.heads.get(0)).startsWith("GET /a?b HTTP/1.1\r\n");
            assertThat(server.heads.get(0).split("1.1 peerdist", -1)).hasSize(3);
            assertThat(parent.count("peerdist_proxy_requests", "kind", "passed"))
                    .isEqualTo(1);
            assertThat(child.get("http://localhost:" + server.port() + "/").text())
                    .isEqualTo("hello");
            assertThat(parent.count("peerdist_proxy_requests", "kind", "passed"))
                    .isEqualTo(1);
        }
    }

    @Test
    void reachesServersOverIpv6() throws Exception {
        try (ScriptedServer six = new ScriptedServer("::1", connection -> {
                    connection.head();
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nsix");
                });
                RunningProxy proxy = new RunningProxy(how -> how.put("agent.proxy.bind", "x", "::1"))) {
            assertThat(proxy.get(six.url("/")).text()).isEqualTo("six");
            assertThat(six.heads.get(0)).containsIgnoringCase("host: [::1]:" + six.port());
        }
    }

    @Test
    void boundsTheConnections() throws Exception {
        try (RunningProxy proxy = new RunningProxy(how -> how.put("agent.proxy.max-connections", "x", 1));
                Wire first = proxy.connect()) {
            first.write("GET " + server.url("/") + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(RunningProxy.answer(first).text()).isEqualTo("hello");
            try (Wire second = proxy.connect()) {
                Answer answer = RunningProxy.answer(second);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.text()).contains("too many connections");
            }
        }
    }

    @Test
    void listensOnASocketOfItsOwnerAlone(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "epoll, which Unix-domain sockets need here");
        Path path = directory.resolve("proxy.socket");
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Closing does not remove the file.
            left.bind(UnixDomainSocketAddress.of(path));
        }
        try (RunningProxy proxy = new RunningProxy(how -> how.put("agent.proxy.socket", "x", path));
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            channel.write(StandardCharsets.US_ASCII.encode(
                    "GET " + server.url("/") + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
            assertThat(new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 OK")
                    .endsWith("hello");
            assertThatThrownBy(() -> new RunningProxy(how -> how.put("agent.proxy.socket", "x", path)))
                    .isInstanceOf(FailureException.class)
                    .hasMessageContaining("another program listens there");
            assertThat(proxy.address().getPort()).isPositive();
        }
        assertThat(path).doesNotExist();
        Files.writeString(path, "a file");
        assertThatThrownBy(() -> new RunningProxy(how -> how.put("agent.proxy.socket", "x", path)))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("is no socket");
    }

    @Test
    void saysWhenThePortIsTaken() {
        assertThatThrownBy(() -> new RunningProxy(how -> how.put("agent.proxy.port", "x", server.port())))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("(proxy): the port is in use");
    }

    @Test
    void agreesWithCurl(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        byte[] content = TestContent.random(500_000, 9);
        try (ScriptedServer large = new ScriptedServer(connection -> {
                    while (!connection.head().isEmpty()) {
                        connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + content.length + "\r\n\r\n");
                        connection.write(content);
                    }
                });
                RunningProxy proxy = RunningProxy.plain()) {
            Path out = directory.resolve("out");
            Process curl = new ProcessBuilder(
                            "/usr/bin/curl",
                            "-sS",
                            "--noproxy",
                            "",
                            "-x",
                            "http://127.0.0.1:" + proxy.address().getPort(),
                            "-o",
                            out.toString(),
                            "-w",
                            "%{http_code} %{num_connects}",
                            large.url("/a"),
                            "-o",
                            out + "2",
                            large.url("/b"))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(curl.waitFor()).as(said).isZero();
            assertThat(said).startsWith("200 1").endsWith("200 0");
            assertThat(Files.readAllBytes(out)).isEqualTo(content);
            assertThat(Files.readAllBytes(Path.of(out + "2"))).isEqualTo(content);
            assertThat(large.connections).hasValue(1);
        }
    }
}
