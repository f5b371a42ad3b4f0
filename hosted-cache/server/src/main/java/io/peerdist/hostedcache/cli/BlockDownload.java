// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.cli;

import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.runtime.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Fetches blocks from a hosted cache in their static form. For one thread. */
final class BlockDownload {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_BODY_BYTES = RetrievalCodec.TRANSPORT_HEADER_BYTES + RetrievalCodec.MAX_RESPONSE_BYTES;
    private static final int MAX_TRIES = 5; // of a cache that is too busy: 3 s in all
    private static final long PAUSE_MILLIS = 200;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Response(int status, long contentLength, byte[] octets) {}

    private final HostPort cache;
    private final HttpClient client;
    private boolean busy;

    BlockDownload(HostPort cache) {
        this.cache = cache;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** How long the block's file must be; -1 when the cache does not say. */
    long bytesOf(String id, int index) throws IOException {
        Response response = ask("HEAD", id, index);
        return response == null ? -1 : response.contentLength();
    }

    /** The octets of the block's file; null when the cache does not hold it, or is {@link #isBusy}. */
    byte @Nullable [] octetsOf(String id, int index) throws IOException {
        Response response = ask("GET", id, index);
        if (response == null) {
            return null;
        }
        byte[] octets = response.octets();
        try {
            if (RetrievalCodec.decodeResponse(ByteBuffer.wrap(octets)) instanceof BlockResponse block
                    && block.segmentId().toString().equals(id)
                    && block.blockIndex() == index) {
                return octets;
            }
        } catch (MalformedMessageException e) {
            throw new IOException(cache + " sent no block for " + path(id, index), e);
        }
        throw new IOException(cache + " sent another block for " + path(id, index));
    }

    /** Whether the last question got no answer because the cache had too much to do, however often it was asked. */
    boolean isBusy() {
        return busy;
    }

    private @Nullable Response ask(String method, String id, int index) throws IOException {
        busy = false;
        for (int attempt = 1; attempt <= MAX_TRIES; attempt++) {
            Response response = send(method, id, index);
            if (response.status() == OK) {
                return response;
            }
            if (response.status() == NOT_FOUND) {
                return null;
            }
            if (response.status() != UNAVAILABLE) {
                throw new IOException(cache + " answered " + response.status() + " for " + path(id, index)
                        + " (expected: a hosted cache)");
            }
            pause(attempt * PAUSE_MILLIS);
        }
        busy = true;
        return null;
    }

    private Response send(String method, String id, int index) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + cache + path(id, index)))
                .method(method, BodyPublishers.noBody())
                .timeout(REQUEST_TIMEOUT)
                .build();
        try {
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] octets = body.readNBytes(MAX_BODY_BYTES + 1);
                if (octets.length > MAX_BODY_BYTES) {
                    throw new IOException(cache + " sent more than " + MAX_BODY_BYTES + " octets for " + path(id, index)
                            + " (expected: a block)");
                }
                return new Response(response.statusCode(), length(response), octets);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + cache, e);
        } catch (ConnectException e) {
            throw new IOException("no hosted cache answers at " + cache + "; name its place with --cache", e);
        }
    }

    private static long length(HttpResponse<?> response) {
        return response.headers().firstValueAsLong("Content-Length").orElse(-1);
    }

    private static void pause(long millis) {
        new CompletableFuture<Boolean>()
                .completeOnTimeout(true, millis, TimeUnit.MILLISECONDS)
                .join();
    }

    private static String path(String id, int index) {
        return "/" + StaticTree.pathOf(id, index);
    }
}
