// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.StoredBlock;
import java.util.HexFormat;
import java.util.List;

/**
 * The answer to a {@code GET} or {@code HEAD} for a block in its static form: the very octets that answer {@code
 * MSG_GETBLKS}, with a strong entity tag; 304 when the client has them already, 404 when the block is not here. What the
 * protocol answers with an empty message although the block may be here (too many sessions, a disk that fails) is 503, which
 * no cache in front keeps; without a Retry-After, as iPXE would wait for it instead of turning to the origin.
 */
final class StaticBlockReply extends Reply {
    private final boolean head;
    private final String wantedTags;

    StaticBlockReply(HttpRequest request, ByteBufAllocator allocator) {
        super(request, allocator);
        this.head = request.method().equals(HttpMethod.HEAD);
        this.wantedTags = String.join(",", request.headers().getAll(HttpHeaderNames.IF_NONE_MATCH));
    }

    @Override
    RequestKind kind() {
        return RequestKind.STATIC_BLOCK;
    }

    @Override
    Outgoing to(Answer answer) {
        if (answer instanceof Answer.Block block) {
            return found(block);
        }
        RequestResult result = answer.result();
        HttpResponse response = full(
                result == RequestResult.EMPTY ? HttpResponseStatus.NOT_FOUND : HttpResponseStatus.SERVICE_UNAVAILABLE,
                Unpooled.EMPTY_BUFFER);
        HttpUtil.setContentLength(response, 0);
        return new Outgoing(List.of(response), result, false);
    }

    private Outgoing found(Answer.Block answer) {
        String tag = entityTag(answer);
        if (isWanted(tag)) {
            answer.discard();
            HttpResponse unchanged = full(HttpResponseStatus.NOT_MODIFIED, Unpooled.EMPTY_BUFFER);
            unchanged.headers().set(HttpHeaderNames.ETAG, tag);
            return new Outgoing(List.of(unchanged), RequestResult.NOT_MODIFIED, false);
        }
        BlockParts parts = partsOf(answer, ProtocolVersion.V1_0);
        if (head) {
            HttpResponse headers = full(HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
            setContent(headers, parts.bodyBytes());
            parts.discard();
            headers.headers().set(HttpHeaderNames.ETAG, tag);
            return new Outgoing(List.of(headers), RequestResult.SERVED, false);
        }
        HttpResponse response = blockHead(parts);
        response.headers().set(HttpHeaderNames.ETAG, tag);
        return parts.behind(response);
    }

    /**
     * RFC 9110 8.8.3: another tag for every other sequence of octets. The octets follow from the record that the store
     * keeps of the block and from the next block held; algorithm, length and vector are those of the record, and stand here
     * so that a tag does not outlive a store that was deleted and filled anew.
     */
    private static String entityTag(Answer.Block answer) {
        StoredBlock block = answer.block();
        return "\"" + Long.toHexString(block.revision()) + "-"
                + block.cryptoAlgorithm().id() + "-"
                + Integer.toHexString(block.ciphertextBytes()) + "-"
                + answer.nextBlockIndex() + "-"
                + HexFormat.of().formatHex(block.initializationVector()) + "\"";
    }

    /** RFC 9110 13.1.2: {@code *} is any tag, and for this comparison a weak tag is as good as a strong one. */
    private boolean isWanted(String tag) {
        for (String wanted : wantedTags.split(",", -1)) {
            String stripped = wanted.strip();
            if (stripped.equals("*") || stripped.equals(tag) || stripped.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }
}
