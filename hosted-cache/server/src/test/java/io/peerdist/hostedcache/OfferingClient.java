// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.SegmentDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

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
        return ResponseReader.isAtEnd(in);
    }

    private Response receive() throws IOException {
        ResponseReader.Head head = ResponseReader.head(in);
        byte[] body = ResponseReader.body(in, head);
        List<Byte> octets = new java.util.ArrayList<>();
        for (byte octet : body) {
            octets.add(octet);
        }
        return new Response(head.status(), head.headers(), octets);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
