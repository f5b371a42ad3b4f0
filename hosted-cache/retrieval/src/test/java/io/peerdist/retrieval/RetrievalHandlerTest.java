// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pccrr.CryptoAlgorithm;
import io.peerdist.codec.pccrr.GetBlocks;
import io.peerdist.codec.pccrr.RetrievalCodec;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetrievalHandlerTest {
    private static final SegmentId ID = Blocks.id(1);

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Deque<Runnable> diskTasks = new ArrayDeque<>();
    private FileSegmentSource source;
    private RetrievalServer server;
    private EmbeddedChannel channel;

    @BeforeEach
    void open() throws Exception {
        source = new FileSegmentSource(directory);
        source.hold(ID, 3, CryptoAlgorithm.AES_128, Blocks.iv(3), Blocks.bytes(3, 48));
        server = new RetrievalServer(source, RetrievalServerSettings.peer(), diskTasks::add, registry);
        channel = new EmbeddedChannel(server.newHandler());
    }

    @AfterEach
    void close() throws Exception {
        channel.finishAndReleaseAll();
        source.close();
        assertThat(source.open()).isZero();
        assertThat(source.closedTwice).hasValue(0);
    }

    @Test
    void releasesTheRequestsItAnswers() {
        FullHttpRequest request = post(RetrievalCodec.encodeRequest(GetBlocks.one(ID, 4)));

        channel.writeInbound(request);

        assertThat(request.refCnt()).isZero();
        FullHttpResponse response = channel.readOutbound();
        assertThat(RetrievalCodec.decodeResponse(response.content().nioBuffer()))
                .isEqualTo(BlockResponse.missing(ID, 4, 0));
        response.release();
    }

    @Test
    void leavesTheReferenceOfARequestItPassesOnToTheNextHandler() {
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, "/other", Unpooled.copiedBuffer(new byte[8]));

        channel.writeInbound(request);

        assertThat(channel.<Object>readInbound()).isSameAs(request);
        assertThat(request.refCnt()).isEqualTo(1);
        request.release();
    }

    @Test
    void passesOnWhatIsNoRequest() {
        ByteBuf other = Unpooled.copiedBuffer(new byte[8]);

        channel.writeInbound(other);

        assertThat(channel.<Object>readInbound()).isSameAs(other);
        other.release();
    }

    @Test
    void sendsABlockAsPreambleRegionAndTrailer() {
        channel.writeInbound(post(RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3))));

        List<Object> parts = new ArrayList<>();
        for (Object part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            parts.add(part);
        }
        assertThat(parts).hasSize(4);
        assertThat(parts.get(2))
                .isInstanceOfSatisfying(
                        StoredBlockRegion.class,
                        region -> assertThat(region.count()).isEqualTo(48));
        assertThat(source.open()).isEqualTo(1);
        parts.forEach(ReferenceCountUtil::release);
        assertThat(source.open()).isZero();
    }

    @Test
    void doesNotTakeARequestBeforeTheAnswerToTheOneBeforeIsOut() {
        source.forgetful = true;
        FullHttpRequest first = post(RetrievalCodec.encodeRequest(GetBlocks.one(ID, 4)));
        FullHttpRequest second = post(RetrievalCodec.encodeRequest(GetBlocks.one(ID, 3)));
        channel.writeInbound(first);

        assertThatThrownBy(() -> channel.writeInbound(second))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one request at a time");
        assertThat(second.refCnt()).isZero();

        diskTasks.remove().run();
        channel.runPendingTasks();
        FullHttpResponse response = channel.readOutbound();
        assertThat(RetrievalCodec.decodeResponse(response.content().nioBuffer()))
                .isEqualTo(BlockResponse.missing(ID, 4, 0));
        response.release();
        assertThat(diskTasks).isEmpty();
    }

    @Test
    void takesTheNextRequestInTheVeryMomentInWhichTheAnswerIsOut() {
        source.forgetful = true;
        byte[] body = RetrievalCodec.encodeRequest(GetBlocks.one(ID, 4));
        EmbeddedChannel ordered = new EmbeddedChannel(new OneAtATime(), server.newHandler());
        ordered.writeInbound(post(body), post(body), post(body));

        for (int i = 0; i < 3; i++) {
            assertThat(diskTasks).hasSize(1);
            diskTasks.remove().run();
            ordered.runPendingTasks();
            FullHttpResponse response = ordered.readOutbound();
            response.release();
        }

        assertThat(diskTasks).isEmpty();
        ordered.finishAndReleaseAll();
    }

    private static FullHttpRequest post(byte[] body) {
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, RetrievalCodec.PATH, Unpooled.copiedBuffer(body));
    }
}
