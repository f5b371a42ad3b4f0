// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One kept-alive connection that sends exactly the octets it is given, and reads responses framed by Content-Length. */
public final class RawHttpClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream input;

    public RawHttpClient(InetSocketAddress server) throws IOException {
        this.socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        this.input = socket.getInputStream();
    }

    /** What came back; field names in lower case, several lines of one name joined by a comma. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, only looked into
    public record Response(int status, Map<String, String> headers, byte[] body) {
        public String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    public Response get(String target, String... fields) throws IOException {
        return request("GET", target, fields);
    }

    public Response head(String target, String... fields) throws IOException {
        return request("HEAD", target, fields);
    }

    public Response request(String method, String target, String... fields) throws IOException {
        send(method, target, fields);
        return receive(method);
    }

    /** The request as given, and a Host that is nobody's. */
    public void send(String method, String target, String... fields) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(method + " " + target + " HTTP/1.1");
        lines.add("Host: 10.0.2.2:18091");
        lines.addAll(List.of(fields));
        sendRaw(String.join("\r\n", lines) + "\r\n\r\n");
    }

    public void sendRaw(String octets) throws IOException {
        socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Response receive(String method) throws IOException {
        Response head = receiveHead();
        boolean bodyless = method.equals("HEAD") || head.status() == 304;
        int length = bodyless ? 0 : Integer.parseInt(head.headers().getOrDefault("content-length", "0"));
        byte[] body = input.readNBytes(length);
        if (body.length < length) {
            throw new EOFException(body.length + " octets of " + length);
        }
        return new Response(head.status(), head.headers(), body);
    }

    /** The status and the header fields; the body is still to be read. */
    public Response receiveHead() throws IOException {
        String status = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim(),
                    (first, second) -> first + ", " + second);
        }
        return new Response(Integer.parseInt(status.substring(9, 12)), headers, new byte[0]);
    }

    /** Reads until the server closes; how many octets came. */
    public long drain() throws IOException {
        return input.readAllBytes().length;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0) {
                throw new EOFException("connection closed within the header");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
