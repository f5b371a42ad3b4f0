// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.peerdist.conformance.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The client of Microsoft's suite in its server role: a peer that offers a content and serves it as a script says, from
 * which the hosted cache pulls. Answers chunked, as .NET does, and is built without the codec under test.
 */
final class ServerRolePeer implements AutoCloseable {
    /** The vector of every block, as in the suite. */
    static final byte[] IV = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    /** What has been asked, in the order it came. */
    final List<Asked> asked = new CopyOnWriteArrayList<>();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final Script script;

    /** A request for a block list (no index) or for a block. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Asked(int type, byte[] id, int index, byte[] ranges) {}

    /** Makes the answer to a request for a block. */
    @FunctionalInterface
    interface Script {
        byte[] answer(SuiteContent.Segment segment, int index);
    }

    private final SuiteContent content;

    ServerRolePeer(SuiteContent content, Script script) throws IOException {
        this.content = content;
        this.script = script;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/116B50EB-ECE2-41ac-8429-9F9E963361B7/", this::answer);
        server.start();
    }

    /** A peer that serves {@code content} encrypted by {@code crypto}. */
    static ServerRolePeer honest(SuiteContent content, int crypto) throws IOException {
        return new ServerRolePeer(content, (segment, index) -> block(segment, index, crypto));
    }

    /** The {@code MSG_BLK} of an honest peer. */
    static byte[] block(SuiteContent.Segment segment, int index, int crypto) {
        byte[] octets = SuiteContent.encrypt(crypto, segment.secret(), IV, segment.block(index));
        byte[] iv = crypto == 0 ? new byte[0] : IV;
        int padding = -octets.length & 3;
        int messageBytes = 16 + 4 + 32 + 12 + octets.length + padding + 4 + 4 + iv.length;
        ByteBuffer out = ByteBuffer.allocate(4 + messageBytes);
        out.putInt(messageBytes).putInt(SuiteBytes.VERSION_1_0).putInt(SuiteBytes.BLK);
        out.putInt(messageBytes).putInt(crypto);
        out.putInt(32).put(segment.id()).putInt(index);
        out.putInt(index + 1 < segment.blockCount() ? index + 1 : 0);
        out.putInt(octets.length).put(octets).put(new byte[padding]).putInt(0);
        return out.putInt(iv.length).put(iv).array();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** How often a block of {@code id} has been asked for. */
    long blocksAsked(byte[] id) {
        return asked.stream()
                .filter(request -> request.type() == SuiteBytes.GETBLKS && Arrays.equals(request.id(), id))
                .count();
    }

    /** Waits until {@code count} blocks of {@code id} have been asked for. */
    void awaitBlocksAsked(byte[] id, int count) {
        Await.until(count + " blocks asked for", () -> blocksAsked(id) >= count);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            ByteBuffer in = ByteBuffer.wrap(exchange.getRequestBody().readAllBytes());
            int type = in.getInt(4);
            in.position(16);
            byte[] id = new byte[in.getInt()];
            in.get(id);
            byte[] rest = new byte[in.remaining()];
            in.get(rest);
            int index = type == SuiteBytes.GETBLKS ? ByteBuffer.wrap(rest).getInt(4) : -1;
            byte[] answer = type == SuiteBytes.GETBLKS ? script.answer(segment(id), index) : list(id, rest);
            asked.add(new Asked(type, id, index, rest));
            exchange.sendResponseHeaders(200, 0); // chunked
            exchange.getResponseBody().write(answer);
        }
    }

    /** Says that everything is here that is asked for, as the suite's peers do. */
    private static byte[] list(byte[] id, byte[] ranges) {
        int messageBytes = 16 + 4 + id.length + ranges.length + 4;
        ByteBuffer out = ByteBuffer.allocate(4 + messageBytes);
        out.putInt(messageBytes).putInt(SuiteBytes.VERSION_1_0).putInt(SuiteBytes.BLKLIST);
        out.putInt(messageBytes).putInt(0);
        return out.putInt(id.length).put(id).put(ranges).putInt(0).array();
    }

    private SuiteContent.Segment segment(byte[] id) {
        return content.segments().stream()
                .filter(segment -> Arrays.equals(segment.id(), id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("a segment that was not offered is asked for"));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
