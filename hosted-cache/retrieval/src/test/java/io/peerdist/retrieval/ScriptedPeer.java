// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer that does with each connection what a test tells it to. */
final class ScriptedPeer implements AutoCloseable {
    final AtomicInteger accepted = new AtomicInteger();
    /** The heads of the requests that came. */
    final List<String> heads = new CopyOnWriteArrayList<>();

    private final ServerSocket listener;
    private final Script script;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** What to do with one connection; it is closed afterwards. */
    @FunctionalInterface
    interface Script {
        void run(Connection connection) throws IOException;
    }

    ScriptedPeer(Script script) throws IOException {
        this(script, "127.0.0.1");
    }

    ScriptedPeer(Script script, String address) throws IOException {
        this.script = script;
        this.listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        threads.execute(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                int number = accepted.incrementAndGet();
                threads.execute(() -> serve(socket, number));
            }
        } catch (IOException | RejectedExecutionException e) {
            // the test has closed the listener
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            script.run(new Connection(socket, number));
        } catch (IOException e) {
            // the client has closed its end, as many tests want it to
        }
    }

    /** One accepted connection. */
    final class Connection {
        /** 1 for the first connection that came. */
        final int number;

        private final InputStream in;
        private final OutputStream out;

        Connection(Socket socket, int number) throws IOException {
            this.number = number;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        /** Reads one request; returns its body. */
        byte[] receive() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int octet = in.read();
                if (octet < 0) {
                    throw new IOException("end of requests");
                }
                head.append((char) octet);
            }
            heads.add(head.toString());
            String text = head.toString().toLowerCase(java.util.Locale.ROOT);
            int at = text.indexOf("content-length:") + "content-length:".length();
            return in.readNBytes(Integer.parseInt(
                    text.substring(at, text.indexOf("\r\n", at)).trim()));
        }

        /** Writes {@code text}, its line ends as CR LF, and then {@code body}. */
        void send(String text, byte[] body) throws IOException {
            out.write(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
            out.flush();
        }

        void ok(byte[] body) throws IOException {
            send("HTTP/1.1 200 OK\nContent-Length: " + body.length + "\n\n", body);
        }

        /** Waits until the client closes its end. */
        void hang() throws IOException {
            while (in.read() >= 0) {
                // nothing is answered
            }
        }
    }
}
