// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.conformance.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What clients send by mistake or by malice to the two paths of a hosted cache: each gets an answer or is closed within the
 * timer, the cache serves on, and nothing is kept for it.
 */
class BadInputIT {
    private static final SegmentDescriptor SEGMENT = Segments.v2(1, 2_000);

    /** The listener's 15 s for a request and a quarter more, and room for a busy machine. */
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(60);

    private static final int READ_TIMEOUT_MILLIS = (int) REQUEST_LIMIT.toMillis();

    private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

    @TempDir
    private static Path directory;

    private static RunningCache cache;
    private static int threadsAtRest;

    /** What is asked, and a message that is right there. */
    private enum Target {
        RETRIEVAL(RetrievalCodec.PATH, RetrievalCodec.encodeRequest(GetBlocks.one(SEGMENT.id(), 0))),
        OFFER(HostedCacheRequest.OFFER_PATH_V2, new BatchedOffer(1, List.of(SEGMENT)).encode());

        private final String path;
        private final String message;

        Target(String path, byte[] message) {
            this.path = path;
            this.message = new String(message, StandardCharsets.ISO_8859_1);
        }

        String post(String fields, String body) {
            return "POST " + path + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
        }

        /** Sent at once, with its length. */
        String good(String fields) {
            return post(fields + "Content-Length: " + message.length() + "\r\n", message);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        ByteBufUtil.setLeakListener((type, records) -> LEAKS.add(type + ": " + records));
        cache = new RunningCache(directory);
        for (Target target : Target.values()) {
            assertThat(exchange(target.good("Connection: close\r\n"))).startsWith("HTTP/1.1 200 ");
        }
        Await.until("the first connections are over", () -> connections() == 0);
        threadsAtRest = threads();
    }

    @AfterAll
    static void stop() {
        cache.close();
        ByteBufUtil.setLeakListener(null);
    }

    @AfterEach
    void keepsNothing() throws IOException {
        Await.until("all connections are over", () -> connections() == 0);
        Await.until("all uploads are over", () -> gauge("peerdist_upload_sessions") == 0);
        Await.until("no thread more than before", () -> threads() <= threadsAtRest);
        for (Target target : Target.values()) {
            assertThat(exchange(target.good("Connection: close\r\n"))).startsWith("HTTP/1.1 200 ");
        }
        assertNoLeaks();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 404",
        "POST, /116B50EB-ECE2-41ac-8429-9F9E963361B8/, 404",
        "POST, /116B50EB-ECE2-41ac-8429-9F9E963361B7/more, 404",
        "GET, /116B50EB-ECE2-41ac-8429-9F9E963361B7/, 405",
        "PUT, /116B50EB-ECE2-41ac-8429-9F9E963361B7/, 405",
        "HEAD, /0131501b-d67f-491b-9a40-c4bf27bcb4d4, 405",
        "DELETE, /0131501b-d67f-491b-9a40-c4bf27bcb4d4, 405",
        "BREW, /0131501b-d67f-491b-9a40-c4bf27bcb4d4, 405",
        "POST, /0131501b-d67f-491b-9a40-c4bf27bcb4d5, 404",
        "OPTIONS, *, 404"
    })
    void answersOtherPathsAndMethods(String method, String path, int status) throws IOException {
        String answer = exchange(method + " " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        if (status == 405) {
            assertThat(answer).containsIgnoringCase("\r\nallow: POST\r\n");
        }
    }

    /** iPXE sends no content type and .NET one of its own, so none is asked for. */
    @ParameterizedTest
    @EnumSource(Target.class)
    void doesNotMindTheContentType(Target target) throws IOException {
        String fields = "Content-Type: text/html; charset=\"\r\nConnection: close\r\n";

        assertThat(exchange(target.good(fields))).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void refusesAMessageWithoutALength(Target target) throws IOException {
        assertThat(exchange(target.post("", ""))).startsWith("HTTP/1.1 400 ");
        assertThat(exchange(target.post("", target.message))).startsWith("HTTP/1.1 400 ");
        assertThat(exchange(target.post("Content-Length: 0\r\n", ""))).startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void takesChunkedMessages(Target target) throws IOException {
        StringBuilder chunks = new StringBuilder();
        target.message
                .chars()
                .forEach(
                        octet -> chunks.append("1;x=y\r\n").append((char) octet).append("\r\n"));

        String answer = exchange(
                target.post("Transfer-Encoding: chunked\r\nConnection: close\r\n", chunks + "0\r\nTrailer: t\r\n\r\n"));

        assertThat(answer).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void refusesChunksThatAreNone(Target target) throws IOException {
        String chunked = "Transfer-Encoding: chunked\r\n";
        for (String chunks : List.of("zz\r\n", "-1\r\n\r\n", "2\r\nabc\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n")) {
            assertThat(exchange(target.post(chunked, chunks))).as(chunks).startsWith("HTTP/1.1 400 ");
        }
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void refusesTwoLengths(Target target) throws IOException {
        String length = "Content-Length: " + target.message.length() + "\r\n";
        for (String fields : List.of(
                length + "Content-Length: 3\r\n",
                length + "Transfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\n" + length,
                "Content-Length: 3, 4\r\n",
                "Content-Length: +3\r\n",
                "Content-Length: 18446744073709551640\r\n")) {
            assertThat(exchange(target.post(fields, target.message))).as(fields).startsWith("HTTP/1.1 400 ");
        }
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void refusesMessagesThatAreTooLong(Target target) throws IOException {
        assertThat(exchange(target.post("Content-Length: 98305\r\n", ""))).startsWith("HTTP/1.1 413 ");
        assertThat(exchange(target.post("Content-Length: 4294967320\r\n", ""))).startsWith("HTTP/1.1 413 ");
        String chunk = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
        assertThat(exchange(target.post("Transfer-Encoding: chunked\r\n", chunk.repeat(4))))
                .startsWith("HTTP/1.1 413 ");
        // The longest that is read is looked at, and refused for what it says.
        assertThat(exchange(target.post("Content-Length: 98304\r\n", "x".repeat(98_304))))
                .startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void refusesHeaderBombs(Target target) throws IOException {
        assertThat(exchange(target.good("X: y\r\n".repeat(100_000)))).startsWith("HTTP/1.1 431 ");
        assertThat(exchange(target.good("X: " + "y".repeat(100_000) + "\r\n"))).startsWith("HTTP/1.1 431 ");
        assertThat(exchange("POST " + target.path + "?" + "q".repeat(100_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
        assertThat(exchange(target.post("Transfer-Encoding: chunked\r\n", "0\r\n" + "T: u\r\n".repeat(100_000))))
                .startsWith("HTTP/1.1 4");
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void answersContinueOnlyToWhomItLetsSend(Target target) throws IOException {
        String expect = "Expect: 100-continue\r\n";

        assertThat(exchange(target.good(expect + "Connection: close\r\n")))
                .startsWith("HTTP/1.1 100 ")
                .contains("HTTP/1.1 200 ");
        assertThat(exchange(target.post(expect + "Content-Length: 98305\r\n", "")))
                .startsWith("HTTP/1.1 413 ");
        assertThat(exchange(target.good("Expect: something\r\n"))).startsWith("HTTP/1.1 417 ");
    }

    /** All of them at once, as the timer is what takes the time. */
    @Test
    void endsWhatIsNeverCompletedWithinTheTimer() throws IOException {
        List<Socket> slow = new ArrayList<>();
        for (Target target : Target.values()) {
            slow.add(open("P"));
            slow.add(open("POST " + target.path + " HTTP/1.1\r\nHost: h\r\n"));
            slow.add(open(target.post("Content-Length: 100\r\n", "")));
            slow.add(open(target.post("Content-Length: 100\r\n", target.message.substring(0, 20))));
            slow.add(open(target.post("Expect: 100-continue\r\nContent-Length: 100\r\n", "")));
            slow.add(open(target.post("Transfer-Encoding: chunked\r\n", "10\r\nabc")));
        }
        Socket drip = open("POST " + RetrievalCodec.PATH + " HTTP/1.1\r\nHost: h\r\n");
        Await.until("all are accepted", () -> connections() == slow.size() + 1);

        Await.until("the end of a drip", REQUEST_LIMIT, () -> isClosedToDrip(drip));

        drip.close();
        for (Socket socket : slow) {
            assertThat(readAll(socket)).contains("HTTP/1.1 408 ");
            socket.close();
        }
    }

    @Test
    void forgetsWhoGoesAwayInTheMiddle() throws IOException {
        for (int i = 0; i < 50; i++) {
            for (Target target : Target.values()) {
                Socket halfMessage = open(target.post("Content-Length: 1000\r\n", target.message.substring(0, 20)));
                halfMessage.setSoLinger(true, 0); // a reset instead of an end
                halfMessage.close();
                Socket noReader = open(target.good("").repeat(20));
                noReader.setSoLinger(true, 0);
                noReader.close();
            }
        }
    }

    @Test
    void cutsOffWhoSendsOnWithoutReading() throws IOException {
        String flood = Target.RETRIEVAL.good("").repeat(200);
        try (Socket client = open("")) {
            client.setSoTimeout(READ_TIMEOUT_MILLIS);
            for (int i = 0; i < 5; i++) {
                client.getOutputStream().write(flood.getBytes(StandardCharsets.ISO_8859_1));
            }
            client.shutdownOutput();
            // 1,000 questions, each answered, none held in memory before its turn
            assertThat(readAll(client).split("HTTP/1.1 200 ", -1)).hasSize(1_001);
        }
    }

    private static Socket open(String octets) throws IOException {
        Socket socket = new Socket(cache.address().getAddress(), cache.address().getPort());
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** Sends {@code octets} and reads until the server closes. */
    private static String exchange(String octets) throws IOException {
        try (Socket socket =
                new Socket(cache.address().getAddress(), cache.address().getPort())) {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            try {
                socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
            } catch (SocketException refusedMeanwhile) {
                return readAll(socket);
            }
            return readAll(socket);
        }
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static boolean isClosedToDrip(Socket socket) {
        try {
            socket.getOutputStream().write("X: y\r\n".getBytes(StandardCharsets.ISO_8859_1));
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    private static int connections() {
        return (int) cache.registry
                .get("peerdist_http_connections")
                .tag("listener", "http")
                .gauge()
                .value();
    }

    private static double gauge(String name) {
        return cache.registry.get(name).gauge().value();
    }

    private static int threads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon())
                .count();
    }

    /** A leak shows when the lost buffer has been collected and another one is made. */
    private static void assertNoLeaks() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            for (int j = 0; j < 200; j++) {
                ByteBufAllocator.DEFAULT.buffer(16).release();
            }
        }
        assertThat(LEAKS).isEmpty();
    }
}
