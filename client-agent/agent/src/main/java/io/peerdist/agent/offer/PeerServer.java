// SPDX-License-Identifier: Apache-2.0
package io.peerdist.agent.offer;

import io.micrometer.core.instrument.MeterRegistry;
import io.peerdist.agent.serve.Serving;
import io.peerdist.codec.pccrc.SegmentId;
import io.peerdist.codec.pccrr.RetrievalCodec;
import io.peerdist.codec.pccrr.SegmentSource;
import io.peerdist.retrieval.MessageTrace;
import io.peerdist.retrieval.RetrievalServer;
import io.peerdist.retrieval.RetrievalServerSettings;
import io.peerdist.retrieval.UploadAdmission;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.Workers;
import io.peerdist.runtime.http.HttpListener;
import io.peerdist.runtime.http.HttpListenerSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Serves the local cache to hosted caches and peers, and knows when it served last. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/openspecs/windows_protocols/ms-pccrr">MS-PCCRR 3.2</a>
 */
public final class PeerServer implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 256;
    private static final int READ_THREADS = 2;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final Clock clock;
    private final Workers readers;
    private final HttpListener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition served = lock.newCondition();
    private long servedBlocks;
    private long lastServedNanos;

    private PeerServer(
            Clock clock, Workers readers, RetrievalServer server, Binding binding, @Nullable Serving serving) {
        this.clock = clock;
        this.readers = readers;
        this.lastServedNanos = clock.nanoTime();
        this.listener = HttpListener.bind(
                "retrieval",
                HttpListenerSettings.of(binding.address())
                        .withMaxConnections(MAX_CONNECTIONS)
                        .withMaxRequestBytes(RetrievalCodec.MAX_REQUEST_BYTES)
                        .withCloseTimeout(CLOSE_TIMEOUT),
                binding.loops(),
                clock,
                binding.registry(),
                pipeline -> {
                    if (serving != null) {
                        pipeline.addLast(serving.newPace());
                    }
                    pipeline.addLast(MessageTrace.handlers()).addLast(server.newHandler());
                });
    }

    /** Where to listen, how many requests to answer at once, and on what. */
    public record Binding(InetSocketAddress address, int maxSessions, EventLoops loops, MeterRegistry registry) {}

    /** Starts to listen and serves everybody; throws {@link io.peerdist.runtime.FailureException} when it has no port. */
    public static PeerServer start(SegmentSource source, Clock clock, Binding binding) {
        return start(source, clock, binding, null);
    }

    /**
     * Starts to listen.
     *
     * @param serving whom it serves, and how quickly; everybody at once when null
     * @throws io.peerdist.runtime.FailureException when the port cannot be had
     */
    public static PeerServer start(SegmentSource source, Clock clock, Binding binding, @Nullable Serving serving) {
        Workers readers = Workers.start("agent-reader", READ_THREADS, binding.maxSessions(), binding.registry());
        try {
            RetrievalServerSettings settings = RetrievalServerSettings.peer().withMaxSessions(binding.maxSessions());
            RetrievalServer server = new RetrievalServer(
                    source,
                    settings,
                    serving == null ? UploadAdmission.ALL : serving.admission(),
                    readers,
                    binding.registry());
            PeerServer peerServer = new PeerServer(clock, readers, server, binding, serving);
            server.addListener(peerServer::blockServed);
            return peerServer;
        } catch (RuntimeException e) {
            readers.close();
            throw e;
        }
    }

    private void blockServed(InetSocketAddress remote, SegmentId id, int blockIndex) {
        lock.lock();
        try {
            servedBlocks++;
            lastServedNanos = clock.nanoTime();
            served.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Where it listens, with the port that was chosen. */
    public InetSocketAddress address() {
        return listener.localAddress();
    }

    /** When a block was served last; before the first one, when the server started. */
    long lastServedNanos() {
        lock.lock();
        try {
            return lastServedNanos;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until some block is served, {@code limit} at most. */
    void awaitServed(Duration limit) throws InterruptedException {
        lock.lock();
        try {
            long before = servedBlocks;
            long leftNanos = limit.toNanos();
            while (servedBlocks == before && leftNanos > 0) {
                leftNanos = served.awaitNanos(leftNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        listener.close();
        readers.close();
    }
}
