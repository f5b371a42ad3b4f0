// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.StoredBlock;
import java.nio.ByteBuffer;
import java.util.List;

/** How an answer goes back over HTTP. Belongs to one request. */
abstract sealed class Reply permits MessageReply, StaticBlockReply {
    private final HttpVersion version;
    private final boolean keepAlive;
    private final ByteBufAllocator allocator;

    Reply(HttpRequest request, ByteBufAllocator allocator) {
        this.allocator = allocator;
        this.version = request.protocolVersion();
        this.keepAlive = HttpUtil.isKeepAlive(request);
    }

    /**
     * A whole response.
     *
     * @param parts what is to be written, in this order; the last one ends the response
     * @param result how the request has ended once they are out
     * @param block whether they bring a block
     */
    record Outgoing(List<Object> parts, RequestResult result, boolean block) {}

    /** How the request is counted. */
    abstract RequestKind kind();

    /** The response for {@code answer}; takes over what the answer holds. */
    abstract Outgoing to(Answer answer);

    /** The octets before a block, and the ones behind it if its file lacks them. */
    final BlockParts partsOf(Answer.Block answer, ProtocolVersion asked) {
        return BlockParts.of(answer, asked, allocator);
    }

    /** Whether the connection may live on. */
    final boolean keepAlive() {
        return keepAlive;
    }

    /** A response with this body. */
    final HttpResponse full(HttpResponseStatus status, ByteBuf body) {
        HttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        HttpUtil.setKeepAlive(response.headers(), version, keepAlive);
        return response;
    }

    /** The head of the response that a block goes out in. */
    final HttpResponse blockHead(BlockParts parts) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        HttpUtil.setKeepAlive(response.headers(), version, keepAlive);
        setContent(response, parts.bodyBytes());
        return response;
    }

    /** Says what the body is. */
    static void setContent(HttpResponse response, int contentBytes) {
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM);
        HttpUtil.setContentLength(response, contentBytes);
    }

    /**
     * A stored block and the octets before and behind it: together the encoding of a {@code MSG_BLK}.
     *
     * @param trailer empty when the block's file has it already
     */
    record BlockParts(StoredBlock block, ByteBuf preamble, ByteBuf trailer) {
        static BlockParts of(Answer.Block answer, ProtocolVersion asked, ByteBufAllocator allocator) {
            StoredBlock block = answer.block();
            byte[] iv = block.initializationVector();
            int blockBytes = block.ciphertextBytes();
            ByteBuffer octets = RetrievalCodec.blockPreamble(
                    asked,
                    answer.segmentId(),
                    block.blockIndex(),
                    answer.nextBlockIndex(),
                    block.cryptoAlgorithm(),
                    blockBytes,
                    iv.length);
            ByteBuf preamble = allocator.directBuffer(octets.remaining()).writeBytes(octets);
            ByteBuf trailer = block.trailerBytes() > 0
                    ? Unpooled.EMPTY_BUFFER
                    : Unpooled.wrappedBuffer(RetrievalCodec.blockTrailer(blockBytes, iv));
            return new BlockParts(block, preamble, trailer);
        }

        int bodyBytes() {
            return preamble.readableBytes() + StoredBlockRegion.bytesOf(block) + trailer.readableBytes();
        }

        /** Gives everything back unsent. */
        void discard() {
            preamble.release();
            trailer.release();
            block.close();
        }

        /** The block behind its {@code head}, from its file. It is closed when it is out. */
        Outgoing behind(HttpResponse head) {
            return new Outgoing(
                    List.of(
                            head,
                            new DefaultHttpContent(preamble),
                            new StoredBlockRegion(block),
                            trailer.isReadable()
                                    ? new DefaultLastHttpContent(trailer)
                                    : LastHttpContent.EMPTY_LAST_CONTENT),
                    RequestResult.SERVED,
                    true);
        }
    }
}
