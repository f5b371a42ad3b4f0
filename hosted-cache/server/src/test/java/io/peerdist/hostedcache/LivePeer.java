// SPDX-License-Identifier: Apache-2.0
package io.peerdist.hostedcache;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.peerdist.blockstore.BlockStore;
import io.peerdist.blockstore.BlockStoreSettings;
import io.peerdist.blockstore.PutResult;
import io.peerdist.blockstore.SegmentAttributes;
import io.peerdist.codec.pccrr.BlockResponse;
import io.peerdist.codec.pchc.SegmentDescriptor;
import io.peerdist.conformance.Await;
import io.peerdist.retrieval.RetrievalServer;
import io.peerdist.retrieval.RetrievalServerSettings;
import io.peerdist.runtime.Clock;
import io.peerdist.runtime.EventLoops;
import io.peerdist.runtime.http.HttpListener;
import io.peerdist.runtime.http.HttpListenerSettings;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A client that shares what it has, as agents and Windows do: a store and a port. */
final class LivePeer implements AutoCloseable {
    /** "segment id:block index" of every block served. */
    final List<String> served = new CopyOnWriteArrayList<>();

    private final EventLoops loops = EventLoops.start("peer", 1);
    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final BlockStore store;
    private final RetrievalServer server;
    private final List<HttpListener> listeners = new ArrayList<>();

    LivePeer(Path directory) {
        store = BlockStore.open(BlockStoreSettings.of(directory, 256 << 20), Clock.system(), registry);
        server = new RetrievalServer(store, RetrievalServerSettings.peer().withMaxSessions(1_000), pool, registry);
        server.addListener((remote, id, index) -> served.add(id + ":" + index));
    }

    /** Holds the given blocks of {@code segment}. */
    LivePeer hold(SegmentDescriptor segment, int... indexes) {
        SegmentAttributes attributes = new SegmentAttributes(
                segment.id(),
                segment.blockBytes(),
                segment.segmentBytes(),
                segment.tag().toByteArray());
        for (int index : indexes) {
            BlockResponse block = Segments.block(segment, index);
            PutResult put = store.put(
                    attributes,
                    index,
                    block.cryptoAlgorithm(),
                    block.initializationVector(),
                    ByteBuffer.wrap(block.block()));
            if (put != PutResult.STORED) {
                throw new AssertionError("block " + index + ": " + put);
            }
        }
        return this;
    }

    /** Holds all of {@code segment}. */
    LivePeer holdAll(SegmentDescriptor segment) {
        for (int i = 0; i < segment.blockCount(); i++) {
            hold(segment, i);
        }
        return this;
    }

    /** Every block served, once there are {@code count}: the puller may have a block before its sender hears that it is out. */
    List<String> servedBlocks(int count) {
        Await.until(count + " blocks served", () -> served.size() >= count);
        return served;
    }

    /** Opens another port at {@code address}; everything held is served at all of them. */
    int listen(String address) {
        HttpListener listener = HttpListener.bind(
                "peer" + listeners.size(),
                HttpListenerSettings.of(new InetSocketAddress(address, 0)),
                loops,
                Clock.system(),
                registry,
                pipeline -> pipeline.addLast(server.newHandler()));
        listeners.add(listener);
        return listener.localAddress().getPort();
    }

    @Override
    public void close() {
        listeners.forEach(HttpListener::close);
        loops.close();
        pool.shutdownNow();
        store.close();
    }
}
