// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.StoredBlock;
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
    private final HttpVersion version;
    private final boolean keepAlive;
    private final Runnable onEnd;
    private boolean session;
    private boolean expired;
    private boolean ended;
    private @Nullable Future<?> timer;

    Upload(
            RetrievalServer server,
            ChannelHandlerContext ctx,
            RetrievalRequest request,
            HttpVersion version,
            boolean keepAlive,
            Runnable onEnd) {
        this.server = server;
        this.ctx = ctx;
        this.request = request;
        this.version = version;
        this.keepAlive = keepAlive;
        this.onEnd = onEnd;
    }

    /** Answers at once when memory suffices. */
    void start() {
        if (RetrievalService.isNegotiation(request)) {
            send(RetrievalService.negotiation(request));
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
        ChannelFuture written =
                answer instanceof Answer.Block block ? writeBlock(block) : writeMessage((Answer.Message) answer);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
        if (written.isDone()) {
            sent(answer, written, remote);
        } else {
            startTimer();
            written.addListener(future -> sent(answer, future, remote));
        }
    }

    private void sent(Answer answer, Future<?> written, Object remote) {
        if (!written.isSuccess()) {
            abandon();
            ctx.close();
            return;
        }
        end(answer.result());
        if (answer instanceof Answer.Block block) {
            server.blockServed(
                    remote instanceof InetSocketAddress address ? address : null,
                    block.segmentId(),
                    block.block().blockIndex(),
                    block.block().ciphertextBytes());
        }
    }

    private ChannelFuture writeMessage(Answer.Message answer) {
        ByteBuf body = Unpooled.wrappedBuffer(RetrievalCodec.encodeResponse(answer.response()));
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
        setHeaders(response, body.readableBytes());
        return ctx.writeAndFlush(response);
    }

    private ChannelFuture writeBlock(Answer.Block answer) {
        StoredBlock block = answer.block();
        StoredBlockRegion region = new StoredBlockRegion(block);
        byte[] iv = block.initializationVector();
        int blockBytes = block.ciphertextBytes();
        ByteBuf preamble = Unpooled.wrappedBuffer(RetrievalCodec.blockPreamble(
                answer.segmentId(),
                block.blockIndex(),
                answer.nextBlockIndex(),
                block.cryptoAlgorithm(),
                blockBytes,
                iv.length));
        ByteBuf trailer = Unpooled.wrappedBuffer(RetrievalCodec.blockTrailer(blockBytes, iv));
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        setHeaders(response, preamble.readableBytes() + blockBytes + trailer.readableBytes());
        ctx.write(response);
        ctx.write(new DefaultHttpContent(preamble));
        ctx.write(region);
        return ctx.writeAndFlush(new DefaultLastHttpContent(trailer));
    }

    private void setHeaders(HttpResponse response, int contentBytes) {
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM);
        HttpUtil.setContentLength(response, contentBytes);
        HttpUtil.setKeepAlive(response.headers(), version, keepAlive);
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
        server.metrics().ended(RequestKind.of(request), result);
        onEnd.run();
    }
}
