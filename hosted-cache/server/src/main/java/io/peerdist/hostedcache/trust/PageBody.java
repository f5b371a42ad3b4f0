// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache.trust;

import io.peerdist.codec.manifest.ManifestCodec;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Takes a body of at most one page; a longer one fails the exchange before it is in memory. For one response. */
final class PageBody implements BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private @Nullable Subscription subscription;

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
            if (piece.remaining() > ManifestCodec.MAX_PAGE_BYTES - received.size()) {
                tooLong();
                return;
            }
            byte[] octets = new byte[piece.remaining()];
            piece.get(octets);
            received.writeBytes(octets);
        }
    }

    private void tooLong() {
        if (subscription != null) {
            subscription.cancel();
        }
        body.completeExceptionally(new PollException(
                PollResult.TOO_LARGE,
                "the answer is longer than a page (expected: at most " + ManifestCodec.MAX_PAGE_BYTES + " octets)"));
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
