// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;
import io.peerdist.agent.origin.ContentAnswers;
import io.peerdist.agent.origin.OriginAnswer;
import io.peerdist.agent.stream.ContentStream;
import io.peerdist.agent.stream.ContentStreams;
import io.peerdist.agent.stream.StreamRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer that is content information, on its way to become the file: its body is collected and read, and then the file's
 * verified bytes go to the program as quickly as it takes them. The head goes with the first of them, so that until then the
 * file can still be had plainly. Belongs to the event loop of the program's connection.
 */
final class HashedFile {
    private static final Logger LOGGER = LoggerFactory.getLogger(HashedFile.class);

    /** Content lengths lie; more is taken only as more comes. */
    private static final int INITIAL_BYTES = 16 << 10;

    private final ProxyContext proxy;
    private final ContentStreams streams;
    private final ClientConnection client;
    private final RequestHead request;
    private final HttpHeaders fields;
    private final Outcome outcome;
    private final AtomicBoolean pumpDue = new AtomicBoolean();
    private @Nullable ByteArrayOutputStream collected = new ByteArrayOutputStream(INITIAL_BYTES);
    private long reservedBytes;
    private @Nullable ContentStream stream;
    private WantedPart wanted = new WantedPart.Whole();
    private long fileBytes;
    private long leftBytes;
    private boolean headWritten;
    private boolean over;

    /** What became of it. */
    interface Outcome {
        /** The program has all of it. */
        void delivered();

        /** Nothing of it has been sent; the file is to be asked for plainly. */
        void unusable(ProxyMetrics.Fallback reason);

        /** Part of it has been sent, and there will be no more. */
        void brokeOff(String reason);
    }

    /** @param fields those of the answer with content information */
    HashedFile(
            ProxyContext proxy,
            ContentStreams streams,
            ClientConnection client,
            RequestHead request,
            HttpHeaders fields,
            Outcome outcome) {
        this.proxy = proxy;
        this.streams = streams;
        this.client = client;
        this.request = request;
        this.fields = fields;
        this.outcome = outcome;
    }

    /** Takes a part of the content information, not to keep; false when it is too much. */
    boolean collect(HttpContent part) {
        int bytes = part.content().readableBytes();
        ByteArrayOutputStream into = collected;
        if (into == null
                || into.size() + bytes > ContentAnswers.MAX_BYTES
                || !proxy.informationBudget().take(bytes)) {
            return false;
        }
        reservedBytes += bytes;
        try {
            part.content().getBytes(part.content().readerIndex(), into, bytes);
        } catch (IOException e) {
            throw new IllegalStateException("memory takes everything", e);
        }
        return true;
    }

    /** All of the content information is there. */
    void read() {
        ByteArrayOutputStream all = collected;
        collected = null;
        if (all == null) {
            return;
        }
        try {
            URI url = URI.create(request.target().uri());
            byte[] body = all.toByteArray();
            proxy.decoding().execute(() -> {
                OriginAnswer answer = ContentAnswers.of(url, 200, fields, body);
                client.loop().execute(() -> decoded(answer));
            });
        } catch (RejectedExecutionException e) {
            giveUp(ProxyMetrics.Fallback.BUSY);
        } catch (IllegalArgumentException e) {
            LOGGER.debug("{}: {}", request.target().origin(), e.getMessage());
            giveUp(ProxyMetrics.Fallback.UNUSABLE);
        }
    }

    private void decoded(OriginAnswer answer) {
        releaseBudget();
        if (over) {
            return;
        }
        if (!(answer instanceof OriginAnswer.Hashes hashes)) {
            giveUp(ProxyMetrics.Fallback.UNUSABLE);
            return;
        }
        fileBytes = hashes.information().range().end();
        wanted = WantedPart.of(request.headers(), fields, fileBytes);
        if (wanted instanceof WantedPart.Unknown) {
            giveUp(ProxyMetrics.Fallback.OTHER_VERSION);
        } else if (wanted instanceof WantedPart.None) {
            writeHead();
            deliver();
        } else {
            start(hashes);
        }
    }

    private void start(OriginAnswer.Hashes hashes) {
        long from = wanted instanceof WantedPart.Part part ? part.from() : 0;
        long end = wanted instanceof WantedPart.Part part ? part.end() : fileBytes;
        leftBytes = end - from;
        ContentStream started = streams.start(
                        new StreamRequest(hashes, from, end, request.headers().entries()), this::changed)
                .orElse(null);
        if (started == null) {
            giveUp(ProxyMetrics.Fallback.BUSY);
            return;
        }
        stream = started;
        proxy.metrics().streams.incrementAndGet();
        pump();
    }

    /** From any thread. */
    private void changed() {
        if (pumpDue.compareAndSet(false, true) && !client.loop().isShuttingDown()) {
            client.loop().execute(() -> {
                pumpDue.set(false);
                pump();
            });
        }
    }

    /** Sends what there is, as far as the program takes it. */
    void pump() {
        ContentStream from = stream;
        if (from == null || over) {
            return;
        }
        // What the state was before, as the stream may fail just after its last bytes were taken.
        String failure = from.failure();
        boolean moved = false;
        while (client.isWritable()) {
            ByteBuffer bytes = from.poll();
            if (bytes == null) {
                break;
            }
            moved = true;
            send(bytes);
        }
        if (moved) {
            client.touch();
            client.flush();
        }
        if (leftBytes == 0 && from.isComplete()) {
            deliver();
        } else if (failure != null && client.isWritable()) {
            fail(failure);
        }
    }

    private void send(ByteBuffer bytes) {
        if (!headWritten) {
            writeHead();
        }
        int length = bytes.remaining();
        leftBytes -= length;
        if (leftBytes < 0) {
            throw new IllegalStateException("stream: " + -leftBytes + " bytes beyond its end");
        }
        proxy.metrics().sentToClient(ProxyMetrics.Kind.PEERDIST, length);
        client.writePart(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
    }

    private void writeHead() {
        headWritten = true;
        client.writeHead(FileHead.of(fields, wanted, fileBytes), ProxyMetrics.Kind.PEERDIST);
    }

    private void deliver() {
        cancel();
        client.writePart(LastHttpContent.EMPTY_LAST_CONTENT);
        outcome.delivered();
    }

    private void fail(String failure) {
        LOGGER.debug("{}: {}", request.target().origin(), failure);
        if (headWritten) {
            cancel();
            outcome.brokeOff(failure);
        } else {
            giveUp(ProxyMetrics.Fallback.FAILED);
        }
    }

    /** Too long has nothing come. */
    void expire() {
        fail("nothing came for too long");
    }

    private void giveUp(ProxyMetrics.Fallback reason) {
        cancel();
        outcome.unusable(reason);
    }

    /** Nobody wants the rest. Idempotent. */
    void cancel() {
        over = true;
        if (collected != null) {
            collected = null;
            releaseBudget();
        }
        ContentStream running = stream;
        stream = null;
        if (running != null) {
            running.close();
            proxy.metrics().streams.decrementAndGet();
        }
    }

    private void releaseBudget() {
        proxy.informationBudget().giveBack(reservedBytes);
        reservedBytes = 0;
    }
}
