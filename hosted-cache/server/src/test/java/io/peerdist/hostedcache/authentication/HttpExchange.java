// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection on which one request follows the other. */
public final class HttpExchange implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final String path;
    private final InputStream in;

    /** What came back; an octet of the body is a character. */
    public record Response(int status, Map<String, String> headers, String body) {
        /** The WWW-Authenticate field. */
        public String challenge() {
            return headers.getOrDefault("www-authenticate", "");
        }
    }

    /** Posts to {@code path} over a socket that is connected. */
    public HttpExchange(Socket socket, String path) throws IOException {
        this.socket = socket;
        this.path = path;
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = socket.getInputStream();
    }

    /** Posts {@code body} without a word about who this is. */
    public Response post(byte[] body) throws IOException {
        return send("", body);
    }

    /** Posts {@code body} with the Authorization fields {@code authorizations}. */
    public Response post(byte[] body, String... authorizations) throws IOException {
        StringBuilder fields = new StringBuilder();
        for (String authorization : authorizations) {
            fields.append("Authorization: ").append(authorization).append("\r\n");
        }
        return send(fields.toString(), body);
    }

    private Response send(String fields, byte[] body) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "Content-Length: " + body.length
                + "\r\n\r\n";
        request.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        socket.getOutputStream().write(request.toByteArray());
        socket.getOutputStream().flush();
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] answer = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Response(
                Integer.parseInt(statusLine.split(" ", 3)[1]),
                headers,
                new String(answer, StandardCharsets.ISO_8859_1));
    }

    /** Whether the other side has closed. */
    public boolean isAtEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
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

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
