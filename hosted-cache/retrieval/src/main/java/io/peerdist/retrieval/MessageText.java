// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRange;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.NegotiationRequest;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.RetrievalResponse;
import io.peerdist.codec.pccrr.SegmentAges;
import io.peerdist.codec.pccrr.SegmentList;
import io.peerdist.codec.pccrr.SegmentRange;
import io.peerdist.codec.pccrr.UnsupportedRequest;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.InitialOffer;
import io.peerdist.codec.pchc.OfferResponse;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.codec.pchc.SegmentInfo;
import io.peerdist.codec.wire.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Messages of MS-PCCRR and MS-PCHC as a person reads them, on one line, with the specifications' names of messages and
 * fields. Neither secrets nor hashes of content, and of blocks only the lengths.
 */
final class MessageText {
    /** The longest message of either protocol. */
    static final int MAX_BODY_BYTES = RetrievalCodec.TRANSPORT_HEADER_BYTES + RetrievalCodec.MAX_RESPONSE_BYTES;

    private static final int MAX_LISTED = 16; // of a list, so that a line stays readable
    private static final int MAX_TARGET_CHARACTERS = 200;
    private static final String BLOCK_FILE = ".blk"; // the bytes of an answer, for web servers

    private MessageText() {}

    /** The body of a request for {@code target}. */
    static String request(String target, ByteBuffer body) {
        try {
            if (isRetrieval(target)) {
                return text(RetrievalCodec.decodeRequest(body));
            }
            return isOffer(target) ? text(HostedCacheRequest.decode(body)) : body.remaining() + " octets";
        } catch (MalformedMessageException e) {
            return malformed(body, e);
        }
    }

    /** The body of the answer to a request for {@code target}. */
    static String response(String target, ByteBuffer body) {
        try {
            if (isRetrieval(target) || target.endsWith(BLOCK_FILE)) {
                return text(RetrievalCodec.decodeResponse(body));
            }
            return isOffer(target) ? "ResponseCode=" + OfferResponse.decode(body) : body.remaining() + " octets";
        } catch (MalformedMessageException e) {
            return malformed(body, e);
        }
    }

    /** A request target as it may stand in the log. */
    static String printable(String target) {
        String shown = target.length() <= MAX_TARGET_CHARACTERS ? target : target.substring(0, MAX_TARGET_CHARACTERS);
        return shown.replaceAll("[^\\x21-\\x7e]", "?");
    }

    private static boolean isRetrieval(String target) {
        return RequestPath.matches(target, RetrievalCodec.PATH);
    }

    private static boolean isOffer(String target) {
        return RequestPath.matches(target, HostedCacheRequest.OFFER_PATH_V1)
                || RequestPath.matches(target, HostedCacheRequest.OFFER_PATH_V2);
    }

    private static String malformed(ByteBuffer body, MalformedMessageException e) {
        return "no message (" + body.remaining() + " octets): " + e.getMessage();
    }

    private static String text(RetrievalRequest request) {
        if (request instanceof GetBlocks get) {
            return "MSG_GETBLKS CryptoAlgoId=" + get.preferred() + " SegmentID=" + get.segmentId() + " ReqBlockRanges="
                    + ranges(get.ranges());
        }
        if (request instanceof GetBlockList get) {
            return "MSG_GETBLKLIST CryptoAlgoId=" + get.preferred() + " SegmentID=" + get.segmentId()
                    + " NeededBlockRanges=" + ranges(get.ranges());
        }
        if (request instanceof GetSegmentList get) {
            return "MSG_GETSEGLIST RequestID=" + get.requestId() + " CountOfSegmentIDs="
                    + get.segmentIds().size() + " SegmentIDs=" + list(get.segmentIds(), SegmentId::toString)
                    + ages(get.ages());
        }
        if (request instanceof UnsupportedRequest unsupported) {
            return "message with ProtVer=" + unsupported.version() + " (unknown, not read)";
        }
        return "MSG_NEGO_REQ " + versions(((NegotiationRequest) request).supported());
    }

    private static String text(RetrievalResponse response) {
        if (response instanceof BlockResponse block) {
            return "MSG_BLK CryptoAlgoId=" + block.cryptoAlgorithm() + " SegmentId=" + block.segmentId()
                    + " BlockIndex=" + block.blockIndex() + " NextBlockIndex=" + block.nextBlockIndex()
                    + " SizeOfBlock=" + block.block().length + " SizeOfIVBlock="
                    + block.initializationVector().length;
        }
        if (response instanceof BlockList held) {
            return "MSG_BLKLIST SegmentId=" + held.segmentId() + " BlockRanges="
                    + ranges(held.blocks().ranges()) + " NextBlockIndex=" + held.nextBlockIndex();
        }
        if (response instanceof SegmentList held) {
            return "MSG_SEGLIST RequestID=" + held.requestId() + " SegmentRanges="
                    + list(held.ranges(), MessageText::range) + ages(held.ages());
        }
        return "MSG_NEGO_RESP " + versions(((NegotiationResponse) response).supported());
    }

    private static String text(HostedCacheRequest request) {
        if (request instanceof BatchedOffer offer) {
            return "BATCHED_OFFER_MESSAGE Port=" + offer.port() + " SegmentDescriptors="
                    + (offer.descriptors().size() + offer.ignoredDescriptors()) + " "
                    + list(offer.descriptors(), MessageText::descriptor)
                    + (offer.ignoredDescriptors() == 0 ? "" : " (not understood: " + offer.ignoredDescriptors() + ")");
        }
        if (request instanceof SegmentInfo info) {
            return "SEGMENT_INFO_MESSAGE Port=" + info.port() + " ContentTag="
                    + info.contentTag().label() + " SegmentInformation=" + description(info);
        }
        InitialOffer offer = (InitialOffer) request;
        return "INITIAL_OFFER_MESSAGE Port=" + offer.port() + " Hash=" + offer.segmentId();
    }

    private static String descriptor(SegmentDescriptor segment) {
        return "[BlockSize=" + segment.blockBytes() + " SegmentSize=" + segment.segmentBytes() + " ContentTag="
                + segment.tag().label() + " HashAlgorithm=" + segment.algorithm() + " SegmentHoHoDk=" + segment.id()
                + "]";
    }

    /** What a segment description says of itself has its secret and hashes left out. */
    private static String description(SegmentInfo info) {
        try {
            return info.segment().toString();
        } catch (MalformedMessageException e) {
            return "nothing to pull by: " + e.getMessage();
        }
    }

    private static String versions(VersionRange supported) {
        return "MinSupportedProtocolVersion=" + supported.min() + " MaxSupportedProtocolVersion=" + supported.max();
    }

    private static String ages(@Nullable SegmentAges ages) {
        return ages == null
                ? ""
                : String.format(
                        Locale.ROOT, " ExtensibleBlob=%d ages", ages.ages().size());
    }

    private static String ranges(List<BlockRange> ranges) {
        return list(ranges, range -> span(range.index(), range.count()));
    }

    private static String range(SegmentRange range) {
        return span(range.index(), range.count());
    }

    /** First and last index. */
    private static String span(int index, int count) {
        return count == 1 ? Integer.toString(index) : index + "-" + (index + count - 1);
    }

    private static <T> String list(List<T> items, Function<T, String> text) {
        String listed = items.stream().limit(MAX_LISTED).map(text).collect(Collectors.joining(","));
        return items.size() <= MAX_LISTED
                ? "[" + listed + "]"
                : "[" + listed + ",... " + (items.size() - MAX_LISTED) + " more]";
    }
}
