// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Asks a hosted cache as Microsoft's suite does over .NET: retrieval requests with HTTP/1.1 and {@code Expect:
 * 100-continue}, offers with HTTP/1.0 and {@code Connection: keep-alive}. A new connection for each request, from
 * 127.0.0.1.
 */
final class SuiteClient {
    private static final String RETRIEVAL_PATH = "/116B50EB-ECE2-41ac-8429-9F9E963361B7/";
    private static final String OFFER_PATH_V1 = "/C574AC30-5794-4AEE-B1BB-6651C5315029/";
    private static final String OFFER_PATH_V2 = "/0131501b-d67f-491b-9a40-c4bf27bcb4d4/";
    private static final int LIMIT_MILLIS = 20_000;

    private final InetSocketAddress http;
    private final Optional<InetSocketAddress> https;

    /** A response; {@code closed} tells whether the connection ended behind it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Response(int status, Map<String, String> headers, byte[] body, boolean closed) {
        /** What the suite takes for a drop: no message of the protocol. Ours is always 400 and the end. */
        boolean isDrop() {
            return status == 400 && body.length == 0 && closed;
        }

        /** The code of a PCHC answer: a transport header of four octets and one octet. */
        int responseCode() {
            if (status != 200 || body.length != 5 || body[3] != 1) {
                throw new AssertionError("status " + status + ", " + body.length + " octets (expected: an answer)");
            }
            return body[4];
        }
    }

    SuiteClient(InetSocketAddress http, Optional<InetSocketAddress> https) {
        this.http = http;
        this.https = https;
    }

    /** Sends a retrieval message. */
    Response retrieve(byte[] message) throws IOException {
        try (Socket socket = connect(http)) {
            String head = "POST " + RETRIEVAL_PATH + " HTTP/1.1\nHost: cache\nExpect: 100-continue\n";
            send(socket, head, message);
            Response first = receive(socket, true);
            return first.status() == 100 ? receive(socket, false) : first;
        }
    }

    /** The answer to a retrieval message. */
    SuiteAnswer ask(byte[] message) throws IOException {
        Response response = retrieve(message);
        if (response.status() != 200) {
            throw new AssertionError("status " + response.status() + " (expected: 200)");
        }
        return new SuiteAnswer(response.body());
    }

    /** Sends a version 2.0 offer over HTTP. */
    Response offerV2(byte[] message) throws IOException {
        try (Socket socket = connect(http)) {
            send(socket, "POST " + OFFER_PATH_V2 + " HTTP/1.0\nHost: cache\nConnection: Keep-Alive\n", message);
            return receive(socket, false);
        }
    }

    /** Sends a version 1.0 message over HTTPS. */
    Response offerV1(byte[] message) throws IOException {
        try (Socket socket = trusting(connect(https.orElseThrow()))) {
            send(socket, "POST " + OFFER_PATH_V1 + " HTTP/1.0\nHost: cache\nConnection: Keep-Alive\n", message);
            return receive(socket, false);
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.connect(address, LIMIT_MILLIS);
        return socket;
    }

    private static Socket trusting(Socket plain) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anyone()}, null);
            return context.getSocketFactory().createSocket(plain, "cache", plain.getPort(), true);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static void send(Socket socket, String head, byte[] body) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        String lines = head + "Content-Length: " + body.length + "\n\n";
        request.writeBytes(lines.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        socket.getOutputStream().write(request.toByteArray());
    }

    private static Response receive(Socket socket, boolean interim) throws IOException {
        InputStream in = socket.getInputStream();
        ResponseReader.Head head = ResponseReader.head(in);
        if (interim && head.status() == 100) {
            return new Response(head.status(), head.headers(), new byte[0], false);
        }
        byte[] body = ResponseReader.body(in, head);
        boolean closing = "close".equalsIgnoreCase(head.headers().get("connection"));
        return new Response(head.status(), head.headers(), body, closing && ResponseReader.isAtEnd(in));
    }

    /** The cache's certificate is its own; who it is does not matter to the suite either. */
    private static final class Anyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // not asked
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // everyone is
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
