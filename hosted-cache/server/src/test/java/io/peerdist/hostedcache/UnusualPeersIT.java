// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the hosted cache takes, and does not, from a peer whose HTTP is not that of {@link ServerRolePeer}. */
class UnusualPeersIT extends HostedCacheServerFixture {
    private final SuiteContent content = SuiteContent.v2(1, BLOCK_BYTES);
    private final SuiteContent.Segment segment = content.segments().get(0);
    private final byte[] answer = ServerRolePeer.block(segment, 0, AES_128);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger asked = new AtomicInteger();
    private ServerSocket listener;

    /** Writes what a peer answers to a request. */
    @FunctionalInterface
    private interface Answer {
        void write(OutputStream out) throws IOException;
    }

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK\n\n",
                "HTTP/1.0 200 OK\nConnection: keep-alive\nContent-Length: $\n\n",
                "HTTP/1.1 200 OK\nConnection: close\n\n",
                "HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nContent-Length: $\n\n",
            })
    void takesEveryFramingThatPeersUse(String head) throws Exception {
        offer(out -> {
            write(out, head.replace("$", Integer.toString(answer.length)));
            out.write(answer);
        });

        awaitCached(segment);
        assertThat(asked).hasValue(1);
    }

    @Test
    void takesAnAnswerInChunks() throws Exception {
        offer(out -> {
            write(out, "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n");
            for (int from = 0; from < answer.length; from += 7_000) {
                byte[] chunk = Arrays.copyOfRange(answer, from, Math.min(answer.length, from + 7_000));
                write(out, Integer.toHexString(chunk.length) + ";x=y\n");
                out.write(chunk);
                write(out, "\n");
            }
            write(out, "0\n\n");
        });

        awaitCached(segment);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "204 No Content\n\n",
                "200 OK\nContent-Length: 0\n\n",
                "404 Not Found\nContent-Length: 0\n\n",
                "429 Too Many Requests\nRetry-After: 1\nContent-Length: 0\n\n",
                "500 Internal Server Error\nContent-Length: 0\n\n",
                "503 Service Unavailable\nRetry-After: 1\nContent-Length: 0\n\n",
            })
    void takesNoOtherStatusForABlock(String head) throws Exception {
        offer(out -> write(out, "HTTP/1.1 " + head));

        assertNothingKept();
    }

    @Test
    void followsNoRedirection() throws Exception {
        ServerRolePeer elsewhere = honestPeer(content, AES_128);
        offer(out -> write(
                out,
                "HTTP/1.1 307 Temporary Redirect\nLocation: http://127.0.0.1:" + elsewhere.port()
                        + "/116B50EB-ECE2-41ac-8429-9F9E963361B7/\nContent-Length: 0\n\n"));

        assertNothingKept();
        assertThat(elsewhere.asked).isEmpty();
    }

    @Test
    void endsABodyThatDoesNotEnd() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        offer(out -> {
            write(out, "HTTP/1.1 200 OK\n\n");
            out.write(answer);
            while (true) {
                out.write(new byte[65_536]);
                sent.addAndGet(65_536);
            }
        });

        assertNothingKept();
        assertThat(sent.get()).as("octets on the way when it was cut off").isLessThan(64 << 20);
    }

    @Test
    void takesNoBlockWithOctetsBehindIt() throws Exception {
        offer(out -> {
            write(out, "HTTP/1.1 200 OK\nContent-Length: " + (answer.length + 8) + "\n\n");
            out.write(answer);
            out.write(new byte[8]);
        });

        assertNothingKept();
    }

    /** Offsets in the answer: version, type, size of the message, algorithm, identifier, index, size of the block. */
    @ParameterizedTest
    @CsvSource({"4, 3", "8, 4", "12, 16", "16, 9", "20, 48", "24, 7", "56, 1", "64, 16", "64, 1", "64, -1"})
    void takesNoBlockWithAWrongField(int at, int value) throws Exception {
        byte[] wrong = answer.clone();
        ByteBuffer.wrap(wrong).putInt(at, value);
        offer(out -> {
            write(out, "HTTP/1.1 200 OK\nContent-Length: " + wrong.length + "\n\n");
            out.write(wrong);
        });

        assertNothingKept();
    }

    private void assertNothingKept() throws IOException {
        Await.until("asked", () -> asked.get() > 0);
        pullAnother(SuiteContent.v2(2, 3_000));
        assertNotCached(segment);
    }

    private void offer(Answer script) throws IOException {
        threads.execute(() -> accept(script));
        assertThat(client.offerV2(SuiteBytes.batchedOffer(listener.getLocalPort(), content.segments()))
                        .responseCode())
                .isEqualTo(OK);
    }

    private void accept(Answer script) {
        try {
            while (true) {
                Socket socket = listener.accept();
                threads.execute(() -> serve(socket, script));
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    private void serve(Socket socket, Answer script) {
        try (socket) {
            readRequest(socket.getInputStream());
            asked.incrementAndGet();
            script.write(socket.getOutputStream());
        } catch (IOException e) {
            // the cache has closed its end, as it should in some tests
        }
    }

    private static void readRequest(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("end of requests");
            }
            head.write(octet);
            text = head.toString(StandardCharsets.ISO_8859_1);
        }
        String lower = text.toLowerCase(Locale.ROOT);
        int from = lower.indexOf("content-length:") + "content-length:".length();
        in.readNBytes(Integer.parseInt(
                lower.substring(from, lower.indexOf("\r\n", from)).trim()));
    }

    private static void write(OutputStream out, String lines) throws IOException {
        out.write(lines.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }
}
