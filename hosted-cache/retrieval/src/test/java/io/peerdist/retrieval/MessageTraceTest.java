// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.codec.pccrr.BlockList;
import io.peerdist.codec.pccrr.BlockRange;
import io.peerdist.codec.pccrr.BlockRanges;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetBlockList;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.GetSegmentList;
import io.peerdist.codec.pccrr.NegotiationRequest;
import io.peerdist.codec.pccrr.NegotiationResponse;
import io.peerdist.codec.pccrr.ProtocolVersion;
import io.peerdist.codec.pccrr.RequestId;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.RetrievalRequest;
import io.peerdist.codec.pccrr.RetrievalResponse;
import io.peerdist.codec.pccrr.SegmentList;
import io.peerdist.codec.pccrr.VersionRange;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.ContentTag;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.InitialOffer;
import io.peerdist.codec.pchc.OfferResponse;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.codec.pchc.SegmentInfo;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

class MessageTraceTest {
    private static final SegmentId ID = Blocks.id(1);
    private static final RequestId REQUEST_ID = RequestId.of(Blocks.iv(9));
    private static final SegmentDescription SEGMENT = SegmentDescription.v1(
            HashAlgorithm.SHA_256,
            0,
            100,
            Blocks.bytes(4, 32),
            ServerSecret.derive(HashAlgorithm.SHA_256, SecretKey.of(Blocks.bytes(3, 32))));

    private final Logger logger = (Logger) LoggerFactory.getLogger(MessageTrace.LOGGER);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    @BeforeEach
    void trace() {
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.TRACE);
        logger.setAdditive(false);
    }

    @AfterEach
    void silence() {
        logger.detachAppender(appender);
        logger.setLevel(null);
        logger.setAdditive(true);
    }

    @Test
    void addsNothingToAConnectionUnlessTheLogWantsIt() {
        logger.setLevel(Level.DEBUG);

        assertThat(MessageTrace.handlers()).isEmpty();
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of(
                        new NegotiationRequest(VersionRange.SUPPORTED),
                        "MSG_NEGO_REQ MinSupportedProtocolVersion=1.0 MaxSupportedProtocolVersion=2.0"),
                Arguments.of(
                        new GetBlockList(
                                ID, List.of(new BlockRange(0, 4), new BlockRange(7, 1)), CryptoAlgorithm.AES_128),
                        "MSG_GETBLKLIST CryptoAlgoId=AES_128 SegmentID=" + ID + " NeededBlockRanges=[0-3,7]"),
                Arguments.of(
                        GetBlocks.one(ID, 5),
                        "MSG_GETBLKS CryptoAlgoId=AES_128 SegmentID=" + ID + " ReqBlockRanges=[5]"),
                Arguments.of(
                        new GetSegmentList(REQUEST_ID, List.of(ID, Blocks.id(2)), null),
                        "MSG_GETSEGLIST RequestID=" + REQUEST_ID + " CountOfSegmentIDs=2 SegmentIDs=[" + ID + ","
                                + Blocks.id(2) + "]"),
                Arguments.of(
                        new GetSegmentList(REQUEST_ID, Collections.nCopies(20, ID), null),
                        "MSG_GETSEGLIST RequestID=" + REQUEST_ID + " CountOfSegmentIDs=20 SegmentIDs=["
                                + (ID + ",").repeat(16) + "... 4 more]"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void tellsTheFieldsOfARequest(RetrievalRequest request, String text) {
        receive(RetrievalCodec.PATH, RetrievalCodec.encodeRequest(request));

        assertThat(lines()).containsExactly("<- embedded POST " + RetrievalCodec.PATH + " " + text);
    }

    static Stream<Arguments> responses() {
        BitSet held = new BitSet();
        held.set(0, 2);
        return Stream.of(
                Arguments.of(
                        new NegotiationResponse(VersionRange.SUPPORTED),
                        "MSG_NEGO_RESP MinSupportedProtocolVersion=1.0 MaxSupportedProtocolVersion=2.0"),
                Arguments.of(
                        new BlockList(ID, BlockRanges.first(3), 6),
                        "MSG_BLKLIST SegmentId=" + ID + " BlockRanges=[0-2] NextBlockIndex=6"),
                Arguments.of(
                        BlockResponse.missing(ID, 4, 0),
                        "MSG_BLK CryptoAlgoId=NONE SegmentId=" + ID
                                + " BlockIndex=4 NextBlockIndex=0 SizeOfBlock=0 SizeOfIVBlock=0"),
                Arguments.of(
                        SegmentList.of(REQUEST_ID, held, null),
                        "MSG_SEGLIST RequestID=" + REQUEST_ID + " SegmentRanges=[0-1]"));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void tellsTheFieldsOfAnAnswer(RetrievalResponse response, String text) {
        EmbeddedChannel channel = receive(RetrievalCodec.PATH, new byte[0]);
        answer(channel, HttpResponseStatus.OK, RetrievalCodec.encodeResponse(response));

        assertThat(lines()).last().isEqualTo("-> embedded HTTP 200 " + text);
    }

    @Test
    void tellsOfABlockSentInPartsItsFieldsAndNothingOfItsContent() {
        byte[] block = Blocks.bytes(6, 65_552);
        EmbeddedChannel channel = receive(RetrievalCodec.PATH, RetrievalCodec.encodeRequest(GetBlocks.one(ID, 5)));
        channel.writeOutbound(
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK),
                new DefaultHttpContent(Unpooled.wrappedBuffer(RetrievalCodec.blockPreamble(
                        ProtocolVersion.V1_0, ID, 5, 6, CryptoAlgorithm.AES_256, block.length, 16))),
                Unpooled.wrappedBuffer(block),
                new DefaultLastHttpContent(
                        Unpooled.wrappedBuffer(RetrievalCodec.blockTrailer(block.length, Blocks.iv(5)))));

        assertThat(lines())
                .last()
                .isEqualTo("-> embedded HTTP 200 MSG_BLK CryptoAlgoId=AES_256 SegmentId=" + ID
                        + " BlockIndex=5 NextBlockIndex=6 SizeOfBlock=65552 SizeOfIVBlock=16");
        assertThat(lines()).noneMatch(line -> line.contains(HexFormat.of().formatHex(block, 0, 8)));
        channel.finishAndReleaseAll();
    }

    @Test
    void tellsOffersAndTheirAnswers() {
        SegmentDescriptor segment = new SegmentDescriptor(65_536, 100_000, ContentTag.BITS, HashAlgorithm.SHA_256, ID);
        EmbeddedChannel channel =
                receive(HostedCacheRequest.OFFER_PATH_V2, new BatchedOffer(4711, List.of(segment), 1).encode());
        answer(channel, HttpResponseStatus.OK, OfferResponse.OK.encode());
        channel = receive(HostedCacheRequest.OFFER_PATH_V1, new InitialOffer(4711, ID).encode());
        answer(channel, HttpResponseStatus.OK, OfferResponse.INTERESTED.encode());

        assertThat(lines())
                .containsExactly(
                        "<- embedded POST " + HostedCacheRequest.OFFER_PATH_V2
                                + " BATCHED_OFFER_MESSAGE Port=4711 SegmentDescriptors=1 [[BlockSize=65536"
                                + " SegmentSize=100000 ContentTag=BITS-4.0 HashAlgorithm=SHA_256 SegmentHoHoDk=" + ID
                                + "]]",
                        "-> embedded HTTP 200 ResponseCode=OK",
                        "<- embedded POST " + HostedCacheRequest.OFFER_PATH_V1
                                + " INITIAL_OFFER_MESSAGE Port=4711 Hash=" + ID,
                        "-> embedded HTTP 200 ResponseCode=INTERESTED");
    }

    @Test
    void tellsASegmentDescriptionWithoutItsSecretAndHashes() {
        receive(
                HostedCacheRequest.OFFER_PATH_V1,
                SegmentInfo.of(4711, ContentTag.WEBIO, SEGMENT).encode());

        assertThat(lines())
                .singleElement()
                .asString()
                .contains("SEGMENT_INFO_MESSAGE Port=4711 ContentTag=WebIO", SEGMENT.id() + ", 100 octets at 0");
        byte[] secret = SEGMENT.secret().toByteArray();
        byte[] hash = SEGMENT.hashOfData().toByteArray();
        for (byte[] precious : List.of(secret, hash, SEGMENT.blockHash(0).toByteArray())) {
            assertThat(lines().toString().toLowerCase(Locale.ROOT))
                    .doesNotContain(HexFormat.of().formatHex(precious, 0, 8));
            assertThat(lines().toString()).doesNotContain(base64(precious));
        }
    }

    @Test
    void tellsWhyABodyIsNoMessageWithoutRepeatingIt() {
        byte[] words = "words that nobody should read again".getBytes(StandardCharsets.US_ASCII);
        EmbeddedChannel channel = receive(RetrievalCodec.PATH, words);
        answer(channel, HttpResponseStatus.BAD_REQUEST, new byte[0]);

        assertThat(lines().get(0)).contains("no message (" + words.length + " octets): MS-PCCRR");
        assertThat(lines().get(0)).doesNotContain("words");
        assertThat(lines().get(1)).isEqualTo("-> embedded HTTP 400 without a body");
    }

    @Test
    void keepsToOneLineWhateverTheTarget() {
        receive("/a\u00e9\u0007b\u001b" + "c".repeat(500), Blocks.bytes(1, 10));

        assertThat(lines())
                .singleElement()
                .asString()
                .startsWith("<- embedded POST /a??b?ccc")
                .endsWith("c 10 octets")
                .hasSizeLessThan(300);
    }

    @Test
    void doesNotKeepABodyThatNoMessageCanHave() {
        EmbeddedChannel channel = receive(RetrievalCodec.PATH, new byte[0]);
        answer(channel, HttpResponseStatus.OK, new byte[MessageText.MAX_BODY_BYTES + 1]);

        assertThat(lines()).last().isEqualTo("-> embedded HTTP 200 " + (MessageText.MAX_BODY_BYTES + 1) + " octets");
    }

    private static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets).substring(0, 10);
    }

    private static EmbeddedChannel receive(String target, byte[] body) {
        EmbeddedChannel channel = new EmbeddedChannel(MessageTrace.handlers());
        channel.writeInbound(new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, target, Unpooled.wrappedBuffer(body)));
        channel.releaseInbound();
        return channel;
    }

    private static void answer(EmbeddedChannel channel, HttpResponseStatus status, byte[] body) {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body)));
        channel.finishAndReleaseAll();
    }

    private List<String> lines() {
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
