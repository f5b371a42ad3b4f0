// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Await;
import io.peerdist.runtime.http.RawClient.Response;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GracefulCloseIT {
    private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String LATE = "GET /late HTTP/1.1\r\nHost: h\r\n\r\n";

    @RegisterExtension
    final ListenerExtension http = new ListenerExtension();

    @Test
    void finishesWhatIsInFlightAndAcceptsNothingNew() throws IOException {
        HttpListener listener = http.listen(settings -> settings.withCloseTimeout(Duration.ofSeconds(20)));
        InetSocketAddress address = listener.localAddress();
        RawClient idle = http.connect(listener);
        assertThat(idle.send(GET).read().status()).isEqualTo(200);
        RawClient busy = http.connect(listener).send(LATE);
        Await.until("the request", () -> http.late().size() == 1);

        Thread closing = ListenerExtension.close(listener);
        assertThat(idle.isClosedByServer()).isTrue();
        // The system lets go of the port when the event loop looks at it next.
        Await.until("the port to be let go", () -> isRefused(address));
        assertThat(closing.isAlive()).isTrue();
        http.late().remove().run();

        Response response = busy.read();
        assertThat(response.text()).isEqualTo("GET /late ");
        assertThat(response.header("connection")).isEqualTo("close");
        assertThat(busy.isClosedByServer()).isTrue();
        busy.close();
        Await.until("the end of the close", () -> !closing.isAlive());
        assertThat(http.connections()).isZero();
    }

    @Test
    void letsARequestArriveThatHasBegun() throws IOException {
        HttpListener listener = http.listen(settings -> settings.withCloseTimeout(Duration.ofSeconds(20)));
        RawClient idle = http.connect(listener);
        assertThat(idle.send(GET).read().status()).isEqualTo(200);
        RawClient client = http.connect(listener);
        assertThat(client.send(GET).read().status()).isEqualTo(200);
        client.send("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(100);

        CompletableFuture<Void> closed = CompletableFuture.runAsync(listener::close);
        assertThat(idle.isClosedByServer()).isTrue();
        client.send("ok");

        assertThat(client.read().text()).isEqualTo("POST /b ok");
        client.close();
        Await.result(closed);
    }

    @Test
    void closesWhatDoesNotEndInTime() throws IOException {
        HttpListener listener = http.listen(settings -> settings.withCloseTimeout(Duration.ofMillis(100)));
        RawClient busy = http.connect(listener).send(LATE);
        Await.until("the request", () -> http.late().size() == 1);

        listener.close();

        assertThat(busy.drain()).isZero();
        Await.until("the close", () -> http.connections() == 0);
    }

    @Test
    void mayBeClosedTwice() {
        HttpListener listener = http.listen();
        listener.close();
        listener.close();

        assertThat(http.connections()).isZero();
    }

    private static boolean isRefused(InetSocketAddress address) {
        try {
            new RawClient(address).close();
            return false;
        } catch (ConnectException refused) {
            return true;
        } catch (IOException reset) {
            return false;
        }
    }
}
