// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.peerdist.conformance.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeoutIT {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

    @RegisterExtension
    final ListenerExtension http = new ListenerExtension();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "G",
                "GET /a HTTP/1.1\r\nHost: h\r\n",
                "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc",
                "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
            })
    void answers408ToARequestThatDoesNotEnd(String beginning) throws IOException {
        RawClient client = http.connect(http.listen(settings -> settings.withRequestTimeout(SHORT)));

        client.send(beginning);

        assertThat(client.read().status()).isEqualTo(408);
        assertThat(client.isClosedByServer()).isTrue();
        assertThat(http.rejected("request_timeout")).isEqualTo(1);
    }

    @Test
    void answers408ToARequestThatDripsInWithoutEnd() throws IOException {
        RawClient client = http.connect(http.listen(settings -> settings.withRequestTimeout(SHORT)));
        client.send("GET /a HTTP/1.1\r\nHost: h\r\n");

        Await.until("the end of the drip", () -> {
            try {
                client.send("X: y\r\n");
            } catch (IOException closed) {
                return true;
            }
            return http.rejected("request_timeout") == 1;
        });

        assertThat(http.rejected("request_timeout")).isEqualTo(1);
    }

    @Test
    void limitsTheSecondRequestOfAConnectionToo() throws IOException {
        RawClient client = http.connect(http.listen(settings -> settings.withRequestTimeout(SHORT)));
        assertThat(client.send(GET).read().status()).isEqualTo(200);

        client.send("GET /a HT");

        assertThat(client.read().status()).isEqualTo(408);
    }

    @Test
    void closesAConnectionThatAsksNothing() throws IOException {
        RawClient client = http.connect(http.listen(settings -> settings.withIdleTimeout(SHORT)));

        assertThat(client.isClosedByServer()).isTrue();
        assertThat(http.rejected("request_timeout")).isZero();
    }

    @Test
    void closesAConnectionThatStaysIdleAfterARequest() throws IOException {
        RawClient client = http.connect(http.listen(settings -> settings.withIdleTimeout(SHORT)));

        assertThat(client.send(GET).read().status()).isEqualTo(200);
        assertThat(client.isClosedByServer()).isTrue();
    }

    @Test
    void letsAHandlerTakeItsTime() throws IOException {
        HttpListener listener =
                http.listen(settings -> settings.withIdleTimeout(SHORT).withRequestTimeout(SHORT));
        RawClient patient = http.connect(listener).send("GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
        Await.until("the request", () -> http.late().size() == 1);

        // Two other connections live and die by the same limits meanwhile.
        assertThat(http.connect(listener).isClosedByServer()).isTrue();
        assertThat(http.connect(listener).isClosedByServer()).isTrue();
        http.late().remove().run();

        assertThat(patient.read().text()).isEqualTo("GET /late ");
    }

    @Test
    void abortsAResponseThatTheClientDoesNotTake(@TempDir Path directory) throws IOException {
        Path file = largeFile(directory);
        HttpListener listener = http.listen(
                ListenerExtension.settings(ListenerExtension.LOOPBACK).withWriteStallTimeout(SHORT), file);
        RawClient client = http.connect(listener, 4_096);

        client.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n");

        Await.until("the abort", () -> http.rejected("write_stall") == 1);
        Await.until("the close", () -> http.connections() == 0);
        assertThat(client.drain()).isLessThan(file.toFile().length());
    }

    @Test
    void letsASlowClientTakeAResponseAsLongAsItTakesSome(@TempDir Path directory) throws IOException {
        Path file = largeFile(directory);
        HttpListener listener = http.listen(
                ListenerExtension.settings(ListenerExtension.LOOPBACK).withWriteStallTimeout(SHORT.multipliedBy(2)),
                file);
        RawClient client = http.connect(listener, 4_096);
        client.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n");
        CompletableFuture<Void> threeLimits =
                new CompletableFuture<Void>().completeOnTimeout(null, SHORT.toMillis() * 6, TimeUnit.MILLISECONDS);

        Await.until("three times the limit", () -> client.take(20_000) == 0 || threeLimits.isDone());

        assertThat(threeLimits).isDone();
        assertThat(http.rejected("write_stall")).isZero();
        assertThat(http.connections()).isEqualTo(1);
    }

    private static Path largeFile(Path directory) throws IOException {
        Path file = directory.resolve("large");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(64L << 20);
        }
        return file;
    }
}
