// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.offer;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.SegmentDescriptor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hosted caches that answer an offer well, badly, or not to the end. */
@Timeout(30)
class OfferClientIT {
    private static final BatchedOffer OFFER = new BatchedOffer(
            8080,
            List.of(new SegmentDescriptor(
                    65_536, 65_536, ContentTag.OTHER, HashAlgorithm.SHA_256, SegmentId.of(new byte[32]))));

    @Test
    void takesOk() {
        assertThatCode(() -> offerTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\0\0\0\1\0", Duration.ofSeconds(10)))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesInterestedAndGarbage() {
        assertThatThrownBy(
                        () -> offerTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\0\0\0\1\1", Duration.ofSeconds(10)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("INTERESTED");
        assertThatThrownBy(() -> offerTo("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nokay", Duration.ofSeconds(10)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> offerTo("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", Duration.ofSeconds(10)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("503");
    }

    @Test
    void givesUpOnABodyThatNeverEnds() {
        assertThatThrownBy(() -> offerTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\0\0", Duration.ofMillis(300)))
                .isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void givesUpOnABodyThatIsTooLong() {
        assertThatThrownBy(() -> offerTo(
                        "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + "x".repeat(4_000), Duration.ofSeconds(10)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more than 1024 bytes");
    }

    /** A server for one connection, which stays open until the offer has ended. */
    private static void offerTo(String answer, Duration timeout) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> offered = new CompletableFuture<>();
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
                try (Socket socket = server.accept()) {
                    OutputStream out = socket.getOutputStream();
                    out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
                    out.flush();
                    offered.join();
                } catch (IOException e) {
                    offered.completeExceptionally(e);
                }
            });
            try {
                new OfferClient(timeout)
                        .offer(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), OFFER);
            } finally {
                offered.complete(null);
                served.join();
            }
        }
    }
}
