// SPDX-License-Identifier: Apache-2.0
package io.peerdist.cli.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a server over HTTP/1.1, for a limited time. Stateless. */
final class HttpQuestion {
    /** Of each step; a few of them are done within a run's limit. */
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private HttpQuestion() {}

    /**
     * What the server said.
     *
     * @param body its beginning, to be read once
     */
    record Answer(int status, HttpHeaders headers, ByteBuffer body) {
        String text() {
            return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
        }

        Optional<String> header(String name) {
            return headers.firstValue(name);
        }
    }

    /** Reads no more than {@code maxBytes} of the answer's body. */
    static Answer ask(HttpRequest.Builder request, int maxBytes) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(TIMEOUT)
                .build();
        HttpResponse<InputStream> response =
                client.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofInputStream());
        // The client's own time limit ends with the head.
        try (InputStream stream = response.body()) {
            FutureTask<byte[]> reading = new FutureTask<>(() -> stream.readNBytes(maxBytes));
            Thread reader = new Thread(reading, "doctor-http");
            reader.setDaemon(true);
            reader.start();
            byte[] body = reading.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.headers(), ByteBuffer.wrap(body));
        } catch (TimeoutException e) {
            throw new IOException("the answer does not end within " + TIMEOUT.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException("the answer breaks off: " + e.getCause(), e);
        }
    }
}
