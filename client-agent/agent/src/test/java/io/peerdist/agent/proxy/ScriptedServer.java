// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server on loopback that sends exactly the octets that a test wants. */
final class ScriptedServer implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");

    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Script script;

    final AtomicInteger connections = new AtomicInteger();
    /** The heads that came, in order. */
    final List<String> heads = new CopyOnWriteArrayList<>();

    /** What happens on one connection. */
    interface Script {
        void run(Connection connection) throws IOException;
    }

    ScriptedServer(Script script) {
        this("127.0.0.1", script);
    }

    ScriptedServer(String address, Script script) {
        this.script = script;
        try {
            listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** Answers every request with the same octets, and keeps the connection. */
    static ScriptedServer answering(String answer) {
        return new ScriptedServer(connection -> {
            while (!connection.head().isEmpty()) {
                connection.write(answer);
            }
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    String origin() {
        String host = listener.getInetAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[::1]" : host) + ":" + port();
    }

    String url(String path) {
        return "http://" + origin() + path;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                sockets.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException | RejectedExecutionException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            script.run(new Connection(socket));
        } catch (IOException e) {
            // The other side is gone: what the test expects is seen there.
            sockets.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }

    /** One connection, from either side. */
    final class Connection extends Wire {
        Connection(Socket socket) throws IOException {
            super(socket);
        }

        @Override
        String head() throws IOException {
            String head = super.head();
            if (!head.isEmpty()) {
                heads.add(head);
            }
            return head;
        }
    }

    /** A socket with what tests do with it. */
    static class Wire implements Closeable {
        final Socket socket;
        final InputStream in;
        final OutputStream out;

        Wire(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        static Wire to(InetSocketAddress address) throws IOException {
            Socket socket = new Socket(address.getAddress(), address.getPort());
            socket.setSoTimeout(20_000);
            return new Wire(socket);
        }

        void write(String text) throws IOException {
            write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void write(byte[] octets) throws IOException {
            out.write(octets);
            out.flush();
        }

        /** All up to the empty line; empty at the end of the connection. */
        String head() throws IOException {
            StringBuilder head = new StringBuilder();
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                head.append((char) octet);
                if (head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                    return head.toString();
                }
            }
            return head.toString();
        }

        /** The body that {@code head} announces with its length or in chunks; else all to the end. */
        byte[] body(String head) throws IOException {
            Matcher length = LENGTH.matcher(head);
            if (length.find()) {
                return in.readNBytes(Integer.parseInt(length.group(1)));
            }
            return head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked") ? chunks() : in.readAllBytes();
        }

        private byte[] chunks() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                int size = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
                body.writeBytes(in.readNBytes(size));
                if (size == 0) {
                    for (String trailer = line(); !trailer.isEmpty(); ) {
                        trailer = line();
                    }
                    return body.toByteArray();
                }
                line();
            }
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int octet = in.read(); octet != '\n'; octet = in.read()) {
                if (octet < 0) {
                    throw new IOException("ended within a line");
                }
                line.append((char) octet);
            }
            return line.toString().strip();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
