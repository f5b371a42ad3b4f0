// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestGateTest {
    private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String LATE = "GET /late HTTP/1.1\r\nHost: h\r\n\r\n";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Queue<Runnable> late = TestHandler.newLateQueue();
    private final EmbeddedChannel channel = newChannel();

    @AfterEach
    void leavesNothingBehind() {
        channel.finishAndReleaseAll();
    }

    @Test
    void cutsOffAFloodOfPipelinedRequests() {
        receive(LATE);

        receive(GET.repeat(RequestGate.QUEUED_OBJECTS_MAX / 2 + 1));

        assertThat(channel.isOpen()).isFalse();
        assertThat(rejected("pipeline_limit")).isEqualTo(1);
    }

    @Test
    void stopsReadingWhileARequestWaitsBehindAnother() {
        receive(LATE);
        assertThat(channel.config().isAutoRead()).isTrue();

        receive(GET);
        assertThat(channel.config().isAutoRead()).isFalse();

        late.remove().run();
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(sent()).contains("GET /late ").endsWith("GET /a ");
    }

    @Test
    void dropsAResponseThatNobodyAskedFor() {
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.copyInt(1));

        assertThat(channel.writeAndFlush(response).isSuccess()).isFalse();
        assertThat(response.refCnt()).isZero();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void dropsTheResponseOfAHandlerThatHasFailed() {
        receive(LATE);
        channel.pipeline().fireExceptionCaught(new IllegalStateException("failed"));
        assertThat(sent()).startsWith("HTTP/1.1 500 ");

        late.remove().run();

        assertThat(sent()).isEmpty();
    }

    private EmbeddedChannel newChannel() {
        HttpListenerSettings settings = HttpListenerSettings.of(new InetSocketAddress(0));
        HttpMetrics metrics = new HttpMetrics("http", registry);
        RequestGate gate = new RequestGate(settings, metrics, new ResponseFraming(() -> Instant.EPOCH));
        ConnectionWatch watch = new ConnectionWatch(settings, () -> 0L, gate);
        gate.watchedBy(watch);
        return new EmbeddedChannel(
                watch,
                new HttpServerCodec(HttpListener.decoderConfig(), RequestGate.QUEUED_OBJECTS_MAX),
                gate,
                new TestHandler(late, null),
                new LastHandler(gate));
    }

    private void receive(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private String sent() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf octets = channel.readOutbound(); octets != null; octets = channel.readOutbound()) {
            text.append(octets.toString(StandardCharsets.ISO_8859_1));
            octets.release();
        }
        return text.toString();
    }

    private int rejected(String reason) {
        return (int) registry.get("peerdist_http_rejected")
                .tag("reason", reason)
                .counter()
                .count();
    }
}
