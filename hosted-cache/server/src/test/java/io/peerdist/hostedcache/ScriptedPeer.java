// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A peer that answers each request with the octets a test gives it. */
final class ScriptedPeer implements AutoCloseable {
    final List<RetrievalRequest> requests = new CopyOnWriteArrayList<>();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    ScriptedPeer(String address, Function<RetrievalRequest, byte[]> script) throws IOException {
        server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, script));
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange, Function<RetrievalRequest, byte[]> script) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            RetrievalRequest request = RetrievalCodec.decodeRequest(ByteBuffer.wrap(body));
            requests.add(request);
            byte[] answer = script.apply(request);
            exchange.sendResponseHeaders(200, 0); // chunked, as .NET does
            exchange.getResponseBody().write(answer);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
