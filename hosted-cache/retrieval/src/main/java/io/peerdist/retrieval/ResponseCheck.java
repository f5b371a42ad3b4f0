// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RetrievalResponse;
import io.peerdist.codec.pccrr.SegmentList;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.retrieval.RetrievalException.Kind;
import java.net.InetSocketAddress;
import java.util.BitSet;

/** Whether a well-formed answer answers the request; throws {@link RetrievalException} when it does not. */
final class ResponseCheck {
    private ResponseCheck() {}

    static ProtocolVersion version(InetSocketAddress peer, RetrievalResponse answer) {
        if (answer instanceof NegotiationResponse response) {
            return VersionRange.SUPPORTED
                    .highestCommon(response.supported())
                    .orElseThrow(() -> noCommonVersion(peer, response));
        }
        throw mismatch(peer, "type", answer.getClass().getSimpleName(), "NegotiationResponse");
    }

    static BlockRanges blockList(InetSocketAddress peer, GetBlockList request, RetrievalResponse answer) {
        BlockList list = expect(peer, BlockList.class, answer);
        expectEqual(peer, "segment id", list.segmentId(), request.segmentId());
        BlockRanges unasked = list.blocks().minus(request.wanted());
        if (!unasked.isEmpty()) {
            throw mismatch(peer, "blocks", list.blocks(), "some of " + request.wanted());
        }
        return list.blocks();
    }

    static BlockResponse block(InetSocketAddress peer, GetBlocks request, RetrievalResponse answer) {
        BlockResponse block = expect(peer, BlockResponse.class, answer);
        expectEqual(peer, "segment id", block.segmentId(), request.segmentId());
        expectEqual(peer, "block index", block.blockIndex(), request.blockIndex());
        return block;
    }

    static BitSet segmentList(InetSocketAddress peer, GetSegmentList request, RetrievalResponse answer) {
        SegmentList list = expect(peer, SegmentList.class, answer);
        expectEqual(peer, "request id", list.requestId(), request.requestId());
        BitSet segments = list.segments();
        if (segments.length() > request.segmentIds().size()) {
            throw mismatch(
                    peer,
                    "segment index",
                    segments.length() - 1,
                    "below " + request.segmentIds().size());
        }
        return segments;
    }

    private static <T extends RetrievalResponse> T expect(
            InetSocketAddress peer, Class<T> type, RetrievalResponse answer) {
        if (type.isInstance(answer)) {
            return type.cast(answer);
        }
        // Whether another version is worth a try has been seen before.
        if (answer instanceof NegotiationResponse response) {
            throw noCommonVersion(peer, response);
        }
        throw mismatch(peer, "type", answer.getClass().getSimpleName(), type.getSimpleName());
    }

    private static RetrievalException noCommonVersion(InetSocketAddress peer, NegotiationResponse response) {
        return new RetrievalException(
                Kind.VERSION,
                "peer " + peer + " supports versions " + response.supported().min() + " to "
                        + response.supported().max() + " (expected: one that has the message, of "
                        + VersionRange.SUPPORTED.min() + " and " + VersionRange.SUPPORTED.max() + ")");
    }

    private static void expectEqual(InetSocketAddress peer, String name, Object actual, Object expected) {
        if (!actual.equals(expected)) {
            throw mismatch(peer, name, actual, expected);
        }
    }

    private static RetrievalException mismatch(InetSocketAddress peer, String name, Object actual, Object expected) {
        return new RetrievalException(
                Kind.MISMATCH,
                "peer " + peer + " answered with " + name + ": " + actual + " (expected: " + expected + ")");
    }
}
