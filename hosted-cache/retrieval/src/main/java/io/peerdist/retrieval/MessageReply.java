// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import java.util.List;

/** The answer to a message of the retrieval protocol: another message, always with status 200. */
final class MessageReply extends Reply {
    private final RequestKind kind;
    private final ProtocolVersion asked;

    /** The reply to {@code message}, which came in {@code request} with version {@code asked}. */
    MessageReply(HttpRequest request, RetrievalRequest message, ProtocolVersion asked, ByteBufAllocator allocator) {
        super(request, allocator);
        this.kind = RequestKind.of(message);
        this.asked = asked;
    }

    @Override
    RequestKind kind() {
        return kind;
    }

    @Override
    Outgoing to(Answer answer) {
        if (answer instanceof Answer.Block block) {
            BlockParts parts = partsOf(block, asked);
            return parts.behind(blockHead(parts));
        }
        Answer.Message message = (Answer.Message) answer;
        byte[] body = RetrievalCodec.encodeResponse(message.response(), asked);
        HttpResponse response = full(HttpResponseStatus.OK, Unpooled.wrappedBuffer(body));
        setContent(response, body.length);
        return new Outgoing(List.of(response), message.result(), false);
    }
}
