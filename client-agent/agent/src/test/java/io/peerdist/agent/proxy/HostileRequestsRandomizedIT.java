// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.agent.proxy.ScriptedServer.Wire;
import io.peerdist.conformance.Gen;
import io.peerdist.conformance.RandomizedTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;

/** Requests with octets changed, left out and put in. */
class HostileRequestsRandomizedIT {
    private static final ScriptedServer SERVER =
            ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    /** A changed host must not be asked for anything, nor looked up. */
    private static final RunningProxy PROXY = new RunningProxy(how ->
            how.put("agent.proxy.allow", "x", SERVER.origin()).put("agent.proxy.connect-ports", "x", SERVER.port()));

    @AfterAll
    static void stop() throws IOException {
        PROXY.close();
        SERVER.close();
    }

    /** Whatever comes in is answered, or the connection is closed; and the next program is served. */
    @RandomizedTest(tries = 150)
    void outlivesAnyRequest(Gen gen) throws Exception {
        byte[] request = gen.oneOf(
                        "GET " + SERVER.url("/a") + " HTTP/1.1\r\nHost: a\r\nRange: bytes=0-3\r\n\r\n",
                        "POST " + SERVER.url("/a") + " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
                        "PUT " + SERVER.url("/a")
                                + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                        "CONNECT " + SERVER.origin() + " HTTP/1.1\r\nHost: a\r\n\r\nhello",
                        "HEAD " + SERVER.url("/") + " HTTP/1.0\r\nConnection: keep-alive, te\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] mutated = mutated(request, gen);
        try (Wire wire = PROXY.connect()) {
            wire.write(mutated);
            wire.socket.shutdownOutput();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            readAll(wire, answer);
            if (answer.size() > 0) {
                assertThat(answer.toString(StandardCharsets.ISO_8859_1)).startsWith("HTTP/1.1 ");
            }
        }
        assertThat(PROXY.get(SERVER.url("/")).text()).isEqualTo("hello");
    }

    private static void readAll(Wire wire, ByteArrayOutputStream into) throws IOException {
        try {
            wire.in.transferTo(into);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("neither answered nor closed", e);
        } catch (IOException e) {
            // A reset is an end too.
            assertThat(e).hasMessageContaining("reset");
        }
    }

    private static byte[] mutated(byte[] request, Gen gen) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        int changes = gen.intBetween(1, 4);
        byte[] from = request;
        for (int i = 0; i < changes; i++) {
            octets.reset();
            int at = gen.intBetween(0, from.length - 1);
            octets.write(from, 0, at);
            switch (gen.intBetween(0, 3)) {
                case 0 -> octets.write(gen.intBetween(0, 255));
                case 1 -> octets.writeBytes(gen.bytesUpTo(30));
                case 2 ->
                    octets.writeBytes(gen.oneOf("\r\n", "\r", "\n", ":", " ", "\u0000", ",", "Host: b\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
                default -> octets.write(from, 0, Math.min(from.length, at + 5));
            }
            int rest = Math.min(from.length, at + gen.intBetween(0, 3));
            octets.write(from, rest, from.length - rest);
            from = octets.toByteArray();
        }
        return from;
    }
}
