// SPDX-License-Identifier: Apache-2.0
package io.peerdist.contentserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.peerdist.codec.pccrc.ContentInformation;
import io.peerdist.codec.pccrc.ContentInformationV2;
import io.peerdist.codec.pccrc.ContentRange;
import io.peerdist.codec.pccrc.HashAlgorithm;
import io.peerdist.codec.pccrc.HashOfData;
import io.peerdist.codec.pccrc.SecretKey;
import io.peerdist.codec.pccrc.SegmentDescription;
import io.peerdist.codec.pccrc.ServerSecret;
import io.peerdist.conformance.Gen;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class NegotiationTraceTest {
    private static final ServerSecret SECRET =
            ServerSecret.derive(HashAlgorithm.TRUNCATED_SHA_512, SecretKey.of(new byte[] {1}));

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.peerdist.trace");
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

        assertThat(NegotiationTrace.handlers()).isEmpty();
    }

    @Test
    void tellsWhatARequestSaysOfPeerDist() {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/two.bin");
        request.headers()
                .add("Accept-Encoding", "peerdist")
                .add("Host", "10.0.2.2:18091")
                .add("X-P2P-PeerDistEx", "MinContentInformation=1.0, MaxContentInformation=2.0")
                .add("X-P2P-PeerDist", "Version=1.1");
        EmbeddedChannel channel = new EmbeddedChannel(NegotiationTrace.handlers());
        channel.writeInbound(request);
        channel.finishAndReleaseAll();

        assertThat(lines())
                .containsExactly("<- embedded GET /two.bin accept-encoding: peerdist; X-P2P-PeerDist: Version=1.1;"
                        + " X-P2P-PeerDistEx: MinContentInformation=1.0, MaxContentInformation=2.0;");
    }

    @Test
    void tellsTheSegmentsOfContentInformationWithoutSecretsAndHashes() {
        ContentInformation information = information(20);
        answer(HttpResponseStatus.OK, information.encode());

        assertThat(lines()).singleElement().asString().startsWith("-> embedded HTTP 200 content-encoding: peerdist; ");
        String line = lines().get(0);
        assertThat(line)
                .contains(information.encodedBytes() + " octets of ContentInformationV2")
                .endsWith(",... 4 more]");
        for (int i = 0; i < 20; i++) {
            SegmentDescription segment = information.segments().get(i);
            assertThat(line.contains(segment.id().toString())).isEqualTo(i < 16);
            for (byte[] precious :
                    List.of(segment.secret().toByteArray(), segment.hashOfData().toByteArray())) {
                assertThat(line).doesNotContain(HexFormat.of().formatHex(precious, 0, 8));
                assertThat(line)
                        .doesNotContain(
                                Base64.getEncoder().encodeToString(precious).substring(0, 10));
            }
        }
    }

    @Test
    void tellsWhenAnAnswerIsNoContentInformation() {
        answer(HttpResponseStatus.OK, new byte[] {9, 9, 9});

        assertThat(lines()).singleElement().asString().contains("3 octets that are no content information: MS-PCCRC");
    }

    @Test
    void tellsOfBytesOnlyHowManyThereAre() {
        EmbeddedChannel channel = new EmbeddedChannel(NegotiationTrace.handlers());
        channel.writeOutbound(
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.PARTIAL_CONTENT),
                Unpooled.wrappedBuffer("content".getBytes(StandardCharsets.UTF_8)),
                LastHttpContent.EMPTY_LAST_CONTENT);
        channel.finishAndReleaseAll();

        assertThat(lines()).containsExactly("-> embedded HTTP 206 7 octets");
    }

    private static ContentInformation information(int segmentCount) {
        List<SegmentDescription> segments = new ArrayList<>();
        for (int i = 0; i < segmentCount; i++) {
            segments.add(SegmentDescription.v2(
                    i * 100L, 100, HashOfData.of(Gen.ofSeed(i + 1).bytes(32)), SECRET));
        }
        return ContentInformationV2.of(new ContentRange(0, segmentCount * 100L), 0, segments);
    }

    private static void answer(HttpResponseStatus status, byte[] body) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        response.headers().add("Content-Encoding", "peerdist");
        EmbeddedChannel channel = new EmbeddedChannel(NegotiationTrace.handlers());
        channel.writeOutbound(response);
        channel.finishAndReleaseAll();
    }

    private List<String> lines() {
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
