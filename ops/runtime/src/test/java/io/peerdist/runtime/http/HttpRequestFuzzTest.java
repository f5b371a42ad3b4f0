// SPDX-License-Identifier: Apache-2.0
package io.peerdist.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.peerdist.conformance.BoundedDecoding;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A connection's octets through the pipeline of the listener. What reaches a handler must not depend on how the octets
 * were cut into packets, every buffer must be given back, and a request has one length.
 */
final class HttpRequestFuzzTest {
    /** A pipelined request of 30 octets becomes a request, its fields, a response and theirs. */
    private static final BoundedDecoding DECODING =
            BoundedDecoding.withoutRefusal(1 << 20, 2_048).ofText();

    private static final int MAX_REQUEST_BYTES = 1_000;

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
                        "GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n",
                        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: h\r\n\r\n",
                        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n",
                        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n",
                        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\na",
                        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: other\r\n\r\na",
                        "GET  HTTP/1.1\r\nHost : h\r\n\tfolded\r\n\r\n",
                        "HEAD http://h/a?b#c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                        "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("seeds")
    @FuzzTest
    void answersOrCloses(byte[] input) {
        Exchange whole = exchange(input, Math.max(1, input.length));
        assertThat(exchange(input, 1)).isEqualTo(whole);
    }

    /** Feeds {@code input} in parts of {@code partBytes}; the requests that arrived, and the status lines sent. */
    private static Exchange exchange(byte[] input, int partBytes) {
        return DECODING.of(input.length, () -> {
                    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
                    Exchange exchange = new Exchange(new ArrayList<>(), new ArrayList<>());
                    EmbeddedChannel channel = newChannel(allocator, exchange.requests());
                    for (int at = 0; at < input.length && channel.isOpen(); at += partBytes) {
                        int end = Math.min(input.length, at + partBytes);
                        channel.writeInbound(allocator.buffer(end - at).writeBytes(input, at, end - at));
                        channel.runPendingTasks();
                        collect(channel, exchange.statusLines());
                    }
                    channel.checkException();
                    channel.finishAndReleaseAll();
                    assertThat(allocator.metric().usedHeapMemory()).isZero();
                    return exchange;
                })
                .orElseThrow();
    }

    private record Exchange(List<String> requests, List<String> statusLines) {}

    private static EmbeddedChannel newChannel(UnpooledByteBufAllocator allocator, List<String> seen) {
        HttpListenerSettings settings =
                HttpListenerSettings.of(new InetSocketAddress(0)).withMaxRequestBytes(MAX_REQUEST_BYTES);
        HttpMetrics metrics = new HttpMetrics("http", new SimpleMeterRegistry());
        RequestGate gate = new RequestGate(settings, metrics, new ResponseFraming(() -> Instant.EPOCH));
        ConnectionWatch watch = new ConnectionWatch(settings, () -> 0L, gate);
        gate.watchedBy(watch);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(allocator);
        channel.pipeline()
                .addLast(
                        watch,
                        new HttpServerCodec(HttpListener.decoderConfig(), RequestGate.QUEUED_OBJECTS_MAX),
                        gate,
                        new Witness(seen),
                        new LastHandler(gate));
        return channel;
    }

    private static void collect(EmbeddedChannel channel, List<String> statusLines) {
        for (ByteBuf octets = channel.readOutbound(); octets != null; octets = channel.readOutbound()) {
            String text = octets.toString(StandardCharsets.ISO_8859_1);
            octets.release();
            if (text.startsWith("HTTP/1.1 ")) {
                statusLines.add(text.substring(0, text.indexOf("\r\n")));
            }
        }
    }

    /** Notes every request and answers 200. */
    private static final class Witness extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final List<String> seen;

        Witness(List<String> seen) {
            this.seen = seen;
        }

        @Override
        // what is written is read by the test
        @SuppressWarnings("FutureReturnValueIgnored")
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            int bodyBytes = request.content().readableBytes();
            assertThat(bodyBytes).isLessThanOrEqualTo(MAX_REQUEST_BYTES);
            List<String> lengths = request.headers().getAll(HttpHeaderNames.CONTENT_LENGTH);
            boolean chunked = request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
            assertThat(lengths.stream().distinct().count()).isLessThanOrEqualTo(chunked ? 0 : 1);
            assertThat(request.headers().getAll(HttpHeaderNames.HOST)).hasSizeLessThanOrEqualTo(1);
            seen.add(request.method() + " " + request.uri() + " "
                    + request.content().toString(StandardCharsets.ISO_8859_1));
            ctx.writeAndFlush(
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            throw new AssertionError("came through the pipeline", cause);
        }
    }
}
