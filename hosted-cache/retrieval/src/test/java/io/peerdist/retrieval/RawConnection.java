// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A plain socket that speaks just as much HTTP as a test writes out. */
final class RawConnection implements AutoCloseable {
    private static final int LIMIT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Response(String statusLine, Map<String, String> headers, byte[] body) {
        int status() {
            return Integer.parseInt(statusLine.split(" ", 3)[1]);
        }
    }

    RawConnection(InetSocketAddress address) throws IOException {
        this(address, 0);
    }

    /** With a small receive buffer, {@code receiveBytes}, the peer can be made to wait; 0 leaves it alone. */
    RawConnection(InetSocketAddress address, int receiveBytes) throws IOException {
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.setTcpNoDelay(true);
        socket.connect(address, LIMIT_MILLIS);
        in = socket.getInputStream();
    }

    RawConnection send(String head, byte[] body) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        socket.getOutputStream().write(request.toByteArray());
        return this;
    }

    RawConnection post(String path, byte[] body) throws IOException {
        return send("POST " + path + " HTTP/1.1\nHost: x\nContent-Length: " + body.length + "\n\n", body);
    }

    Response receive() throws IOException {
        Response head = receiveHead();
        int length = Integer.parseInt(head.headers().getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("body: " + body.length + " (expected: " + length + ")");
        }
        return new Response(head.statusLine(), head.headers(), body);
    }

    /** A response up to its empty line: all there is of the answer to a {@code HEAD}. */
    Response receiveHead() throws IOException {
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        return new Response(statusLine, headers, new byte[0]);
    }

    /** Whether the peer has ended the connection and sent nothing more. */
    boolean isAtEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException e) {
            return true; // reset is an end too
        }
    }

    /** Reads and drops what comes until the end. */
    long drain() throws IOException {
        try {
            return in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (java.net.SocketException e) {
            return -1;
        }
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new EOFException("after: " + line);
            }
            if (octet != '\r') {
                line.append((char) octet);
            }
        }
        return line.toString();
    }
}
