// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A small content server on loopback whose habits, good and bad, tests choose. */
public final class TestOrigin implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
    private static final String LAST_MODIFIED = "Sun, 06 Nov 1994 08:49:37 GMT";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Method, path and what matters of the headers, in the order of arrival. */
    public final List<String> requests = new CopyOnWriteArrayList<>();

    public final AtomicLong payloadBytes = new AtomicLong();
    public final AtomicInteger rangeRequests = new AtomicInteger();

    public volatile byte[] content = {};
    public volatile @Nullable String entityTag = "\"v1\"";
    public volatile boolean speaksPeerDist = true;
    public volatile boolean honoursRanges = true;
    /** Requests for content information that are answered with the plain file and the wish to be asked again. */
    public final AtomicInteger notHashedYet = new AtomicInteger();
    /** Requests that are answered with content information before none is. */
    public final AtomicInteger hashAnswers = new AtomicInteger(Integer.MAX_VALUE);
    /** The content information to send, whatever was asked; null to make it. */
    public volatile byte @Nullable [] contentInformation;
    /** Called before a body is sent, with the offset it starts at; true when it has dealt with the exchange. */
    public volatile Hook hook = (exchange, offset) -> false;
    /** Called between the pieces of a plain body. */
    public volatile Runnable betweenPieces = () -> {};

    public volatile int status = 200;

    public interface Hook {
        boolean handles(HttpExchange exchange, long offset) throws IOException;
    }

    public TestOrigin(byte[] content) {
        this.content = content;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getRequestHeaders();
            String range = headers.getFirst("Range");
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " range=" + range + " encoding="
                    + headers.getFirst("Accept-Encoding") + " peerdist=" + headers.getFirst("X-P2P-PeerDist") + " ex="
                    + headers.getFirst("X-P2P-PeerDistEx") + " if-match=" + headers.getFirst("If-Match"));
            if (status != 200) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            answer(exchange, headers, range);
        }
    }

    private void answer(HttpExchange exchange, Headers headers, @Nullable String range) throws IOException {
        byte[] now = content;
        String tag = entityTag;
        exchange.getResponseHeaders().set("Last-Modified", LAST_MODIFIED);
        if (tag != null) {
            exchange.getResponseHeaders().set("ETag", tag);
        }
        String ifMatch = headers.getFirst("If-Match");
        if (ifMatch != null && !ifMatch.equals(tag)) {
            exchange.sendResponseHeaders(412, -1);
            return;
        }
        boolean wantsHashes =
                String.valueOf(headers.getFirst("Accept-Encoding")).contains("peerdist");
        if (speaksPeerDist && wantsHashes && now.length > 0 && hashAnswers.getAndDecrement() > 0) {
            if (notHashedYet.getAndDecrement() > 0) {
                exchange.getResponseHeaders().set("X-P2P-PeerDist", "Version=1.1");
                exchange.getResponseHeaders().set("X-P2P-PeerDistEx", "MakeHashRequest=true");
            } else {
                sendHashes(exchange, now, headers);
                return;
            }
        }
        Matcher matcher = RANGE.matcher(String.valueOf(range));
        if (range != null && honoursRanges && matcher.matches()) {
            rangeRequests.incrementAndGet();
            int from = Integer.parseInt(matcher.group(1));
            int to = Math.min(Integer.parseInt(matcher.group(2)) + 1, now.length);
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + now.length);
            send(exchange, 206, now, from, to);
        } else {
            send(exchange, 200, now, 0, now.length);
        }
    }

    private void sendHashes(HttpExchange exchange, byte[] now, Headers headers) throws IOException {
        boolean two = String.valueOf(headers.getFirst("X-P2P-PeerDistEx")).contains("MaxContentInformation=2.0");
        byte[] fixed = contentInformation;
        byte[] encoded = fixed != null
                ? fixed
                : TestContent.information(now, two ? 2 : 1).encode();
        exchange.getResponseHeaders().set("Content-Encoding", "peerdist");
        exchange.getResponseHeaders().set("X-P2P-PeerDist", "Version=1.1, ContentLength=" + now.length);
        exchange.sendResponseHeaders(200, encoded.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(encoded);
        }
    }

    private void send(HttpExchange exchange, int code, byte[] bytes, int from, int to) throws IOException {
        if (hook.handles(exchange, from)) {
            return;
        }
        exchange.sendResponseHeaders(code, to == from ? -1 : to - from);
        try (OutputStream body = exchange.getResponseBody()) {
            for (int at = from; at < to; at += 16_384) {
                int length = Math.min(16_384, to - at);
                body.write(bytes, at, length);
                payloadBytes.addAndGet(length);
                betweenPieces.run();
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
