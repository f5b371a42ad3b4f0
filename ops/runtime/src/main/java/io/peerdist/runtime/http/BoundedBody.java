// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The body of a response to Java's own client, in memory; one that is too long fails the exchange before it is. For one response. */
public final class BoundedBody implements BodySubscriber<byte[]> {
    private final int maxBytes;
    private final Supplier<? extends Exception> tooLong;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private @Nullable Subscription subscription;

    /** Takes {@code maxBytes} at most. */
    public BoundedBody(int maxBytes) {
        this(maxBytes, () -> new IOException("it answered with more than " + maxBytes + " bytes"));
    }

    /** @param tooLong makes what the exchange fails with when more come */
    public BoundedBody(int maxBytes, Supplier<? extends Exception> tooLong) {
        this.maxBytes = maxBytes;
        this.tooLong = tooLong;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        for (ByteBuffer piece : pieces) {
            if (piece.remaining() > maxBytes - received.size()) {
                giveUp();
                return;
            }
            byte[] octets = new byte[piece.remaining()];
            piece.get(octets);
            received.writeBytes(octets);
        }
    }

    private void giveUp() {
        if (subscription != null) {
            subscription.cancel();
        }
        body.completeExceptionally(tooLong.get());
    }

    @Override
    public void onError(Throwable failure) {
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        body.complete(received.toByteArray());
    }
}
