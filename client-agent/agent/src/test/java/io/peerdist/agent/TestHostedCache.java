// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.peerdist.codec.pchc.BatchedOffer;
import io.peerdist.codec.pchc.HostedCacheRequest;
import io.peerdist.codec.pchc.OfferResponse;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.retrieval.RetrievalClient;
import io.peerdist.retrieval.RetrievalClientSettings;
import io.peerdist.retrieval.RetrievalServer;
import io.peerdist.retrieval.RetrievalServerSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.HostPort;
import io.peerdist.runtime.Workers;
import io.peerdist.runtime.http.HttpListener;
import io.peerdist.runtime.http.HttpListenerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A hosted cache on loopback: serves a {@link FileSegmentSource}, takes offers and pulls what it is offered. */
public final class TestHostedCache implements AutoCloseable {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final EventLoops loops = EventLoops.start("test-cache", 2);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Workers workers = Workers.start("test-cache", 2, 1_024, registry);
    /** Asks once for each block, so it waits for slow machines too. */
    private final RetrievalClient puller = new RetrievalClient(
            loops.group(), RetrievalClientSettings.DEFAULT.withRequestTimeout(REQUEST_TIMEOUT), registry);

    private final HttpListener listener;

    public final FileSegmentSource source = new FileSegmentSource();
    public final List<SegmentDescriptor> offered = new CopyOnWriteArrayList<>();
    public final AtomicInteger requests = new AtomicInteger();

    /** Whether requests are left without an answer. */
    public volatile boolean silent;
    /** Whether connections are closed as soon as something is asked. */
    public volatile boolean closing;
    /** Whether what is offered is pulled. */
    public volatile boolean pulls = true;

    public TestHostedCache() {
        this(InetAddress.getLoopbackAddress());
    }

    public TestHostedCache(InetAddress host) {
        RetrievalServer server = new RetrievalServer(source, RetrievalServerSettings.hostedCache(), workers, registry);
        InetSocketAddress any = new InetSocketAddress(host, 0);
        listener = HttpListener.bind(
                "test",
                HttpListenerSettings.of(any).withCloseTimeout(Duration.ZERO),
                loops,
                Clock.system(),
                registry,
                pipeline -> pipeline.addLast(new Gate(), server.newHandler(), new Offers()));
    }

    public InetSocketAddress address() {
        return listener.localAddress();
    }

    public HostPort hostPort() {
        return new HostPort("127.0.0.1", address().getPort());
    }

    /** Swallows requests while the cache is to be silent. */
    @SuppressWarnings("FutureReturnValueIgnored") // closing is not waited for
    private final class Gate extends io.netty.channel.ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            requests.incrementAndGet();
            if (silent) {
                ReferenceCountUtil.release(message);
            } else if (closing) {
                ReferenceCountUtil.release(message);
                context.close();
            } else {
                context.fireChannelRead(message);
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the connection
    private final class Offers extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            BatchedOffer offer =
                    (BatchedOffer) HostedCacheRequest.decode(ByteBuffer.wrap(ByteBufUtil.getBytes(request.content())));
            offered.addAll(offer.descriptors());
            context.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(OfferResponse.OK.encode())));
            if (pulls) {
                InetSocketAddress remote = (InetSocketAddress) context.channel().remoteAddress();
                InetSocketAddress peer = new InetSocketAddress(remote.getAddress(), offer.port());
                offer.descriptors().forEach(descriptor -> pull(peer, descriptor));
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what is not pulled is missed by the test
    private void pull(InetSocketAddress peer, SegmentDescriptor descriptor) {
        for (int index = 0; index < descriptor.blockCount(); index++) {
            puller.getBlock(peer, descriptor.id(), index)
                    .thenAcceptAsync(
                            block -> {
                                if (!block.isEmpty()) {
                                    source.put(
                                            descriptor.id(),
                                            block.blockIndex(),
                                            block.cryptoAlgorithm(),
                                            block.initializationVector(),
                                            block.block());
                                }
                            },
                            workers);
        }
    }

    @Override
    public void close() throws IOException {
        puller.close();
        listener.close();
        workers.close();
        loops.close();
        source.close();
    }
}
