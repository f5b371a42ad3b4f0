// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.offer;

import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.OfferResponse;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.http.BoundedBody;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends offers to hosted caches. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pchc">MS-PCHC 3.2</a>
 */
public final class OfferClient {
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10); // MS-PCHC 3.2.2
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_RESPONSE_BYTES = 1_024;

    private final Duration requestTimeout;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    /** With the time limit of the specification. */
    public OfferClient() {
        this(REQUEST_TIMEOUT);
    }

    OfferClient(Duration requestTimeout) {
        this.requestTimeout = requestTimeout;
    }

    /** Throws {@link IOException}, with a reason fit for the user, unless the hosted cache takes the offer. */
    void offer(InetSocketAddress cache, BatchedOffer offer) throws IOException {
        URI url = URI.create("http://" + HostPort.format(cache) + HostedCacheRequest.OFFER_PATH_V2);
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(requestTimeout)
                .POST(HttpRequest.BodyPublishers.ofByteArray(offer.encode()))
                .build();
        CompletableFuture<HttpResponse<byte[]>> exchange =
                http.sendAsync(request, answer -> new BoundedBody(MAX_RESPONSE_BYTES));
        try {
            HttpResponse<byte[]> response = exchange.get(requestTimeout.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != 200) {
                throw new IOException("it answered " + response.statusCode());
            }
            requireOk(response.body());
        } catch (TimeoutException e) {
            // The request's own limit ends with the headers; a body may still take for ever.
            exchange.cancel(true);
            throw new HttpTimeoutException("no answer");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (InterruptedException e) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static void requireOk(byte[] body) throws IOException {
        try {
            OfferResponse response = OfferResponse.decode(ByteBuffer.wrap(body));
            if (response != OfferResponse.OK) {
                throw new IOException("it answered " + response + " (expected: OK)");
            }
        } catch (MalformedMessageException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
