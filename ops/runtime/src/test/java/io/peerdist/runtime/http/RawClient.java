// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A client that sends just what a test tells it, well-formed or not, and reads HTTP responses strictly. */
public final class RawClient implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream input;

    /** A response; header names in lower case, the octets of the body as ISO 8859-1. */
    public record Response(String statusLine, Map<String, String> headers, String octets) {
        public int status() {
            return Integer.parseInt(statusLine.split(" ", -1)[1]);
        }

        public String header(String name) {
            return headers.getOrDefault(name, "");
        }

        public String text() {
            return new String(body(), StandardCharsets.UTF_8);
        }

        public byte[] body() {
            return octets.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    public RawClient(InetSocketAddress server) throws IOException {
        this(server, 0);
    }

    /** With a chosen window.
     *
     * @param receiveBufferBytes 0 for the system's choice */
    public RawClient(InetSocketAddress server, int receiveBufferBytes) throws IOException {
        this(connect(server, receiveBufferBytes));
    }

    /** On a socket that is connected already. */
    public RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.input = new BufferedInputStream(socket.getInputStream());
    }

    static Socket connect(InetSocketAddress server, int receiveBufferBytes) throws IOException {
        Socket socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        socket.connect(server);
        return socket;
    }

    public RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads one response with a body. */
    public Response read() throws IOException {
        return read(true);
    }

    /** Reads one response.
     *
     * @param body false for the answer to a HEAD request */
    public Response read(boolean body) throws IOException {
        String statusLine = line();
        Map<String, String> headers = new LinkedHashMap<>();
        for (String field = line(); !field.isEmpty(); field = line()) {
            int colon = field.indexOf(':');
            headers.put(
                    field.substring(0, colon).toLowerCase(Locale.ROOT),
                    field.substring(colon + 1).trim());
        }
        Response head = new Response(statusLine, headers, "");
        boolean none = !body || head.status() < 200 || head.status() == 204 || head.status() == 304;
        return none ? head : new Response(statusLine, headers, new String(body(headers), StandardCharsets.ISO_8859_1));
    }

    /** Whether the server has closed; anything it still sends is an error. */
    public boolean isClosedByServer() throws IOException {
        return input.read() < 0;
    }

    /** Everything until the server closes or resets. */
    public long drain() {
        long count = 0;
        byte[] buffer = new byte[65_536];
        try {
            for (int n = input.read(buffer); n >= 0; n = input.read(buffer)) {
                count += n;
            }
        } catch (IOException reset) {
            return count;
        }
        return count;
    }

    /** Up to {@code count} octets of what has come in so far. */
    public int take(int count) {
        try {
            return Math.max(0, input.read(new byte[count]));
        } catch (IOException reset) {
            return 0;
        }
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if (headers.containsKey("content-length")) {
            return exactly(Integer.parseInt(headers.get("content-length")));
        }
        if (!"chunked".equals(headers.get("transfer-encoding"))) {
            return input.readAllBytes();
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        while (true) {
            int count = Integer.parseInt(line(), 16);
            whole.write(exactly(count));
            if (!line().isEmpty()) {
                throw new IOException("chunk: does not end where its size says");
            }
            if (count == 0) {
                return whole.toByteArray();
            }
        }
    }

    private byte[] exactly(int count) throws IOException {
        byte[] octets = input.readNBytes(count);
        if (octets.length != count) {
            throw new EOFException("body: " + octets.length + " octets (expected: " + count + ")");
        }
        return octets;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0) {
                throw new EOFException("closed after \"" + line + "\"");
            }
            line.append((char) c);
        }
        if (line.length() == 0 || line.charAt(line.length() - 1) != '\r') {
            throw new IOException("line \"" + line + "\" (expected: to end with CR LF)");
        }
        return line.substring(0, line.length() - 1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
