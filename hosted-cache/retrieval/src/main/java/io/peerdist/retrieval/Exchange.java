// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.peerdist.codec.pccrr.NegotiationRequest;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.RetrievalResponse;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.codec.wire.MalformedMessageException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request of the client role and what becomes of it. Whoever holds it on the way to the peer (queue, connection)
 * works on the peer's event loop.
 */
final class Exchange<T> {
    private final InetSocketAddress peer;
    private final RetrievalRequest request;
    private final RequestKind kind;
    private final PeerVersions versions;
    private final Function<RetrievalResponse, T> check;
    private final RetrievalClientMetrics metrics;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private @Nullable Future<?> timer;
    private @Nullable Runnable onAbort;
    private byte[] body;
    private boolean repeated;
    private boolean negotiated;

    /** What a complete body has been. */
    enum Outcome {
        /** The answer: the connection can take another exchange. */
        ANSWERED,
        /** The peer wants another version: {@link #body()} is to be sent once more. */
        REPEAT,
        /** No answer, so that the connection is not to be trusted. */
        WRONG
    }

    /**
     * @param versions which version the peer was last asked in with success
     * @param check turns the answer into the result, or throws {@link RetrievalException} when it does not answer the
     *     request
     */
    Exchange(
            InetSocketAddress peer,
            RetrievalRequest request,
            PeerVersions versions,
            Function<RetrievalResponse, T> check,
            RetrievalClientMetrics metrics) {
        this.peer = peer;
        this.request = request;
        this.kind = RequestKind.of(request);
        this.versions = versions;
        this.body = versions.encode(peer, request);
        this.check = check;
        this.metrics = metrics;
    }

    CompletableFuture<T> result() {
        return result;
    }

    byte[] body() {
        return body;
    }

    InetSocketAddress peer() {
        return peer;
    }

    boolean isDone() {
        return result.isDone();
    }

    /**
     * Starts the request timer, the first time, and says what to do when it runs out or the caller cancels: the
     * connection that the exchange then occupies is of no use any more.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the caller has the result; this only listens for its cancelling
    void occupy(EventLoop loop, Duration timeout, Runnable onAbort) {
        this.onAbort = onAbort;
        if (timer == null) {
            timer = loop.schedule(() -> expire(timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
            result.whenComplete((value, failure) -> {
                if (result.isCancelled()) {
                    loop.execute(this::cancelled);
                }
            });
        }
    }

    /** Whether the request may be sent once more, on a new connection; true once. */
    boolean mayRepeat() {
        boolean may = !repeated && !isDone();
        repeated = true;
        return may;
    }

    /** Reads a complete body, which is the exchange's from now on. */
    Outcome complete(byte[] answer) {
        T value;
        try {
            RetrievalResponse response = RetrievalCodec.decodeResponseIn(answer);
            if (takesVersionOf(response)) {
                return Outcome.REPEAT;
            }
            value = check.apply(response);
        } catch (MalformedMessageException e) {
            fail(RetrievalException.Kind.MALFORMED, "sent a malformed answer", e);
            return Outcome.WRONG;
        } catch (RetrievalException e) {
            fail(e);
            return Outcome.WRONG;
        }
        stopTimer();
        if (negotiated) {
            versions.answered(peer, request, RetrievalCodec.versionOf(ByteBuffer.wrap(body)));
        }
        if (result.complete(value)) {
            metrics.succeeded(kind, answer.length);
        }
        return Outcome.ANSWERED;
    }

    /**
     * MS-PCCRR 3.1.5.1: a peer that answers with its versions is asked again in the highest common one; once, and only if
     * that is another version than before and has such a message. The request timer runs on.
     */
    private boolean takesVersionOf(RetrievalResponse response) {
        if (negotiated
                || request instanceof NegotiationRequest
                || !(response instanceof NegotiationResponse negotiation)) {
            return false;
        }
        Optional<ProtocolVersion> common = VersionRange.SUPPORTED.highestCommon(negotiation.supported());
        if (common.isEmpty()
                || common.get().equals(RetrievalCodec.versionOf(ByteBuffer.wrap(body)))
                || !RetrievalCodec.isIn(request, common.get())) {
            return false;
        }
        negotiated = true;
        repeated = false;
        body = RetrievalCodec.encodeRequest(request, common.get());
        return true;
    }

    void fail(RetrievalException.Kind failure, String what) {
        fail(failure, what, null);
    }

    void fail(RetrievalException.Kind failure, String what, @Nullable Throwable cause) {
        fail(new RetrievalException(failure, "peer " + peer + " " + what, cause));
    }

    private void fail(RetrievalException e) {
        stopTimer();
        if (result.completeExceptionally(e)) {
            metrics.failed(kind, e.kind());
        }
    }

    private void expire(Duration timeout) {
        fail(RetrievalException.Kind.TIMEOUT, "did not answer within " + timeout.toMillis() + " ms");
        abort();
    }

    private void cancelled() {
        metrics.cancelled(kind);
        stopTimer();
        abort();
    }

    private void abort() {
        Runnable action = onAbort;
        onAbort = null;
        if (action != null) {
            action.run();
        }
    }

    private void stopTimer() {
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
    }
}
