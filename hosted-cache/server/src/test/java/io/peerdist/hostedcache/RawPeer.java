// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer that answers with whatever octets a test writes, HTTP or not. */
final class RawPeer implements AutoCloseable {
    /** Writes the answer to one request; the connection is closed when it returns. */
    @FunctionalInterface
    interface Script {
        void answer(OutputStream out, Socket socket) throws Exception;
    }

    final AtomicInteger requests = new AtomicInteger();

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    RawPeer(String address, Script script) throws IOException {
        server = new ServerSocket();
        server.bind(new InetSocketAddress(address, 0));
        threads.execute(() -> accept(script));
    }

    int port() {
        return server.getLocalPort();
    }

    /** A response with {@code body}. */
    static byte[] http(String statusAndHeaders, byte[] body) {
        String head = "HTTP/1.1 " + statusAndHeaders + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = java.util.Arrays.copyOf(start, start.length + body.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        return all;
    }

    private void accept(Script script) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> serve(socket, script));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket, Script script) {
        try (socket) {
            readRequest(socket.getInputStream());
            requests.incrementAndGet();
            script.answer(socket.getOutputStream(), socket);
        } catch (Exception e) {
            // The cache has hung up, which is what most scripts are about.
            requests.get();
        }
    }

    private static void readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new EOFException("no request");
            }
            head.append((char) octet);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length:") + "content-length:".length();
        in.readNBytes(
                Integer.parseInt(lower.substring(at, lower.indexOf('\r', at)).trim()));
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
