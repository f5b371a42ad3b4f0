// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.AgeUnit;
import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.EncodedSegmentAge;
import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.HeldSegment;
import io.peerdist.codec.pccrr.NegotiationRequest;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.SegmentAges;
import io.peerdist.codec.pccrr.SegmentList;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.codec.pccrr.StoredBlock;
import io.peerdist.codec.pccrr.VersionRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the server role answers, apart from sockets and threads. {@link #answerFromMemory} is fit for an event loop and
 * says when the disk must be asked; {@link #answer} asks it. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 3.2.5</a>
 */
final class RetrievalService {
    private final SegmentSource source;

    RetrievalService(SegmentSource source) {
        this.source = source;
    }

    /** Whether {@code request} is about versions only, and so takes no session. */
    static boolean isNegotiation(RetrievalRequest request) {
        return RequestKind.of(request) == RequestKind.NEGOTIATION;
    }

    /** The versions spoken here: the answer to a negotiation, and to any request of another major version. */
    static Answer negotiation(RetrievalRequest request) {
        RequestResult result = request instanceof NegotiationRequest ? RequestResult.SERVED : RequestResult.VERSION;
        return new Answer.Message(new NegotiationResponse(VersionRange.SUPPORTED), result);
    }

    /** The empty message of the right kind, for a request that is not looked into. */
    static Answer empty(RetrievalRequest request, RequestResult result) {
        if (request instanceof GetBlocks get) {
            return new Answer.Message(BlockResponse.missing(get.segmentId(), get.blockIndex(), 0), result);
        }
        if (request instanceof GetBlockList get) {
            return new Answer.Message(new BlockList(get.segmentId(), BlockRanges.NONE, 0), result);
        }
        if (request instanceof GetSegmentList get) {
            return new Answer.Message(new SegmentList(get.requestId(), List.of(), null), result);
        }
        return negotiation(request);
    }

    /** The answer as far as memory knows it, or null when only the disk can tell. Never blocks. */
    @Nullable
    Answer answerFromMemory(RetrievalRequest request) {
        return answer(request, source::peek, HeldSegment::openChecked, false);
    }

    /** The answer. May read the disk. */
    Answer answer(RetrievalRequest request) {
        Answer answer = answer(request, source::load, HeldSegment::open, true);
        if (answer == null) {
            throw new IllegalStateException("segment source: it holds no answer to " + request);
        }
        return answer;
    }

    private static @Nullable Answer answer(
            RetrievalRequest request,
            Function<SegmentId, @Nullable HeldSegment> lookup,
            Opening opening,
            boolean last) {
        if (request instanceof GetBlocks get) {
            return block(get, lookup.apply(get.segmentId()), opening, last);
        }
        if (request instanceof GetBlockList get) {
            return blockList(get, lookup.apply(get.segmentId()));
        }
        return request instanceof GetSegmentList get ? segmentList(get, lookup) : negotiation(request);
    }

    private static @Nullable Answer block(GetBlocks get, @Nullable HeldSegment held, Opening opening, boolean last) {
        if (get.isEmpty()) {
            return empty(get, RequestResult.EMPTY);
        }
        if (held == null) {
            return null;
        }
        int index = get.blockIndex();
        BlockRanges blocks = held.blocks();
        int next = blocks.nextAfter(index);
        if (blocks.contains(index)) {
            StoredBlock block = opening.open(held, index);
            if (block != null) {
                return new Answer.Block(get.segmentId(), next, block);
            }
            if (!last) {
                return null;
            }
        }
        return new Answer.Message(BlockResponse.missing(get.segmentId(), index, next), RequestResult.EMPTY);
    }

    private static @Nullable Answer blockList(GetBlockList get, @Nullable HeldSegment held) {
        if (held == null) {
            return null;
        }
        BlockRanges common = held.blocks().intersect(get.wanted());
        // "The first block after the block sent in the current message": after the last block listed.
        int next = common.isEmpty()
                ? 0
                : held.blocks().nextAfter(common.indexes().max().orElse(0));
        return new Answer.Message(
                new BlockList(get.segmentId(), common, next),
                common.isEmpty() ? RequestResult.EMPTY : RequestResult.SERVED);
    }

    private static @Nullable Answer segmentList(GetSegmentList get, Function<SegmentId, @Nullable HeldSegment> lookup) {
        List<SegmentId> ids = get.segmentIds();
        BitSet available = new BitSet(ids.size());
        List<EncodedSegmentAge> ages = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            HeldSegment held = lookup.apply(ids.get(i));
            if (held == null) {
                return null;
            }
            if (!held.blocks().isEmpty()) {
                available.set(i);
                // Indexes count from the first segment of the first range (MS-PCCRR 2.2.5.4).
                addAge(ages, i - available.nextSetBit(0), held.ageMillis());
            }
        }
        SegmentAges blob = new SegmentAges(AgeUnit.HUNDREDTHS, ages);
        return new Answer.Message(
                SegmentList.of(get.requestId(), available, blob),
                available.isEmpty() ? RequestResult.EMPTY : RequestResult.SERVED);
    }

    private static void addAge(List<EncodedSegmentAge> ages, int relativeIndex, long ageMillis) {
        if (relativeIndex <= EncodedSegmentAge.MAX_SEGMENT_INDEX && ages.size() < SegmentAges.MAX_AGES) {
            ages.add(EncodedSegmentAge.ofMillis(relativeIndex, ageMillis, AgeUnit.HUNDREDTHS));
        }
    }

    @FunctionalInterface
    private interface Opening {
        @Nullable
        StoredBlock open(HeldSegment held, int blockIndex);
    }
}
