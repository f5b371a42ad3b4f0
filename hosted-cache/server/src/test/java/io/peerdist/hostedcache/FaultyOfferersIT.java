// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import static io.peerdist.hostedcache.RunningCache.LOCAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.conformance.Await;
import io.peerdist.runtime.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What dead and lying peers can do to a cache that pulls from them: cost it the attempts that it allows them, and no more.
 */
class FaultyOfferersIT {
    private static final ContentSegment V1 = ContentSegment.v1(1, 3_000);
    private static final ContentSegment V2 = ContentSegment.v2(2, 3_000);
    private static final int ONCE_MORE = 2;
    private static final int TIMEOUTS = 3;

    @TempDir
    private Path directory;

    private RunningCache cache;

    @BeforeEach
    void start() {
        cache = new RunningCache(directory, Map.of("request-timeout", "1s"), SegmentKeys.NONE);
    }

    @AfterEach
    void stop() {
        cache.close();
    }

    /** Name, reason that is counted, result of the pull. */
    static Stream<Arguments> lies() {
        return Stream.of(
                lie("another segment", "mismatch", "wrong"),
                lie("another block", "mismatch", "wrong"),
                lie("a block list", "mismatch", "wrong"),
                lie("a longer block", "length", "wrong"),
                lie("a shorter block", "length", "wrong"),
                lie("a plain block of another length", "length", "wrong"),
                lie("no vector", "malformed", "failed"),
                lie("a short vector", "malformed", "failed"),
                lie("a long vector", "malformed", "failed"),
                lie("an unknown algorithm", "malformed", "failed"),
                lie("a block cut off", "malformed", "failed"),
                lie("garbage", "malformed", "failed"),
                lie("nothing", "malformed", "failed"),
                lie("no HTTP", "malformed", "failed"),
                lie("a negotiation response", "version", "failed"),
                lie("a redirection", "http_status", "failed"),
                lie("an error", "http_status", "failed"),
                lie("an endless body", "too_large", "failed"),
                lie("an endless chunked body", "too_large", "failed"),
                lie("an endless header", "too_large", "failed"),
                lie("a closed connection", "closed", "failed"),
                lie("a body that ends early", "closed", "failed"));
    }

    private static Arguments lie(String lie, String fault, String result) {
        return Arguments.of(lie, fault, result);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void storesNothingTriesOnceMoreAndCountsWhy(String lie, String fault, String result) throws Exception {
        for (ContentSegment segment : new ContentSegment[] {V1, V2}) {
            double faults = cache.faults(fault);
            double results = cache.pulls(result);
            try (RawPeer liar = new RawPeer(LOCAL, (out, socket) -> write(lie, segment, out))) {
                offer(segment, liar.port());

                assertThat(cache.faults(fault) - faults).isEqualTo(ONCE_MORE);
                assertThat(cache.pulls(result) - results).isEqualTo(ONCE_MORE);
                // A connection that ends without an answer is tried once more by the client of the retrieval protocol.
                assertThat(liar.requests.get()).isBetween(ONCE_MORE, 2 * ONCE_MORE);
            }
        }
        assertNothingStoredAndAllForgiven();
    }

    /** With a description the content of a block is checked too. */
    @ParameterizedTest(name = "{0}")
    @org.junit.jupiter.params.provider.ValueSource(
            strings = {"a forged block", "a forged plain block", "another algorithm than it says", "another key"})
    void storesNothingThatIsNotTheBlock(String lie) throws Exception {
        try (RawPeer liar = new RawPeer(LOCAL, (out, socket) -> write(lie, V1, out))) {
            offer(V1, liar.port());
        }

        assertThat(cache.faults("hash")).isEqualTo(ONCE_MORE);
        assertThat(cache.pulls("wrong")).isEqualTo(ONCE_MORE);
        assertNothingStoredAndAllForgiven();
    }

    @ParameterizedTest(name = "{0}")
    @org.junit.jupiter.params.provider.ValueSource(
            strings = {"before", "inside the header", "inside the body", "drop by drop"})
    void givesUpOnAPeerThatStalls(String where) throws Exception {
        try (RawPeer staller = new RawPeer(LOCAL, (out, socket) -> stall(where, out, socket))) {
            offer(V1, staller.port());
        }

        assertThat(cache.faults("timeout")).isEqualTo(TIMEOUTS);
        assertThat(cache.pulls("timeout")).isEqualTo(TIMEOUTS);
        assertNothingStoredAndAllForgiven();
    }

    @Test
    void givesUpOnAPeerThatIsDead() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        offer(V1, port);

        assertThat(cache.faults("connect")).isEqualTo(ONCE_MORE);
        assertNothingStoredAndAllForgiven();
    }

    @Test
    void takesABlockThatComesRightTheSecondTime() throws Exception {
        java.util.concurrent.atomic.AtomicInteger asked = new java.util.concurrent.atomic.AtomicInteger();
        try (RawPeer peer = new RawPeer(
                LOCAL,
                (out, socket) -> out.write(RawPeer.http(
                        "200 OK",
                        RetrievalCodec.encodeResponse(
                                asked.getAndIncrement() == 0 ? V1.forged(0) : V1.encrypted(0)))))) {
            offer(V1, peer.port());
        }

        assertThat(cache.pulls("wrong")).isEqualTo(1);
        assertThat(cache.pulls("stored")).isEqualTo(1);
        assertThat(V1.decrypted(cache.block(V1.id(), 0))).isEqualTo(V1.block(0));
    }

    @Test
    void leavesAPeerOutThatLiesThreeTimesInARow() throws Exception {
        try (RawPeer liar = new RawPeer(LOCAL, (out, socket) -> write("garbage", V1, out))) {
            offer(V1, liar.port());
            OfferingClient.offer(cache.address(), LOCAL, liar.port(), V2.descriptor());
            Await.until("left out", () -> cache.pulls("failed") == 3 && cache.cache.isQuiet());

            cache.offer(ContentSegment.v1(3, 100).info(liar.port()));
            Await.until("not asked any more", () -> cache.offers("left_out") == 1);
        }
    }

    /** Offers and waits until the cache has done with it. */
    private void offer(ContentSegment segment, int port) throws IOException {
        int before = (int) cache.offers("queued");
        if (segment == V1) {
            cache.offer(segment.info(port));
        } else {
            OfferingClient.offer(cache.address(), LOCAL, port, segment.descriptor());
        }
        cache.awaitQuiet(before + 1);
    }

    private void assertNothingStoredAndAllForgiven() throws IOException {
        assertThat(cache.pulls("stored")).isZero();
        assertThat(cache.cache.statistics().blocks()).isZero();
        try (ScriptedPeer good = new ScriptedPeer(LOCAL, request -> RetrievalCodec.encodeResponse(V1.encrypted(0)))) {
            offer(V1, good.port());
        }
        assertThat(V1.decrypted(cache.block(V1.id(), 0))).isEqualTo(V1.block(0));
    }

    private static void write(String lie, ContentSegment segment, java.io.OutputStream out) throws IOException {
        BlockResponse right = segment.encrypted(0);
        byte[] iv = right.initializationVector();
        CryptoAlgorithm aes = CryptoAlgorithm.AES_128;
        byte[] message = RetrievalCodec.encodeResponse(right);
        ByteBuffer octets = ByteBuffer.wrap(message);
        switch (lie) {
            case "another segment" -> send(out, new BlockResponse(Segments.id(9), 0, 0, aes, right.block(), iv));
            case "another block" -> send(out, new BlockResponse(segment.id(), 1, 0, aes, right.block(), iv));
            case "a block list" ->
                body(out, RetrievalCodec.encodeResponse(new BlockList(segment.id(), BlockRanges.first(1), 0)));
            case "a longer block" -> send(out, new BlockResponse(segment.id(), 0, 0, aes, new byte[3_024], iv));
            case "a shorter block" -> send(out, new BlockResponse(segment.id(), 0, 0, aes, new byte[2_992], iv));
            case "a plain block of another length" -> send(out, plain(segment, new byte[2_999]));
            case "a forged plain block" -> send(out, plain(segment, new byte[3_000]));
            case "no vector" -> body(out, vector(message, 0));
            case "a short vector" -> body(out, vector(message, 8));
            case "a long vector" -> body(out, vector(message, 32));
            case "an unknown algorithm" -> body(out, octets.putInt(16, 7).array());
            case "another algorithm than it says" ->
                body(out, octets.putInt(16, 3).array());
            case "another key" -> send(out, Segments.block(segment.descriptor(), 0));
            case "a forged block" -> send(out, segment.forged(0));
            case "a block cut off" -> body(out, Arrays.copyOf(message, 1_000));
            case "garbage" -> body(out, Segments.bytes(3, 3_100));
            case "nothing" -> body(out, new byte[0]);
            case "no HTTP" -> out.write(Segments.bytes(4, 3_000));
            case "a negotiation response" ->
                body(out, RetrievalCodec.encodeResponse(new NegotiationResponse(VersionRange.SUPPORTED)));
            case "a redirection" -> out.write(RawPeer.http("302 Found\r\nLocation: /other", message));
            case "an error" -> out.write(RawPeer.http("500 Oops", message));
            case "an endless body" -> {
                out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 4294967320\r\n\r\n"));
                pour(out, new byte[8_192]);
            }
            case "an endless chunked body" -> {
                out.write(ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
                pour(out, ascii("800\r\n" + "x".repeat(2_048) + "\r\n"));
            }
            case "an endless header" -> {
                out.write(ascii("HTTP/1.1 200 OK\r\n"));
                pour(out, ascii("X-More: " + "x".repeat(100) + "\r\n"));
            }
            case "a body that ends early" ->
                out.write(Arrays.copyOf(RawPeer.http("200 OK", message), message.length / 2));
            default -> out.flush(); // and then the connection is closed
        }
    }

    private static BlockResponse plain(ContentSegment segment, byte[] block) {
        return new BlockResponse(segment.id(), 0, 0, CryptoAlgorithm.NONE, block, new byte[0]);
    }

    /** The message with a vector of another length; sizes as they would be then. */
    private static byte[] vector(byte[] message, int bytes) {
        byte[] changed = Arrays.copyOf(message, message.length - 16 + bytes);
        ByteBuffer octets = ByteBuffer.wrap(changed);
        octets.putInt(0, changed.length - 4).putInt(4 + 8, changed.length - 4);
        octets.putInt(changed.length - bytes - 4, bytes);
        return changed;
    }

    private static void send(java.io.OutputStream out, BlockResponse block) throws IOException {
        body(out, RetrievalCodec.encodeResponse(block));
    }

    private static void body(java.io.OutputStream out, byte[] body) throws IOException {
        out.write(RawPeer.http("200 OK", body));
    }

    /** Until the cache hangs up. */
    private static void pour(java.io.OutputStream out, byte[] drop) throws IOException {
        long limit = 64L << 20;
        for (long written = 0; written < limit; written += drop.length) {
            out.write(drop);
        }
        throw new AssertionError("the cache took " + limit + " octets");
    }

    private static void stall(String where, java.io.OutputStream out, java.net.Socket socket) throws Exception {
        byte[] answer = RawPeer.http("200 OK", RetrievalCodec.encodeResponse(V1.encrypted(0)));
        Map<String, Integer> lengths =
                new HashMap<>(Map.of("before", 0, "inside the header", 20, "inside the body", 2_000));
        int length = lengths.getOrDefault(where, 0);
        out.write(answer, 0, length);
        out.flush();
        if (where.equals("drop by drop")) {
            long start = Clock.system().nanoTime();
            for (int i = 0; i < answer.length; i++) {
                out.write(answer[i]);
                out.flush();
                int sent = i;
                // One octet in ten milliseconds: never silent, and never done in time.
                Await.until("a while", () -> Clock.system().nanoTime() - start > sent * 10_000_000L);
            }
        }
        if (socket.getInputStream().read() >= 0) {
            throw new AssertionError("the cache sent more on a connection that stalls");
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
