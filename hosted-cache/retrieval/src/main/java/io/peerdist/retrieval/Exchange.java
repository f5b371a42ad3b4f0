// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.RetrievalResponse;
import io.peerdist.codec.wire.MalformedMessageException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
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
    private final RequestKind kind;
    private final byte[] body;
    private final Function<RetrievalResponse, T> check;
    private final RetrievalClientMetrics metrics;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private @Nullable Future<?> timer;
    private @Nullable Runnable onAbort;
    private boolean repeated;

    /**
     * @param check turns the answer into the result, or throws {@link RetrievalException} when it does not answer the
     *     request
     */
    Exchange(
            InetSocketAddress peer,
            RetrievalRequest request,
            Function<RetrievalResponse, T> check,
            RetrievalClientMetrics metrics) {
        this.peer = peer;
        this.kind = RequestKind.of(request);
        this.body = RetrievalCodec.encodeRequest(request);
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

    /** Reads a complete body; false when it was no answer, so that its connection is not to be trusted. */
    boolean complete(ByteBuffer answer) {
        int answerBytes = answer.remaining();
        T value;
        try {
            value = check.apply(RetrievalCodec.decodeResponse(answer));
        } catch (MalformedMessageException e) {
            fail(RetrievalException.Kind.MALFORMED, "sent a malformed answer", e);
            return false;
        } catch (RetrievalException e) {
            fail(e);
            return false;
        }
        stopTimer();
        if (result.complete(value)) {
            metrics.succeeded(kind, answerBytes);
        }
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
