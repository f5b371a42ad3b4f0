// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import io.peerdist.codec.pccrr.RetrievalRequest;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request from its arrival to the last octet of its answer, or to the end of the upload timer. Lives on the
 * connection's event loop; only {@link #answerFromDisk} runs elsewhere.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the last write of an answer tells how all of them went
final class Upload {
    private static final Logger log = LoggerFactory.getLogger(Upload.class);

    private final RetrievalServer server;
    private final ChannelHandlerContext ctx;
    private final RetrievalRequest request;
    private final Reply reply;
    private final Runnable onEnd;
    private boolean session;
    private boolean expired;
    private boolean ended;
    private @Nullable Future<?> timer;

    Upload(RetrievalServer server, ChannelHandlerContext ctx, RetrievalRequest request, Reply reply, Runnable onEnd) {
        this.server = server;
        this.ctx = ctx;
        this.request = request;
        this.reply = reply;
        this.onEnd = onEnd;
    }

    /** Answers at once when memory suffices. */
    void start() {
        if (RetrievalService.isNegotiation(request)) {
            send(RetrievalService.negotiation(request));
        } else if (!server.admits(ctx.channel())) {
            send(RetrievalService.empty(request, RequestResult.REFUSED));
        } else if (!server.sessions().tryOpen()) {
            send(RetrievalService.empty(request, RequestResult.BUSY));
        } else {
            session = true;
            Answer answer = answerFromMemory();
            if (answer != null) {
                send(answer);
            } else {
                askDisk();
            }
        }
    }

    /** The connection is gone, or a write to it failed. */
    void abandon() {
        end(expired ? RequestResult.TIMEOUT : RequestResult.CLOSED);
    }

    private @Nullable Answer answerFromMemory() {
        try {
            return server.service().answerFromMemory(request);
        } catch (RuntimeException e) {
            return failed(e);
        }
    }

    private void askDisk() {
        startTimer();
        try {
            server.blockingPool().execute(this::answerFromDisk);
        } catch (RejectedExecutionException e) {
            log.debug("no room in the pool for a request of {}", ctx.channel().remoteAddress(), e);
            send(RetrievalService.empty(request, RequestResult.OVERLOADED));
        }
    }

    private void answerFromDisk() {
        Answer answer;
        try {
            answer = server.service().answer(request);
        } catch (RuntimeException e) {
            answer = failed(e);
        }
        Answer found = answer;
        try {
            ctx.executor().execute(() -> send(found));
        } catch (RejectedExecutionException e) {
            log.debug("the event loop ended before its answer came", e);
            found.discard();
        }
    }

    private Answer failed(RuntimeException e) {
        log.warn(
                "The segment source failed; {} gets an empty answer",
                ctx.channel().remoteAddress(),
                e);
        return RetrievalService.empty(request, RequestResult.FAILED);
    }

    private void send(Answer answer) {
        if (ended) {
            answer.discard();
            return;
        }
        // Remembered now: a closed channel may have forgotten it.
        Object remote = ctx.channel().remoteAddress();
        Reply.Outgoing outgoing = reply.to(answer);
        ChannelPromise written = ctx.newPromise();
        // Told before the pipeline is, which may then let the next request through at once.
        written.addListener(future -> sent(answer, outgoing, future, remote));
        int last = outgoing.parts().size() - 1;
        outgoing.parts().subList(0, last).forEach(ctx::write);
        ctx.writeAndFlush(outgoing.parts().get(last), written);
        if (!ended) {
            startTimer();
        }
        if (!reply.keepAlive()) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void sent(Answer answer, Reply.Outgoing outgoing, Future<?> written, Object remote) {
        if (!written.isSuccess()) {
            abandon();
            ctx.close();
            return;
        }
        end(outgoing.result());
        if (outgoing.block() && answer instanceof Answer.Block block) {
            server.blockServed(
                    remote instanceof InetSocketAddress address ? address : null,
                    block.segmentId(),
                    block.block().blockIndex(),
                    block.block().ciphertextBytes());
        }
    }

    private void startTimer() {
        if (timer == null) {
            long nanos = server.uploadTimeout().toNanos();
            timer = ctx.executor().schedule(this::expire, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void expire() {
        if (!ended) {
            log.debug("{} took longer than {} for an answer", ctx.channel().remoteAddress(), server.uploadTimeout());
            // Closing fails what is still to be written, and that ends this upload.
            expired = true;
            ctx.close();
        }
    }

    private void end(RequestResult result) {
        if (ended) {
            return;
        }
        ended = true;
        if (timer != null) {
            timer.cancel(false);
        }
        if (session) {
            server.sessions().close();
        }
        server.metrics().ended(reply.kind(), result);
        onEnd.run();
    }
}
