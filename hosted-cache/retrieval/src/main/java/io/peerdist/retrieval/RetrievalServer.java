// SPDX-License-Identifier: Apache-2.0
package io.peerdist.retrieval;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.SegmentSource;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The server role of the retrieval protocol: answers what other peers ask, out of a {@link SegmentSource}. It opens no
 * port itself; a listener puts {@link #newHandler} into the pipeline of each connection. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 3.2</a>
 */
public final class RetrievalServer {
    private final RetrievalService service;
    private final ServerRole role;
    private final UploadAdmission admission;
    private final Duration uploadTimeout;
    private final Executor blockingPool;
    private final UploadSessions sessions;
    private final RetrievalServerMetrics metrics;
    private final List<BlockServedListener> listeners = new CopyOnWriteArrayList<>();

    /**
     * A server over {@code source}.
     *
     * @param blockingPool where the source may read the disk; must be bounded. What it rejects is answered with an empty
     *     message
     */
    public RetrievalServer(
            SegmentSource source, RetrievalServerSettings settings, Executor blockingPool, MeterRegistry registry) {
        this(source, settings, UploadAdmission.ALL, blockingPool, registry);
    }

    /**
     * A server over {@code source} for those whom {@code admission} lets in. The others are answered with an empty message,
     * but for negotiations, so that they go to somebody else at once.
     *
     * @param blockingPool as above
     */
    public RetrievalServer(
            SegmentSource source,
            RetrievalServerSettings settings,
            UploadAdmission admission,
            Executor blockingPool,
            MeterRegistry registry) {
        this.admission = admission;
        this.service = new RetrievalService(source);
        this.role = settings.role();
        this.uploadTimeout = settings.uploadTimeout();
        this.blockingPool = blockingPool;
        this.sessions = new UploadSessions(settings.maxSessions());
        this.metrics = new RetrievalServerMetrics(registry, settings.role(), sessions.open());
    }

    /**
     * A handler for one connection, behind {@code HttpServerCodec}. Requests for other paths go on to the next handler. A
     * hosted cache also takes {@code GET} and {@code HEAD} of {@code /<first two digits of the id>/<id>-<block>.blk}, which
     * bring the octets that answer {@code MSG_GETBLKS} for that block.
     *
     * <p>What stands before it in the pipeline must
     *
     * <ul>
     *   <li>bring complete requests, {@code FullHttpRequest}, with a body of up to
     *       {@link io.peerdist.codec.pccrr.RetrievalCodec#MAX_REQUEST_BYTES}, and answer an expected {@code 100 Continue};
     *   <li>bring one request at a time: the next one only when the last part of the response before has been written. One
     *       that comes too early is an {@link IllegalStateException} in the pipeline;
     *   <li>take a response as {@code FullHttpResponse}, or as {@code HttpResponse}, {@code HttpContent},
     *       {@code FileRegion} and {@code LastHttpContent}, from the event loop;
     *   <li>end a request that does not come in whole, and a response that is not taken: the upload timer begins with the
     *       complete request.
     * </ul>
     */
    public ChannelHandler newHandler() {
        return new RetrievalHandler(this);
    }

    /** Tells {@code listener} of every block that is served from now on. */
    public void addListener(BlockServedListener listener) {
        listeners.add(listener);
    }

    RetrievalService service() {
        return service;
    }

    boolean servesStaticBlocks() {
        return role.servesStaticBlocks();
    }

    Duration uploadTimeout() {
        return uploadTimeout;
    }

    Executor blockingPool() {
        return blockingPool;
    }

    /** {@code true} where there is nobody to tell, as on a connection without Internet addresses. */
    boolean admits(Channel channel) {
        return !(channel.localAddress() instanceof InetSocketAddress local)
                || !(channel.remoteAddress() instanceof InetSocketAddress remote)
                || admission.admits(local, remote);
    }

    UploadSessions sessions() {
        return sessions;
    }

    RetrievalServerMetrics metrics() {
        return metrics;
    }

    /** {@code remote} is null for a connection that has no Internet address; nobody is told then. */
    void blockServed(@Nullable InetSocketAddress remote, SegmentId segmentId, int blockIndex, int blockBytes) {
        metrics.served(blockBytes);
        if (remote != null) {
            listeners.forEach(listener -> listener.blockServed(remote, segmentId, blockIndex));
        }
    }
}
