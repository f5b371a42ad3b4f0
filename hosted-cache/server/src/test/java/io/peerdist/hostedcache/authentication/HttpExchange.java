// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.authentication;

import io.peerdist.hostedcache.ResponseReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

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
        String lines = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "Content-Length: " + body.length
                + "\r\n\r\n";
        request.writeBytes(lines.getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        socket.getOutputStream().write(request.toByteArray());
        socket.getOutputStream().flush();
        ResponseReader.Head head = ResponseReader.head(in);
        String answer = new String(ResponseReader.body(in, head), StandardCharsets.ISO_8859_1);
        return new Response(head.status(), head.headers(), answer);
    }

    /** Whether the other side has closed. */
    public boolean isAtEnd() throws IOException {
        return ResponseReader.isAtEnd(in);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
