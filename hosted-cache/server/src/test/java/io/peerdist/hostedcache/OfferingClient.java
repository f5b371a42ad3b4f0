// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.SegmentDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection to a hosted cache from an address of the test's choice. */
final class OfferingClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    record Response(int status, Map<String, String> headers, List<Byte> body) {}

    OfferingClient(InetSocketAddress cache, String from) throws IOException {
        socket = new Socket();
        socket.setSoTimeout(20_000);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(cache, 20_000);
        in = socket.getInputStream();
    }

    /** Offers once, from {@code from}. */
    static Response offer(InetSocketAddress cache, String from, int port, SegmentDescriptor... segments)
            throws IOException {
        try (OfferingClient client = new OfferingClient(cache, from)) {
            return client.post(new BatchedOffer(port, List.of(segments)).encode());
        }
    }

    Response post(byte[] body) throws IOException {
        return send("POST " + HostedCacheRequest.OFFER_PATH_V2 + " HTTP/1.1\nHost: cache\n", body);
    }

    /** Sends {@code head}, a content length and {@code body}. */
    Response send(String head, byte[] body) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        String lines = head + "Content-Length: " + body.length + "\n\n";
        request.writeBytes(lines.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        socket.getOutputStream().write(request.toByteArray());
        return receive();
    }

    boolean isAtEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private Response receive() throws IOException {
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        List<Byte> octets = new java.util.ArrayList<>();
        for (byte octet : body) {
            octets.add(octet);
        }
        return new Response(Integer.parseInt(statusLine.split(" ", 3)[1]), headers, octets);
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
