// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.lease;

import io.peerdist.codec.lease.LeaseAnswer;
import io.peerdist.codec.lease.LeaseRequest;
import io.peerdist.codec.lease.LeaseResponse;
import io.peerdist.codec.wire.MalformedMessageException;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.http.BoundedBody;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Asks a hosted cache for leases. Thread-safe. */
final class LeaseClient {
    /** So many times as long may a cache take that has answered before: it is but busy. */
    private static final int TRUSTED_TIMES = 3;

    private final Duration answerLimit;
    private final HttpClient http;

    /** The cache keeps no leases: not now when it has too much to do, or not at all. */
    static final class NoLeasesException extends IOException {
        private static final long serialVersionUID = 1L;
        private final boolean passing;

        NoLeasesException(String message, boolean passing) {
            super(message);
            this.passing = passing;
        }

        boolean isPassing() {
            return passing;
        }
    }

    LeaseClient(Duration answerLimit) {
        this.answerLimit = answerLimit;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(answerLimit)
                .build();
    }

    /** The answers, from a cache that has answered before or not; fails with {@link NoLeasesException} when the cache keeps no leases. */
    CompletableFuture<List<LeaseAnswer>> ask(InetSocketAddress cache, LeaseRequest request, boolean trusted) {
        Duration limit = trusted ? answerLimit.multipliedBy(TRUSTED_TIMES) : answerLimit;
        return post(cache, LeaseRequest.PATH, request, limit).thenApply(response -> answers(response, request));
    }

    /** Gives leases back. */
    CompletableFuture<Void> release(InetSocketAddress cache, LeaseRequest request) {
        return post(cache, LeaseRequest.RELEASE_PATH, request, answerLimit).thenAccept(response -> {});
    }

    private CompletableFuture<HttpResponse<byte[]>> post(
            InetSocketAddress cache, String path, LeaseRequest request, Duration limit) {
        HttpRequest post = HttpRequest.newBuilder(URI.create("http://" + HostPort.format(cache) + path))
                .timeout(limit)
                .POST(HttpRequest.BodyPublishers.ofByteArray(request.encode()))
                .build();
        CompletableFuture<HttpResponse<byte[]>> exchange =
                http.sendAsync(post, answer -> new BoundedBody(LeaseResponse.MAX_BYTES));
        // The request's own limit ends with the headers; a body may still take for ever.
        return exchange.orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static List<LeaseAnswer> answers(HttpResponse<byte[]> response, LeaseRequest request) {
        int status = response.statusCode();
        if (status != 200) {
            throw new CompletionException(
                    new NoLeasesException("it answered " + status, status == 429 || status == 503));
        }
        try {
            List<LeaseAnswer> answers =
                    LeaseResponse.decode(ByteBuffer.wrap(response.body())).answers();
            if (answers.size() == request.segments().size()) {
                return answers;
            }
            throw new CompletionException(new NoLeasesException(
                    "answers: " + answers.size() + " (expected: "
                            + request.segments().size() + ")",
                    false));
        } catch (MalformedMessageException e) {
            throw new CompletionException(new NoLeasesException(String.valueOf(e.getMessage()), false));
        }
    }
}
